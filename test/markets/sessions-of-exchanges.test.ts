import { describe, expect, test } from 'vitest';
import { krx, type Market, us } from '../../src/markets/index.js';
import { weekdayOf } from '../../src/series/epoch-day.js';
import { addTradingDays, fromEpochDay, toEpochDay } from '../../src/series/index.js';
import { tradingDaysBetween } from '../../src/series/trading-days.js';

const closedWeekdays = ({ calendar }: Market, from: string, to: string) => {
  const closed: string[] = [];
  for (let day = toEpochDay(from); day <= toEpochDay(to); day++) {
    const date = fromEpochDay(day);
    if (weekdayOf(day) < 5 && !calendar.isTradingDay(date)) closed.push(date);
  }
  return closed;
};
const datesOf = (year: number | string, days: string) => days.split(' ').map((day) => `${year}-${day}`);
const sessionsOf = ({ calendar }: Market, year: number) =>
  tradingDaysBetween(`${year - 1}-12-31`, `${year}-12-31`, calendar);

// Sessions of each year: weekdays less the closures that the Python package exchange_calendars 4.13.2 lists (XKRX, XNYS; its
// XNYS starts after the New Year's Day of 1990, which NYSE kept).
const KRX_SESSIONS_FROM_2000 =
  '241 246 244 247 249 249 247 246 248 253 251 248 248 247 245 248 246 243 244 246 248 248 246 245 244 242';
const US_SESSIONS_FROM_1990 =
  '253 253 254 253 252 252 254 253 252 252 252 248 252 252 252 252 251 251 253 252 252 252 250 252 252 252 252 251 251 252 253 252 251 250 252 250 251';

describe('krx', () => {
  test('has the sessions of every year from 2000 to 2025', () => {
    expect(
      KRX_SESSIONS_FROM_2000.split(' ')
        .map((_, i) => sessionsOf(krx, 2000 + i))
        .join(' '),
    ).toBe(KRX_SESSIONS_FROM_2000);
  });

  test('is closed on exactly the weekdays on which none of 100 KOSPI stocks has a bar, 2020-01-02 to 2024-06-28', () => {
    // Printed by test/parity/markets/make-tables.py --prices XKRX FOLDER on prices from Naver.
    expect(closedWeekdays(krx, '2020-01-02', '2024-06-28')).toEqual([
      ...datesOf(2020, '01-24 01-27 04-15 04-30 05-01 05-05 08-17 09-30 10-01 10-02 10-09 12-25 12-31'),
      ...datesOf(2021, '01-01 02-11 02-12 03-01 05-05 05-19 08-16 09-20 09-21 09-22 10-04 10-11 12-31'),
      ...datesOf(2022, '01-31 02-01 02-02 03-01 03-09 05-05 06-01 06-06 08-15 09-09 09-12 10-03 10-10 12-30'),
      ...datesOf(2023, '01-23 01-24 03-01 05-01 05-05 05-29 06-06 08-15 09-28 09-29 10-02 10-03 10-09 12-25 12-29'),
      ...datesOf(2024, '01-01 02-09 02-12 03-01 04-10 05-01 05-06 05-15 06-06'),
    ]);
  });

  test.each([
    // National Election Commission.
    ['elections', '2000-04-13 2002-12-19 2007-12-19 2012-12-19 2017-05-09 2022-03-09 2024-04-10 2025-06-03 2026-06-03'],
    // Decisions of the State Council on temporary holidays; 2002: the day after the World Cup.
    ['temporary holidays', '2002-07-01 2015-08-14 2016-05-06 2017-10-02 2020-08-17 2024-10-01 2025-01-27'],
    // Korea Exchange: closed on 1 May and on the last weekday of the year, in 2000 from 27 December on.
    ['Labour Day', '2007-05-01 2019-05-01 2025-05-01 2026-05-01'],
    ['the end of the year', '2000-12-27 2000-12-28 2000-12-29 2005-12-30 2022-12-30 2025-12-31 2026-12-31'],
    ['the opening of 2000 on 4 January', '2000-01-03'],
    // Act on Public Holidays: 2026 made Constitution Day one again.
    ['Constitution Day, until 2007 and again from 2026', '2007-07-17 2026-07-17'],
    // Korea Astronomy and Space Science Institute, calendar of 2027: Seollal falls on Sunday 7 February, Chuseok on 15 September.
    ['Seollal and Chuseok of 2027', '2027-02-08 2027-02-09 2027-09-14 2027-09-15 2027-09-16'],
  ])('is closed for %s', (_, days) => {
    expect(days.split(' ').filter((date) => krx.calendar.isTradingDay(date))).toEqual([]);
  });

  test('trades on Constitution Day while it was no holiday, and on days beside holidays', () => {
    const open = ['2008-07-17', '2025-07-17', '2026-12-30', '2027-01-04', '2000-12-26', '2000-01-04', '2024-09-19'];
    expect(open.filter((date) => !krx.calendar.isTradingDay(date))).toEqual([]);
  });

  test('is closed at the turn of every year, and on public holidays of fixed date, until 2050', () => {
    for (let year = 2001; year <= 2050; year++) {
      const last = addTradingDays(`${year}-12-31`, -1, krx.calendar);
      expect(krx.calendar.isTradingDay(`${year}-12-31`), `${year}-12-31`).toBe(false);
      expect(closedWeekdays(krx, last, `${year}-12-31`).length, `end of ${year}`).toBeGreaterThan(0);
      for (const day of ['01-01', '03-01', '05-05', '06-06', '08-15', '10-03', '12-25']) {
        expect(krx.calendar.isTradingDay(`${year}-${day}`), `${year}-${day}`).toBe(false);
      }
      expect(sessionsOf(krx, year), String(year)).toBeGreaterThanOrEqual(235);
      expect(sessionsOf(krx, year), String(year)).toBeLessThanOrEqual(254);
    }
  });

  test('one trading day after 2026-12-30 is 2027-01-04', () => {
    // 31 December is the year-end closure, Friday 1 January a holiday.
    expect(addTradingDays('2026-12-30', 1, krx.calendar)).toBe('2027-01-04');
  });

  test('has special hours on the opening day of every year and on the days of the test', () => {
    for (let year = 2001; year <= 2050; year++) {
      const opening = addTradingDays(`${year - 1}-12-31`, 1, krx.calendar);
      expect(krx.specialHours?.[opening], opening).toMatchObject({ opensAt: '10:00' });
    }
    const name = 'College Scholastic Ability Test';
    // Ministry of Education; 2017: moved from the 16th by an earthquake, 2020: by the pandemic. To 2016-07 the close was at 15:00.
    for (const date of ['2016-11-17', '2017-11-23', '2020-12-03', '2025-11-13', '2026-11-19', '2027-11-18']) {
      expect(krx.specialHours?.[date], date).toEqual({ name, opensAt: '10:00', closesAt: '16:30' });
    }
    expect(krx.specialHours?.['2015-11-12']).toEqual({ name, opensAt: '10:00', closesAt: '16:00' });
    expect(Object.keys(krx.specialHours ?? {}).filter((date) => !krx.calendar.isTradingDay(date))).toEqual([]);
  });
});

describe('us', () => {
  test('has the sessions of every year from 1990 to 2026', () => {
    expect(
      US_SESSIONS_FROM_1990.split(' ')
        .map((_, i) => sessionsOf(us, 1990 + i))
        .join(' '),
    ).toBe(US_SESSIONS_FROM_1990);
  });

  test.each([
    // NYSE, historical special closings.
    ['the attacks of 2001', '2001-09-11 2001-09-12 2001-09-13 2001-09-14'],
    ['Hurricane Sandy', '2012-10-29 2012-10-30'],
    ['days of mourning for presidents', '1994-04-27 2004-06-11 2007-01-02 2018-12-05 2025-01-09'],
    // NYSE Group, 23 December 2025: the calendars of 2026 to 2028.
    ['the holidays of 2026', datesOf(2026, '01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25').join(' ')],
    ['the holidays of 2027', datesOf(2027, '01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24').join(' ')],
    ['the holidays of 2028', datesOf(2028, '01-17 02-21 04-14 05-29 06-19 07-04 09-04 11-23 12-25').join(' ')],
  ])('is closed for %s', (_, days) => {
    expect(days.split(' ').filter((date) => us.calendar.isTradingDay(date))).toEqual([]);
  });

  test('is closed on nothing else in the years announced', () => {
    expect([2026, 2027, 2028].map((year) => closedWeekdays(us, `${year}-01-01`, `${year}-12-31`).length)).toEqual([
      10, 10, 9,
    ]);
  });

  test('trades on days that only look like holidays', () => {
    // Columbus Day, Veterans Day, a New Year's Day on Saturday that no weekday makes up for, Juneteenth before 2022, Chuseok.
    const open = ['2024-10-14', '2024-11-11', '2021-12-31', '2027-12-31', '2020-06-19', '2024-09-16', '2001-09-17'];
    expect(open.filter((date) => !us.calendar.isTradingDay(date))).toEqual([]);
  });

  test('three trading days after 2024-09-13 is 2024-09-18, whatever Seoul celebrates', () => {
    expect(addTradingDays('2024-09-13', 3, us.calendar)).toBe('2024-09-18');
    expect(addTradingDays('2024-09-13', 3, krx.calendar)).toBe('2024-09-23');
  });

  test.each([
    // NYSE, historical special closings and the calendars of 2026 to 2028.
    ['13:00', '1996-07-05 1997-12-26 1999-12-31 2002-07-05 2003-12-26 2013-07-03 2024-07-03 2024-11-29 2024-12-24'],
    ['13:00', '2026-11-27 2026-12-24 2027-11-26 2028-07-03 2028-11-24'],
    ['14:00', '1990-12-24 1991-12-24 1992-11-27 1992-12-24 1996-01-08'],
    ['14:30', '1994-02-11'],
    ['15:30', '1997-10-27'],
  ])('closes at %s on %s', (closesAt, days) => {
    for (const date of days.split(' ')) expect(us.specialHours?.[date], date).toMatchObject({ closesAt });
  });

  test('has as many half days in 1990 to 2027 as exchange_calendars 4.13.2, and five unplanned sessions more', () => {
    const dates = Object.keys(us.specialHours ?? {}).filter((date) => date < '2028');
    expect(dates.length).toBe(80 + 5);
    expect(Object.keys(us.specialHours ?? {}).filter((date) => !us.calendar.isTradingDay(date))).toEqual([]);
  });

  test('closes early on no day that the exchange kept whole', () => {
    // 2027-12-24 is a holiday, 2021-12-23 and 2026-07-02 are days before observed holidays.
    for (const date of ['2027-12-24', '2021-12-23', '2026-07-02', '2028-12-22']) {
      expect(us.specialHours?.[date], date).toBeUndefined();
    }
  });
});

test('what is not announced is projected', () => {
  expect([krx.calendar.projectedFrom, us.calendar.projectedFrom]).toEqual(['2028-01-01', '2029-01-01']);
});

import { describe, expect, test } from 'vitest';
import { fromEpochDay, KRX_CALENDAR_LAST_YEAR, krxCalendar, toEpochDay, weekdayOf } from '../../src/series/index.js';

// Weekdays on which none of 100 KOSPI stocks has a bar, 2020-01-02 to 2024-06-28: printed by test/parity/series/krx-days.py.
const WITHOUT_BARS: Record<string, string> = {
  2020: '01-24 01-27 04-15 04-30 05-01 05-05 08-17 09-30 10-01 10-02 10-09 12-25 12-31',
  2021: '01-01 02-11 02-12 03-01 05-05 05-19 08-16 09-20 09-21 09-22 10-04 10-11 12-31',
  2022: '01-31 02-01 02-02 03-01 03-09 05-05 06-01 06-06 08-15 09-09 09-12 10-03 10-10 12-30',
  2023: '01-23 01-24 03-01 05-01 05-05 05-29 06-06 08-15 09-28 09-29 10-02 10-03 10-09 12-25 12-29',
  2024: '01-01 02-09 02-12 03-01 04-10 05-01 05-06 05-15 06-06',
};

const closedWeekdays = (from: string, to: string) => {
  const closed: string[] = [];
  for (let day = toEpochDay(from); day <= toEpochDay(to); day++) {
    const date = fromEpochDay(day);
    if (weekdayOf(day) < 5 && !krxCalendar.isTradingDay(date)) closed.push(date);
  }
  return closed;
};

describe('krxCalendar', () => {
  test('is closed on exactly the weekdays without a bar in the prices of 2020-01-02 to 2024-06-28', () => {
    const expected = Object.entries(WITHOUT_BARS).flatMap(([year, days]) =>
      days.split(' ').map((day) => `${year}-${day}`),
    );
    expect(closedWeekdays('2020-01-02', '2024-06-28')).toEqual(expected);
  });

  test('knows one-off closures', () => {
    // World Cup 2002, the day before Liberation Day 2015, Armed Forces Day 2024, Seollal 2025, presidential election 2025,
    // local elections 2026.
    for (const date of ['2002-07-01', '2015-08-14', '2024-10-01', '2025-01-27', '2025-06-03', '2026-06-03']) {
      expect(krxCalendar.isTradingDay(date), date).toBe(false);
    }
  });

  test('closes on Labour Day and on the last weekday of the year', () => {
    for (const date of ['2019-05-01', '2025-05-01', '2022-12-30', '2025-12-31'])
      expect(krxCalendar.isTradingDay(date), date).toBe(false);
  });

  test('has between 8 and 20 closures on weekdays every year', () => {
    for (let year = 2000; year <= KRX_CALENDAR_LAST_YEAR; year++) {
      const count = closedWeekdays(`${year}-01-01`, `${year}-12-31`).length;
      expect(count, String(year)).toBeGreaterThanOrEqual(8);
      expect(count, String(year)).toBeLessThanOrEqual(20);
    }
  });

  test('never trades on a weekend, and knows only weekends after its last year', () => {
    expect(krxCalendar.isTradingDay('2024-06-08')).toBe(false);
    expect(krxCalendar.isTradingDay(`${KRX_CALENDAR_LAST_YEAR + 1}-01-01`)).toBe(true);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { krx } from '../../src/markets/index.js';
import { addTradingDays, calendarFromDates, createCalendar, fromEpochDay } from '../../src/series/index.js';
import { weekdayCalendar } from '../../src/series/trading-calendar.js';
import { tradingDaysBetween } from '../../src/series/trading-days.js';

const date = fc.integer({ min: 11_000, max: 20_400 }).map(fromEpochDay);

describe('addTradingDays', () => {
  test.each([
    ['2024-06-05', 1, '2024-06-07'], // Memorial Day, Thursday 6 June
    ['2024-06-07', 1, '2024-06-10'], // Friday to Monday
    ['2024-02-08', 1, '2024-02-13'], // Seollal: Friday 9, Monday 12 February
    ['2024-06-08', 1, '2024-06-10'], // from a Saturday
    ['2024-06-10', -1, '2024-06-07'],
    ['2024-06-08', 0, '2024-06-08'],
    ['2023-12-28', 1, '2024-01-02'], // year-end closure 29 December, weekend, New Year
  ])('%s plus %d trading days is %s in Seoul', (from, n, expected) => {
    expect(addTradingDays(from, n, krx.calendar)).toBe(expected);
  });

  test('counts what it skips: tradingDaysBetween is its inverse', () => {
    fc.assert(
      fc.property(
        date,
        fc.integer({ min: -60, max: 60 }),
        fc.constantFrom(krx.calendar, weekdayCalendar),
        (from, n, calendar) => {
          expect(tradingDaysBetween(from, addTradingDays(from, n, calendar), calendar)).toBe(n);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('refuses fractions, bad dates and a calendar that never trades', () => {
    expect(() => addTradingDays('2024-01-02', 1.5, weekdayCalendar)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    expect(() => addTradingDays('2024-01-99', 1, weekdayCalendar)).toThrow(
      expect.objectContaining({ code: 'INVALID_DATE' }),
    );
    const shut = { name: 'shut', isTradingDay: () => false };
    expect(() => addTradingDays('2024-01-02', 1, shut)).toThrow(/trades at least once a year/);
  });
});

test('tradingDaysBetween counts after the start up to and including the end', () => {
  expect(tradingDaysBetween('2024-06-05', '2024-06-07', krx.calendar)).toBe(1);
  expect(tradingDaysBetween('2024-06-07', '2024-06-05', krx.calendar)).toBe(-1);
  expect(tradingDaysBetween('2024-06-05', '2024-06-05', krx.calendar)).toBe(0);
});

describe('createCalendar', () => {
  test('closes the given days and the weekend', () => {
    const calendar = createCalendar({ closures: ['2026-01-01', '2026-01-03'] });
    expect(['2025-12-31', '2026-01-01', '2026-01-02', '2026-01-03'].map((day) => calendar.isTradingDay(day))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test('takes another weekend', () => {
    const calendar = createCalendar({ closures: [], weekend: [4, 5] });
    // 2026-01-02 is a Friday, 2026-01-04 a Sunday.
    expect([calendar.isTradingDay('2026-01-02'), calendar.isTradingDay('2026-01-04')]).toEqual([false, true]);
  });

  test('refuses days that do not exist and a week without trading', () => {
    expect(() => createCalendar({ closures: ['2026-02-30'] })).toThrow(
      expect.objectContaining({ code: 'INVALID_DATE' }),
    );
    expect(() => createCalendar({ closures: [], weekend: [0, 1, 2, 3, 4, 5, 6] })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    expect(() => createCalendar({ closures: [], weekend: [7] })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('calendarFromDates', () => {
  test('trades exactly the seen days within the span and asks the other calendar outside', () => {
    const calendar = calendarFromDates(['2024-06-10', '2024-06-05', '2024-06-07'], krx.calendar);
    expect(addTradingDays('2024-06-05', 1, calendar)).toBe('2024-06-07');
    expect(calendar.isTradingDay('2024-06-06')).toBe(false);
    expect(addTradingDays('2024-06-10', 1, calendar)).toBe('2024-06-11');
    expect(addTradingDays('2024-08-14', 1, calendar)).toBe('2024-08-16'); // Liberation Day, beyond the span
  });

  test('is projected from where the other calendar is, but no day that was seen', () => {
    const beyond = createCalendar({ closures: [], projectedFrom: '2024-06-07' });
    expect(calendarFromDates(['2024-06-05'], beyond).projectedFrom).toBe('2024-06-07');
    expect(calendarFromDates(['2024-06-05', '2024-06-10'], beyond).projectedFrom).toBe('2024-06-11');
    // weekdays know no holidays: nothing beyond the days that were seen is announced
    expect(calendarFromDates(['2024-06-05']).projectedFrom).toBe('2024-06-06');
  });

  test('refuses no dates', () => {
    expect(() => calendarFromDates([])).toThrow(expect.objectContaining({ code: 'EMPTY_SERIES' }));
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateInZone } from '../../src/series/date-in-zone.js';
import { directionOf, FLAT_BAND } from '../../src/series/direction.js';
import { daysInMonth, weekdayOf } from '../../src/series/epoch-day.js';
import { fromEpochDay, toEpochDay } from '../../src/series/index.js';

describe('epoch days', () => {
  test('agree with the runtime for every day from year 1 to 9999', () => {
    fc.assert(
      fc.property(fc.integer({ min: -719_162, max: 2_932_896 }), (day) => {
        const date = fromEpochDay(day);
        expect(toEpochDay(date)).toBe(day);
        expect(Date.parse(date)).toBe(day * 86_400_000);
        expect(weekdayOf(day)).toBe((new Date(date).getUTCDay() + 6) % 7);
      }),
    );
  });

  test('know leap years', () => {
    expect([1900, 2000, 2023, 2024].map((year) => daysInMonth(year, 2))).toEqual([28, 29, 28, 29]);
    expect(toEpochDay('2024-03-01') - toEpochDay('2024-02-28')).toBe(2);
  });

  test.each([
    '2023-02-29',
    '2024-00-10',
    '2024-01-32',
    '0000-01-01',
    '24-01-01',
    ' 2024-01-01',
    '2024-01-01\n',
    '2024/01/01',
    '2024-0a-01',
    '+202-01-01',
    '2024-01-0٣',
  ])('refuse %j', (date) => {
    expect(() => toEpochDay(date)).toThrow(expect.objectContaining({ code: 'INVALID_DATE' }));
  });

  test.each([1.5, Number.NaN, 3e6])('refuse the day %d', (day) => {
    expect(() => fromEpochDay(day)).toThrow(expect.objectContaining({ code: 'INVALID_DATE' }));
  });
});

describe('dateInZone', () => {
  test('tells the minutes apart between which clocks go back over midnight', () => {
    // St. John's, 29 October 2006: from 00:01 back to 23:01 of the day before
    const dates = ['02:30:59', '02:31:00', '02:30:00', '02:31:59'].map((time) =>
      dateInZone(new Date(`2006-10-29T${time}Z`), 'America/St_Johns'),
    );
    expect(dates).toEqual(['2006-10-29', '2006-10-28', '2006-10-29', '2006-10-28']);
  });

  // Seoul is UTC+9 without summer time; New York UTC-5, from 2026-03-08 07:00Z on UTC-4.
  test.each([
    ['2026-01-01T14:59:59Z', 'Asia/Seoul', '2026-01-01'],
    ['2026-01-01T15:00:00Z', 'Asia/Seoul', '2026-01-02'],
    ['2026-01-01T04:59:59Z', 'America/New_York', '2025-12-31'],
    ['2026-07-01T04:00:00Z', 'America/New_York', '2026-07-01'],
    ['2026-07-01T00:00:00Z', 'UTC', '2026-07-01'],
  ])('%s in %s is %s', (instant, zone, expected) => {
    expect(dateInZone(new Date(instant), zone)).toBe(expected);
  });

  test('refuses an unknown zone and an invalid instant', () => {
    expect(() => dateInZone(new Date(0), 'Mars/Olympus')).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    expect(() => dateInZone(new Date(Number.NaN), 'UTC')).toThrow(expect.objectContaining({ code: 'INVALID_DATE' }));
  });
});

test('the edges of the flat band are flat', () => {
  expect([0.0031, FLAT_BAND, 0, -FLAT_BAND, -0.0031].map((r) => directionOf(r))).toEqual([
    'up',
    'flat',
    'flat',
    'flat',
    'down',
  ]);
  expect(directionOf(0.001, 0)).toBe('up');
});

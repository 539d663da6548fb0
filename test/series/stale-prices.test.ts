import { describe, expect, test } from 'vitest';
import { krx } from '../../src/markets/index.js';
import { type Bar, fromEpochDay, frozenDays, parseSeries, seriesAge } from '../../src/series/index.js';

const series = (dates: readonly string[]) =>
  parseSeries(dates.map((date) => ({ date, open: 10, high: 12, low: 9, close: 11, volume: 5 })));

describe('seriesAge', () => {
  test.each([
    // 2024-03-08 was a Friday; 2024-06-06 (a Thursday) Memorial Day
    ['2024-03-08', '2024-03-08', 0],
    ['2024-03-08', '2024-03-10', 0],
    ['2024-03-08', '2024-03-11', 1],
    ['2024-03-08', '2024-03-18', 6],
    ['2024-06-05', '2024-06-06', 0],
    ['2024-06-05', '2024-06-07', 1],
    ['2024-03-11', '2024-03-08', -1],
  ])('a last bar of %s is, on %s, %i trading days old', (last, today, age) => {
    expect(seriesAge(series(['2024-03-07', last]), { today, calendar: krx.calendar })).toBe(age);
  });

  test('refuses a day that is none', () => {
    const call = () => seriesAge(series(['2024-03-08']), { today: '2024-02-30', calendar: krx.calendar });
    expect(call).toThrow(expect.objectContaining({ code: 'INVALID_DATE' }));
  });
});

describe('frozenDays', () => {
  const frozenOf = (rows: readonly (readonly number[])[]) =>
    frozenDays(
      parseSeries(
        rows.map(([open, high, low, close, volume], index): Bar => {
          return { date: fromEpochDay(19_724 + index), open, high, low, close, volume };
        }),
      ),
    );
  const LIVE = [10, 12, 9, 11, 5];
  const CARRIED = [11, 11, 11, 11, 0];

  test.each([
    ['a series that moves', [LIVE, [11, 12, 10, 12, 5]], 0],
    ['one bar', [LIVE], 0],
    ['a close carried forward', [LIVE, CARRIED, CARRIED, CARRIED], 3],
    ['a row sent again', [LIVE, LIVE, LIVE], 2],
    ['both', [LIVE, LIVE, CARRIED], 2],
    ['a freeze that is over', [LIVE, CARRIED, CARRIED, LIVE], 0],
    ['another price without range and volume', [LIVE, [12, 12, 12, 12, 0]], 0],
    ['the same close with trades', [LIVE, [11, 11, 11, 11, 7]], 0],
    ['the same close with a range', [LIVE, [11, 12, 11, 11, 0]], 0],
  ])('%s: %j gives %i', (_, rows, days) => {
    expect(frozenOf(rows)).toBe(days);
  });

  test('a feed frozen for 59 days has 59', () => {
    expect(frozenOf([[10, 10, 9, 9, 1], LIVE, ...Array.from({ length: 59 }, () => CARRIED)])).toBe(59);
  });
});

import { describe, expect, test } from 'vitest';
import { type Bar, logReturns, parseSeries, sliceSeries } from '../../src/series/index.js';
import { BAR_ORDER_TOLERANCE } from '../../src/series/repair-bars.js';

const bar = (date: string, change: Partial<Bar> = {}): Bar => ({
  date,
  open: 100,
  high: 110,
  low: 95,
  close: 105,
  volume: 1000,
  ...change,
});
const three = () => [bar('2024-01-02'), bar('2024-01-03'), bar('2024-01-05')];
const refuses = (bars: readonly Bar[], code: string, message: RegExp, options = {}) =>
  expect(() => parseSeries(bars, options)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );

describe('parseSeries', () => {
  test('turns bars into columns', () => {
    const series = parseSeries([bar('2024-01-02'), bar('2024-01-04', { close: 101, volume: 0 })], { code: '005930' });
    expect(series.code).toBe('005930');
    expect(series.length).toBe(2);
    expect(series.dates).toEqual(['2024-01-02', '2024-01-04']);
    // 19724 = days from 1970-01-01 to 2024-01-02.
    expect([...series.days]).toEqual([19724, 19726]);
    expect([...series.close]).toEqual([105, 101]);
    expect([...series.volume]).toEqual([1000, 0]);
  });

  test('is frozen', () => {
    const series = parseSeries(three());
    expect(Object.isFrozen(series)).toBe(true);
    expect(Object.isFrozen(series.dates)).toBe(true);
  });

  test('refuses no bars and too few', () => {
    refuses([], 'EMPTY_SERIES', /at least one bar/);
    refuses(three(), 'SERIES_TOO_SHORT', /\(005930\).*at least 4 bars.*array of 3/, { minBars: 4, code: '005930' });
  });

  test('refuses what is no array of bars', () => {
    refuses('abc' as unknown as Bar[], 'INVALID_ARGUMENT', /array of bars/);
    refuses([bar('2024-01-02'), null as unknown as Bar], 'INVALID_BAR', /bars\[1\]/);
    refuses(three(), 'INVALID_ARGUMENT', /minBars/, { minBars: 0 });
  });

  test.each([
    '2024-1-02',
    '2024-02-30',
    '2023-02-29',
    '20240102',
    '2024-13-01',
    '2024-01-02T00:00',
    '',
    20240102 as unknown as string,
  ])('refuses the date %j and names its row', (date) => {
    const bars = three();
    bars[1] = bar(date);
    refuses(bars, 'INVALID_DATE', /bars\[1\]\.date/);
  });

  test('refuses dates out of order, naming row and date', () => {
    refuses([three()[0], three()[2], three()[1]], 'UNSORTED_DATES', /bars\[2\]\.date.*2024-01-05.*2024-01-03/);
  });

  test('refuses a date twice, naming row and date', () => {
    refuses([three()[0], three()[1], three()[1]], 'DUPLICATE_DATE', /bars\[2\]\.date.*row 1.*2024-01-03/);
  });

  test.each([
    ['close', 0],
    ['open', -1],
    ['high', Number.NaN],
    ['low', Infinity],
    ['close', '105'],
    ['volume', -1],
    ['volume', Number.NaN],
    ['volume', undefined],
  ])('told to refuse, refuses %s = %j, naming row and date', (field, value) => {
    const bars = three();
    bars[1] = bar('2024-01-03', { [field]: value });
    refuses(bars, 'INVALID_BAR', new RegExp(`bars\\[1\\]\\.${field} \\(2024-01-03\\)`), { repair: 'refuse' });
  });

  test.each([
    ['a high below the close', { high: 104, close: 105 }, 'high'],
    ['a high below the open', { high: 99, open: 100, close: 98 }, 'high'],
    ['a low above the open', { low: 101, open: 100 }, 'low'],
    ['a low above the close', { low: 106, open: 107, close: 105 }, 'low'],
    ['a high below the low', { high: 90, low: 95 }, 'high'],
  ])('told to refuse, refuses %s', (_name, change, field) => {
    const place = new RegExp(`bars\\[0\\]\\.${field} \\(2024-01-02\\)`);
    refuses([bar('2024-01-02', change)], 'INVALID_BAR', place, { repair: 'refuse' });
  });

  test('accepts a high below the close by a rounding step and keeps it as it came', () => {
    const high = 105 * (1 - BAR_ORDER_TOLERANCE / 2);
    expect(parseSeries([bar('2024-01-02', { high })]).high[0]).toBe(high);
    const lower = [bar('2024-01-02', { high: 105 * (1 - 2 * BAR_ORDER_TOLERANCE) })];
    refuses(lower, 'INVALID_BAR', /high/, { repair: 'refuse' });
  });

  test('accepts prices through 32-bit floats', () => {
    const close = 1469.25 + 1 / 3;
    expect(
      parseSeries([bar('2024-01-02', { open: 1400, low: 1400, close, high: Math.fround(close) - 2 ** -14 })]).length,
    ).toBe(1);
  });
});

describe('days of series that are read one after another', () => {
  test('are each one’s own, whatever was read before and was done to it', () => {
    const calendars = [
      ['2024-01-02', '2024-01-03', '2024-01-05'],
      ['2024-01-02', '2024-01-03', '2024-01-05'],
      ['2024-01-03', '2024-01-05'],
      ['2023-12-29', '2024-01-03', '2024-01-05', '2024-01-08'],
      ['2024-01-02'],
      ['2024-01-02', '2024-01-03', '2024-01-05'],
    ];
    for (const dates of calendars) {
      const series = parseSeries(
        [bar('2023-12-01', { close: 0 }), ...dates.map((date) => bar(date))].slice(dates.length % 2),
      );
      expect(series.dates).toEqual(dates);
      expect([...series.days]).toEqual(dates.map((date) => Date.parse(date) / 86_400_000));
      series.days.fill(0);
    }
    refuses([bar('2024-01-02'), bar('2024-01-03'), bar('2024-01-03')], 'DUPLICATE_DATE', /2024-01-03/);
    refuses([bar('2024-01-02'), bar('2024-01-32')], 'INVALID_DATE', /2024-01-32/);
    refuses([bar('2024-01-02'), bar(undefined as unknown as string)], 'INVALID_DATE', /date/);
  });
});

describe('sliceSeries', () => {
  test('keeps code, dates and columns of the range', () => {
    const slice = sliceSeries(parseSeries(three(), { code: 'X' }), -2);
    expect(slice.dates).toEqual(['2024-01-03', '2024-01-05']);
    expect(slice.length).toBe(2);
    expect(slice.code).toBe('X');
    expect(slice.close.length).toBe(2);
    expect([...slice.days]).toEqual([19725, 19727]);
  });

  test('refuses an empty range', () => {
    expect(() => sliceSeries(parseSeries(three()), 2, 2)).toThrow(expect.objectContaining({ code: 'EMPTY_SERIES' }));
  });
});

test('logReturns are ln(later / earlier), one fewer than the closes', () => {
  const returns = logReturns([100, 110, 99]);
  expect(returns.length).toBe(2);
  expect(returns[0]).toBe(Math.log(1.1));
  expect(logReturns([100, 110, 99], 2)[0]).toBe(Math.log(0.99));
  expect(logReturns([100], 1).length).toBe(0);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Bar,
  createCalendar,
  describeRepairs,
  fromEpochDay,
  parseSeries,
  repairBars,
  sliceSeries,
} from '../../src/series/index.js';
import { BAR_REPAIR_TOLERANCE } from '../../src/series/repair-bars.js';

const bar = (date: string, cells: readonly (number | null | undefined)[] = [100, 110, 95, 105, 1000]): Bar => {
  const [open, high, low, close, volume] = cells as number[];
  return { date, open, high, low, close, volume };
};
const DAY = '2024-01-03';
const around = (cells: readonly (number | null | undefined)[]) => [
  bar('2024-01-02'),
  bar(DAY, cells),
  bar('2024-01-04'),
];

describe('a bar is left out, and said to be,', () => {
  test.each([
    ['halt', [0, 0, 0, 26_250, 0], 'open', 0],
    ['halt', [0, 0, 0, 26_250, 300], 'open', 0],
    ['filler', [-1, -1, -1, -1, 0], 'open', -1],
    ['filler', [100, 110, 95, -1, 1000], 'close', -1],
    ['filler', [0, 0, 0, 0, 0], 'open', 0],
    ['filler', [0, 110, 95, 105, 1000], 'open', 0],
    ['filler', [null, null, null, null, null], 'open', Number.NaN],
    ['filler', [100, 110, 95, Number.NaN, 1000], 'close', Number.NaN],
    ['filler', [100, Infinity, 95, 105, 1000], 'high', Infinity],
    ['filler', [100, 110, 95, 105, undefined], 'volume', Number.NaN],
    ['filler', [100, 110, 95, 105, -1], 'volume', -1],
    ['contradiction', [100, 50, 45, 105, 1000], 'high', 50],
    ['contradiction', [100, 110, 103, 105, 1000], 'low', 103],
    // the close is 10 times too high
    ['contradiction', [100, 110, 95, 1050, 1000], 'high', 110],
  ])('as a %s: %j', (kind, cells, field, from) => {
    const series = parseSeries(around(cells));
    expect(series.dates).toEqual(['2024-01-02', '2024-01-04']);
    expect([...series.close]).toEqual([105, 105]);
    expect([...series.days]).toEqual([19_724, 19_726]);
    expect(series.repairs).toEqual([{ date: DAY, kind, field, from }]);
  });
});

describe('a high or low on the wrong side', () => {
  test.each([
    // one won below the open, as Korean prices are that were adjusted column by column
    [[26_220, 26_219, 26_000, 26_100, 900], [26_220, 26_000], [['high', 26_219, 26_220]]],
    [[26_220, 26_300, 26_101, 26_100, 900], [26_300, 26_100], [['low', 26_101, 26_100]]],
    [
      [50, 49, 51, 50, 9],
      [50, 50],
      [
        ['high', 49, 50],
        ['low', 51, 50],
      ],
    ],
    // high and low crossed, both between open and close
    [
      [100, 100.4, 100.6, 101, 9],
      [101, 100],
      [
        ['high', 100.4, 101],
        ['low', 100.6, 100],
      ],
    ],
  ] as const)('is widened to hold open and close: %j', (cells, [high, low], repairs) => {
    const series = parseSeries(around(cells));
    expect(series.length).toBe(3);
    expect([series.high[1], series.low[1]]).toEqual([high, low]);
    expect([series.open[1], series.close[1], series.volume[1]]).toEqual([cells[0], cells[3], cells[4]]);
    const expected = repairs.map(([field, from, to]) => ({ date: DAY, kind: 'widened', field, from, to }));
    expect(series.repairs).toEqual(expected);
  });

  test('is widened by 2 % of the close at most', () => {
    expect(BAR_REPAIR_TOLERANCE).toBe(0.02);
    expect(parseSeries(around([100, 98, 90, 100, 1])).high[1]).toBe(100);
    expect(parseSeries(around([100, 97.99, 90, 100, 1])).repairs).toMatchObject([{ kind: 'contradiction' }]);
  });

  test('by a rounding step stays as it came, unmentioned', () => {
    const series = parseSeries(around([105, 105 * (1 - 5e-7), 95, 105, 1]));
    expect(series.high[1]).toBe(105 * (1 - 5e-7));
    expect(series.repairs).toEqual([]);
  });
});

describe('with a calendar', () => {
  const calendar = createCalendar({ closures: [DAY] });
  const flat = [105, 105, 105, 105, 0];

  test('a bar of one price and no volume on a closed day is left out, on an open one it stays', () => {
    expect(parseSeries(around(flat), { calendar }).repairs).toEqual([
      { date: DAY, kind: 'closed-day', field: 'volume', from: 0 },
    ]);
    expect(parseSeries([bar('2024-01-02', flat)], { calendar }).length).toBe(1);
    expect(parseSeries(around(flat)).length).toBe(3);
  });

  test.each([[[105, 105, 105, 105, 1]], [[105, 106, 105, 105, 0]]])(
    'a bar with volume or range on a closed day stays: %j',
    (cells) => expect(parseSeries(around(cells), { calendar }).length).toBe(3),
  );
});

describe('what cannot be mended is refused', () => {
  const thrown = (bars: readonly Bar[], options = {}) => {
    try {
      return parseSeries(bars, options);
    } catch (error) {
      return error;
    }
  };

  test.each(['105', 10n, {}, true])('a close that is no number: %s', (close) => {
    const bars = around([100, 110, 95, close as never, 1]);
    expect(thrown(bars)).toMatchObject({ code: 'INVALID_BAR', message: expect.stringMatching(/bars\[1\]\.close/) });
    expect(() => repairBars(bars)).toThrow(expect.objectContaining({ code: 'INVALID_BAR' }));
  });

  test('a source of which no bar is right, naming the first', () => {
    const bars = ['2024-01-02', DAY].map((date) => bar(date, [100, 110, 95, 105, Number.NaN]));
    const message = expect.stringMatching(/bars\[0\]\.volume \(2024-01-02\).*NaN/);
    expect(thrown(bars)).toMatchObject({ code: 'INVALID_BAR', message });
  });

  test('a range of halts alone is empty', () => {
    const message = expect.stringContaining('left out 1 halt (2024-01-03)');
    expect(thrown([bar(DAY, [0, 0, 0, 5, 0])])).toMatchObject({ code: 'EMPTY_SERIES', message });
  });

  test('bars left out do not count towards minBars', () => {
    const message = expect.stringMatching(/at least 3 bars \(1 were left out\).*array of 2/);
    expect(thrown(around([0, 0, 0, 5, 0]), { minBars: 3 })).toMatchObject({ code: 'SERIES_TOO_SHORT', message });
    expect(parseSeries(around([0, 0, 0, 5, 0]), { minBars: 2 }).length).toBe(2);
  });

  test('dates are checked also of bars that are left out', () => {
    const halt = bar(DAY, [0, 0, 0, 5, 0]);
    expect(thrown([halt, halt])).toMatchObject({ code: 'DUPLICATE_DATE' });
    expect(thrown([{ ...halt, date: '2024-02-30' }])).toMatchObject({ code: 'INVALID_DATE' });
  });

  test.each([{ repair: 'ignore' }, { calendar: {} }, { calender: createCalendar({ closures: [] }) }, { minBars: 0 }])(
    'an option that is none: %j',
    (options) =>
      expect(thrown([bar(DAY)], options as never)).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining(Object.keys(options)[0]),
      }),
  );
});

test('a slice has the repairs from its first bar to the one after its last', () => {
  const halt = [0, 0, 0, 5, 0];
  const dates = ['2024-01-02', DAY, '2024-01-04', '2024-01-05', '2024-01-08', '2024-01-09'];
  const series = parseSeries(dates.map((date, index) => bar(date, index % 2 === 0 ? halt : undefined)));
  const repaired = (start: number, end?: number) => sliceSeries(series, start, end).repairs.map(({ date }) => date);
  expect(series.dates).toEqual([DAY, '2024-01-05', '2024-01-09']);
  expect(repaired(0)).toEqual(['2024-01-02', '2024-01-04', '2024-01-08']);
  expect(repaired(0, 1)).toEqual(['2024-01-02', '2024-01-04']);
  expect(repaired(-2)).toEqual(['2024-01-08']);
  expect(repaired(1, 2)).toEqual(['2024-01-08']);
});

test('repairs are said in one line, the newest dates by name', () => {
  const { repairs } = repairBars([
    bar('2024-01-02', [0, 0, 0, 5, 0]),
    bar('2024-01-03', [0, 0, 0, 5, 0]),
    bar('2024-01-04', [0, 0, 0, 5, 0]),
    bar('2024-01-05', [50, 49, 51, 50, 9]),
  ]);
  expect(describeRepairs(repairs)).toBe(
    'left out 3 halts (2024-01-02, 2024-01-03, 2024-01-04); widened 1 bar (2024-01-05)',
  );
  expect(describeRepairs(repairs, { maxDates: 2 })).toContain('3 halts (..., 2024-01-03, 2024-01-04)');
  expect(describeRepairs([])).toBe('');
});

describe('whatever the bars', () => {
  // prices near each other, so that every kind of repair is met, and cells as broken sources have them
  const price = fc.oneof(
    { weight: 12, arbitrary: fc.double({ min: 95, max: 105, noNaN: true }) },
    { weight: 6, arbitrary: fc.integer({ min: 98, max: 102 }) },
    { weight: 2, arbitrary: fc.constantFrom(100, 100 * (1 - 1e-6), 100 * (1 + 1e-6), 100 * (1 - 5e-7), 98, 102) },
    { weight: 1, arbitrary: fc.constantFrom(0, -1, Number.NaN, Infinity, 5e-324, 1e308, null as unknown as number) },
  );
  const volume = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom(-1, Number.NaN, 1e15));
  const halt = fc.constant({ open: 0, high: 0, low: 0, close: 100, volume: 0 });
  const cells = fc.oneof(
    { weight: 8, arbitrary: fc.record({ open: price, high: price, low: price, close: price, volume }) },
    { weight: 1, arbitrary: halt },
    { weight: 1, arbitrary: price.map((flat) => ({ open: flat, high: flat, low: flat, close: flat, volume: 0 })) },
  );
  const bars = fc
    .array(cells, { minLength: 1, maxLength: 30 })
    .map((rows) => rows.map((row, index) => ({ date: fromEpochDay(19_724 + index), ...row })));
  const calendar = createCalendar({ closures: [] });
  const runs = { numRuns: 2000, seed: 20_240_102 };

  test('no close is changed, none is made up, and each bar stays or is said to be left out', () => {
    const property = fc.property(bars, (given) => {
      const { bars: mended, repairs } = repairBars(given, { calendar });
      const leftOut = new Set(repairs.filter(({ kind }) => kind !== 'widened').map(({ date }) => date));
      expect(mended.map(({ date, close }) => [date, close])).toEqual(
        given.filter(({ date }) => !leftOut.has(date)).map(({ date, close }) => [date, close]),
      );
    });
    fc.assert(property, runs);
  });

  test('a mended bar is one that `refuse` accepts, and a bar that `refuse` accepts stays the same object', () => {
    const property = fc.property(bars, (given) => {
      const { bars: mended } = repairBars(given);
      if (mended.length > 0) expect(parseSeries(mended, { repair: 'refuse' }).length).toBe(mended.length);
      for (const one of given) {
        try {
          parseSeries([one], { repair: 'refuse' });
        } catch {
          continue;
        }
        expect(mended).toContain(one);
      }
    });
    fc.assert(property, runs);
  });

  test('mending twice changes nothing more', () => {
    const property = fc.property(bars, (given) => {
      const once = repairBars(given, { calendar }).bars;
      const twice = repairBars(once, { calendar });
      expect(twice.bars).toEqual(once);
      expect(twice.repairs).toEqual([]);
    });
    fc.assert(property, runs);
  });

  test('the repair of a bar depends on no later bar', () => {
    const property = fc.property(bars, bars, fc.nat(30), (given, other, cut) => {
      const before = given.slice(0, cut);
      const changed = [...before, ...other.slice(before.length)];
      const last = before.at(-1)?.date ?? '';
      const until = (rows: readonly { date: string }[]) => rows.filter(({ date }) => date <= last);
      const first = repairBars(given, { calendar });
      const second = repairBars(changed, { calendar });
      expect(until(second.bars)).toEqual(until(first.bars));
      expect(until(second.repairs)).toEqual(until(first.repairs));
    });
    fc.assert(property, runs);
  });
});

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChronosBars, type ChronosModel, type ChronosSeries, loadChronos } from '../../src/chronos/index.js';
import { createRandom } from '../../src/stats/index.js';
import { fixture } from './fixtures.js';

/** Seeded bars of a random walk. */
function walk(days: number, seed = 1) {
  const random = createRandom(seed);
  const bars = { open: [] as number[], high: [] as number[], low: [] as number[], close: [] as number[] };
  let close = 100;
  for (let day = 0; day < days; day++) {
    const open = close * Math.exp(0.005 * random.normal());
    close = open * Math.exp(0.01 * random.normal());
    bars.open.push(open);
    bars.high.push(Math.max(open, close) * Math.exp(0.004 * Math.abs(random.normal())));
    bars.low.push(Math.min(open, close) * Math.exp(-0.004 * Math.abs(random.normal())));
    bars.close.push(close);
  }
  return bars;
}
const fourTimes = (close: number[]): ChronosBars => ({ open: close, high: close, low: close, close });
const without = (column: number[], ...days: number[]) => column.map((v, i) => (days.includes(i) ? Number.NaN : v));

describe('bars as contexts', () => {
  let bars: ChronosModel;
  let closes: ChronosModel;
  beforeAll(async () => {
    bars = await loadChronos();
    closes = await loadChronos(fixture('bolt-log-last-bf16'));
  });
  afterAll(async () => {
    await bars.dispose();
    await closes.dispose();
  });

  it('are what the default checkpoint sees, and a model says what it sees', async () => {
    expect(bars).toMatchObject({ family: 'bar-bolt', input: 'bars', contextLength: 256, predictionLength: 20 });
    expect(closes.input).toBe('closes');
    for (const name of ['chronos2-one-head', 't5-gated']) {
      const other = await loadChronos(fixture(name));
      expect(other.input).toBe('closes');
      await other.dispose();
    }
  });

  it('narrow the forecast where the ranges are narrow, and widen it where they are wide', async () => {
    const calm = walk(200);
    const wild = { ...calm, high: calm.high.map((v) => v * 1.03), low: calm.low.map((v) => v / 1.03) };
    const [one, other] = await bars.forecast([calm, wild], { horizon: 1 });
    expect(other.q90[0] - other.q10[0]).toBeGreaterThan(1.2 * (one.q90[0] - one.q10[0]));
  });

  it('give the same as closes where all four prices are the close', async () => {
    const { close } = walk(100);
    const [alone, four] = await bars.forecast([close, fourTimes(close)], { horizon: 3 });
    expect(four).toEqual(alone);
  });

  it('have their closes read by a model of closes, whatever family it is', async () => {
    const one = walk(60);
    for (const name of ['bolt-wide-heads', 'chronos2-one-head', 't5-gated']) {
      const model = await loadChronos(fixture(name));
      const [ofBars] = await model.forecast([one], { horizon: 2 });
      const [ofCloses] = await model.forecast([one.close], { horizon: 2 });
      expect(ofBars).toEqual(ofCloses);
      await model.dispose();
    }
  });

  it('may be typed arrays, or a whole series with more columns', async () => {
    const one = walk(50);
    const typed = {
      open: Float64Array.from(one.open),
      high: Float64Array.from(one.high),
      low: Float64Array.from(one.low),
      close: Float64Array.from(one.close),
      length: 50,
      dates: [],
    };
    const [a, b] = await bars.forecast([one, typed], { horizon: 1 });
    expect(b).toEqual(a);
  });

  it('have the close four times on a day on which another price is missing', async () => {
    const one = walk(80);
    const day = 77;
    const close = one.close[day];
    const filled = {
      ...one,
      open: one.open.with(day, close),
      high: one.high.with(day, close),
      low: one.low.with(day, close),
    };
    for (const field of ['open', 'high', 'low'] as const) {
      const holed = { ...one, [field]: without(one[field], day) };
      const [a, b] = await bars.forecast([holed, filled], { horizon: 2 });
      expect(a).toEqual(b);
    }
  });

  it('skip a day without a close, and are measured from the last one that has', async () => {
    const one = walk(80);
    const holed = { ...one, close: without(one.close, 78, 79) };
    const emptied = {
      open: without(one.open, 78, 79),
      high: without(one.high, 78, 79),
      low: without(one.low, 78, 79),
      close: holed.close,
    };
    const [a, b] = await bars.forecast([holed, emptied], { horizon: 1 });
    expect(a).toEqual(b);
    expect(Math.abs(Math.log(a.median[0] / one.close[77]))).toBeLessThan(0.01);
  });

  it('have highs and lows drawn out to open and close where a rounding step is missing', async () => {
    const one = fourTimes(walk(40).close);
    const rounded = {
      ...one,
      high: Array.from(one.high, (v) => v * (1 - 1e-7)),
      low: Array.from(one.low, (v) => v * (1 + 1e-7)),
    };
    const [a, b] = await bars.forecast([one, rounded], { horizon: 1 });
    expect(b).toEqual(a);
  });

  it('widen beyond the native length with the square root of time', async () => {
    const one = walk(120);
    const [long] = await bars.forecast([one], { horizon: 80 });
    const [native] = await bars.forecast([one], { horizon: 20 });
    const last = one.close[119];
    expect(long.quantiles.subarray(0, native.quantiles.length)).toEqual(native.quantiles);
    for (let level = 0; level < 13; level++) {
      const at20 = Math.log(native.quantiles[19 * 13 + level] / last);
      expect(Math.log(long.quantiles[79 * 13 + level] / last)).toBeCloseTo(2 * at20, 10);
    }
  });

  it('give finite, ordered prices above 0 for anything that is a bar', async () => {
    const price = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
    const day = fc.tuple(price, price, price, price).map((four) => four.toSorted((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(fc.array(day, { minLength: 1, maxLength: 40 }), async (days) => {
        const column = (i: number) => days.map((four) => four[i]);
        const [f] = await bars.forecast([{ low: column(0), open: column(1), close: column(2), high: column(3) }], {
          horizon: 2,
        });
        expect(f.q10[0]).toBeLessThanOrEqual(f.median[0]);
        expect(f.quantiles.every((v) => v > 0 && v < Infinity)).toBe(true);
      }),
      { numRuns: 30, seed: 7 },
    );
  });

  it('have no forecast where its prices leave the range of numbers', async () => {
    const jumps = fourTimes([1e-300, 1e300, 1e-300, 1e300]);
    await expect(bars.forecast([jumps], { horizon: 1 })).rejects.toMatchObject({ code: 'NO_FORECAST' });
  });

  const good = walk(5);
  const set = (field: keyof ChronosBars, day: number, value: unknown) => ({
    ...good,
    [field]: good[field].with(day, value as number),
  });
  it.each<[string, unknown, string, string]>([
    ['a column that is shorter', { ...good, high: good.high.slice(1) }, 'INVALID_ARGUMENT', 'series[0].high'],
    ['a column that is absent', { ...good, low: undefined }, 'INVALID_ARGUMENT', 'series[0].low'],
    ['no closes', { open: [], high: [], low: [], close: [] }, 'EMPTY_SERIES', 'series[0].open'],
    ['missing days only', fourTimes([Number.NaN, Number.NaN]), 'EMPTY_SERIES', 'series[0]'],
    ['missing closes only', [Number.NaN, Number.NaN], 'EMPTY_SERIES', 'series[0]'],
    ['a price of 0', set('open', 2, 0), 'INVALID_ARGUMENT', 'series[0].open[2]'],
    ['an infinite price', set('high', 3, Infinity), 'INVALID_ARGUMENT', 'series[0].high[3]'],
    ['a price in words', set('low', 1, '99'), 'INVALID_ARGUMENT', 'series[0].low[1]'],
    ['a high below the close', set('high', 4, good.close[4] * 0.99), 'INVALID_BAR', 'series[0].high[4]'],
    ['a low above the open', set('low', 0, good.high[0] * 1.01), 'INVALID_BAR', 'series[0].low[0]'],
    ['no context', undefined, 'INVALID_ARGUMENT', 'series[0]'],
    ['a number', 3, 'INVALID_ARGUMENT', 'series[0]'],
  ])('are refused with %s', async (_, context, code, field) => {
    await expect(bars.forecast([context as ChronosSeries], { horizon: 1 })).rejects.toMatchObject({ code, field });
  });

  it('are refused by a model of closes with columns of unequal lengths', async () => {
    await expect(closes.forecast([{ ...good, open: [1] }], { horizon: 1 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: 'series[0].open',
    });
  });
});

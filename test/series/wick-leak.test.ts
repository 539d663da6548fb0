import { describe, expect, it } from 'vitest';
import { wickLeak } from '../../src/series/index.js';
import { WICK_LEAK_LIMIT } from '../../src/series/wick-leak.js';
import { createRandom } from '../../src/stats/index.js';

/** Bars of Gaussian walks of 32 steps a session, whose high and low also see `share` of the next day's move. */
function walk(days: number, share: number, seed: number) {
  const random = createRandom(seed);
  const bars = { open: [] as number[], high: [] as number[], low: [] as number[], close: [] as number[] };
  const paths = Array.from({ length: days + 1 }, () => Array.from({ length: 32 }, () => 0.002 * random.normal()));
  let log = 0;
  for (let day = 0; day < days; day++) {
    const open = log;
    let [high, low] = [log, log];
    const see = (level: number) => {
      high = Math.max(high, level);
      low = Math.min(low, level);
    };
    for (const move of paths[day]) {
      log += move;
      see(log);
    }
    let ahead = log;
    for (const move of paths[day + 1].slice(0, Math.round(32 * share))) {
      ahead += move;
      see(ahead);
    }
    for (const [field, level] of Object.entries({ open, high, low, close: log }))
      bars[field as keyof typeof bars].push(100 * Math.exp(level));
  }
  return bars;
}

describe('wickLeak', () => {
  it('acquits honest bars, however short', () => {
    for (const days of [10, 60, 250, 1000])
      for (let seed = 0; seed < 50; seed++) expect(wickLeak(walk(days, 0, seed)).leaks).toBe(false);
  });

  it('finds bars whose range ends later than their close', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { correlation, leaks, days } = wickLeak(walk(500, 0.5, seed));
      expect(correlation).toBeGreaterThan(WICK_LEAK_LIMIT);
      expect(leaks).toBe(true);
      expect(days).toBe(499);
    }
    expect(wickLeak(walk(120, 1, 3)).leaks).toBe(true);
  });

  it('does not accuse a handful of days of what chance does', () => {
    const { correlation, leaks } = wickLeak(walk(12, 1, 5));
    expect(correlation).toBeGreaterThan(WICK_LEAK_LIMIT);
    expect(leaks).toBe(false);
  });

  it('is the rank correlation, ties at their mean rank', () => {
    // Wick balances rank 1.5, 1.5, 3, 4 and next returns 2, 1, 3, 4; scipy.stats.spearmanr gives 0.9486832980505138.
    const close = [100, 99, 97, 98, 101];
    const upper = [0, 0, 0.01, 0.02, 0];
    const high = close.map((c, day) => c * Math.exp(upper[day]));
    expect(wickLeak({ open: close, high, low: close, close }).correlation).toBeCloseTo(0.9486832980505138, 12);
  });

  it('does not change with the unit of the price, nor by one wild day', () => {
    const bars = walk(300, 0.5, 9);
    const { correlation } = wickLeak(bars);
    const scaled = Object.fromEntries(Object.entries(bars).map(([k, column]) => [k, column.map((v) => 1e4 * v)]));
    expect(wickLeak(scaled as typeof bars).correlation).toBeCloseTo(correlation, 2);
    const wild = { ...bars, low: bars.low.with(150, bars.low[150] / 100) };
    expect(Math.abs(wickLeak(wild).correlation - correlation)).toBeLessThan(0.02);
  });

  it('says nothing of bars without wicks, or too few', () => {
    const close = [1, 2, 3, 2, 1];
    expect(wickLeak({ open: close, high: close, low: close, close })).toEqual({
      correlation: Number.NaN,
      days: 4,
      leaks: false,
    });
    expect(wickLeak({ open: [1], high: [1], low: [1], close: [1] })).toEqual({
      correlation: Number.NaN,
      days: 0,
      leaks: false,
    });
    expect(wickLeak({ open: [], high: [], low: [], close: [] }).days).toBe(0);
  });

  it('refuses columns that do not fit together and prices that are none', () => {
    const one = walk(5, 0, 1);
    expect(() => wickLeak({ ...one, low: [1] })).toThrowError(expect.objectContaining({ field: 'low' }));
    for (const bad of [0, -1, Number.NaN, Infinity])
      expect(() => wickLeak({ ...one, high: one.high.with(2, bad) })).toThrowError(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'high[2]' }),
      );
  });
});

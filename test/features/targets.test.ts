import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildFeatures, targetsOf } from '../../src/features/index.js';
import { parseSeries } from '../../src/series/index.js';
import { simulatedBars } from './simulated-bars.js';

const closes = (values: number[]) =>
  parseSeries(
    values.map((close, t) => ({ date: `2024-01-${10 + t}`, open: close, high: close, low: close, close, volume: 1 })),
  );

describe('targets', () => {
  test('are the return h bars on and its direction, down 0, flat 1, up 2', () => {
    // By hand: 1000 -> 1003 is +0.3 %, within the band whose edge is flat; 1003 -> 1007 is +0.399 %, up; 1007 -> 1000 is -0.695 %, down.
    const { returns, directions } = targetsOf(closes([1000, 1003, 1007, 1000]), 1);
    expect(returns[0]).toBeCloseTo(0.003, 15);
    expect([...directions]).toEqual([1, 2, 0, -1]);
    expect(returns[3]).toBeNaN();
  });

  test('the last h rows have none', () => {
    const { targets } = buildFeatures(simulatedBars({ seed: 1, count: 20 }), {
      horizons: [1, 3, 5],
      withTargets: true,
    });
    expect([...(targets?.keys() ?? [])]).toEqual([1, 3, 5]);
    for (const [horizon, { returns, directions }] of targets ?? []) {
      expect(returns.filter((value) => Number.isNaN(value)).length).toBe(horizon);
      expect([...directions.slice(-horizon)]).toEqual(new Array(horizon).fill(-1));
      expect(directions.slice(0, -horizon).includes(-1)).toBe(false);
    }
  });

  test('a horizon beyond the series has no target at all', () => {
    expect([...targetsOf(closes([1, 2]), 5).directions]).toEqual([-1, -1]);
  });

  test('of row t are made of the closes t and t + h, of nothing else', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 39 }),
        (seed, horizon, moved) => {
          const bars = simulatedBars({ seed, count: 40 });
          const before = targetsOf(parseSeries(bars), horizon).returns;
          const other = bars.map((bar, t) =>
            t === moved ? { ...bar, open: bar.open * 2, high: bar.high * 4, close: bar.close * 3, volume: 7 } : bar,
          );
          const after = targetsOf(parseSeries(other), horizon).returns;
          const changed = [...before.keys()].filter((t) => !Object.is(before[t], after[t]));
          const expected = [moved - horizon, moved].filter((t) => t >= 0 && t + horizon < 40);
          expect(changed).toEqual(expected);
        },
      ),
    );
  });

  test('take another band', () => {
    expect([...targetsOf(closes([1000, 1003, 1000]), 1, 0.001).directions]).toEqual([2, 0, -1]);
  });

  test.each([0, -1, 1.5, Number.NaN, '1' as unknown as number])('refuse the horizon %j', (horizon) => {
    expect(() =>
      buildFeatures(simulatedBars({ seed: 1, count: 9 }), { horizons: [horizon], withTargets: true }),
    ).toThrow(expect.objectContaining({ code: 'INVALID_HORIZON' }));
  });

  test('refuse no horizon and a negative band', () => {
    const bars = simulatedBars({ seed: 1, count: 9 });
    expect(() => buildFeatures(bars, { withTargets: true })).toThrow(
      expect.objectContaining({ code: 'INVALID_HORIZON' }),
    );
    expect(() => buildFeatures(bars, { horizons: [1], withTargets: true, flatBand: -1 })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

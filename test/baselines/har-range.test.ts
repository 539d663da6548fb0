import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HAR_LEAST_BARS, harRangeForecast } from '../../src/baselines/index.js';
import { createRandom, leastSquares } from '../../src/stats/index.js';

// Written by test/parity/baselines/har_range.py (statsmodels' OLS, numpy).
const golden = JSON.parse(readFileSync(new URL('fixtures/har-range.json', import.meta.url), 'utf8'));
const prices = { open: golden.open, high: golden.high, low: golden.low, close: golden.close };

function firstBars(count: number) {
  return Object.fromEntries(
    Object.entries(prices).map(([field, values]) => [field, values.slice(0, count)]),
  ) as typeof prices;
}

describe('harRangeForecast', () => {
  it('equals the same regressed by statsmodels', () => {
    const { levels } = golden;
    const { sigma, quantiles } = harRangeForecast(prices, { horizon: 5, levels });
    golden.steps.forEach((step: number, k: number) => {
      expect(sigma[step - 1] / golden.sigma[k]).toBeCloseTo(1, 7);
      golden.quantiles[k].forEach((expected: number, i: number) => {
        expect(quantiles[(step - 1) * levels.length + i] / expected).toBeCloseTo(1, 8);
      });
    });
  });

  it('sees a wild day that the close hides', () => {
    const wild = firstBars(240);
    const calm = firstBars(240);
    wild.high[239] *= 1.06;
    wild.low[239] *= 0.94;
    const [after, before] = [wild, calm].map((bars) => harRangeForecast(bars, { horizon: 1 }).sigma[0]);
    expect(after).toBeGreaterThan(1.2 * before);
  });

  it('needs the bars it says', () => {
    expect(harRangeForecast(firstBars(HAR_LEAST_BARS + 4), { horizon: 5 }).q10).toHaveLength(5);
    expect(() => harRangeForecast(firstBars(HAR_LEAST_BARS + 3), { horizon: 5 })).toThrow(
      expect.objectContaining({ code: 'SERIES_TOO_SHORT' }),
    );
  });

  it('refuses columns of different lengths, bad prices and bars that never move', () => {
    const flat = new Float64Array(200).fill(5);
    expect(() => harRangeForecast({ ...prices, high: prices.high.slice(1) }, { horizon: 1 })).toThrow(/high/);
    expect(() => harRangeForecast({ ...prices, low: prices.low.map(() => -1) }, { horizon: 1 })).toThrow(/low\[0\]/);
    expect(() => harRangeForecast({ open: flat, high: flat, low: flat, close: flat }, { horizon: 1 })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('leastSquares', () => {
  it('finds the weights that made the target', () => {
    const random = createRandom(4);
    const design = Float64Array.from({ length: 150 }, (_, i) => (i % 3 === 0 ? 1 : random.normal()));
    const target = Float64Array.from({ length: 50 }, (_, i) => 2 - 3 * design[3 * i + 1] + 0.5 * design[3 * i + 2]);
    const weights = leastSquares(design, target, 3);
    [2, -3, 0.5].forEach((weight, i) => {
      expect(weights[i]).toBeCloseTo(weight, 7);
    });
  });

  it('shares the weight between two columns that are the same', () => {
    const design = Float64Array.from([1, 1, 2, 2, 3, 3]);
    const weights = leastSquares(design, Float64Array.from([2, 4, 6]), 2);
    expect(weights[0] + weights[1]).toBeCloseTo(2, 6);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { POOLED_HAR_LEAST_BARS } from '../../src/baselines/har-pooled.js';
import { HAR_LEAST_BARS } from '../../src/baselines/har-range.js';
import { fitPooledHar, harRangeForecast, pooledHarForecast } from '../../src/baselines/index.js';

const read = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8'));
const bars = read('har-range.json');
// Written by test/parity/baselines/har_pooled.py (statsmodels' OLS over both instruments).
const golden = read('har-pooled.json');

function cut(from: number, to?: number) {
  const [open, high, low, close]: number[][] = ['open', 'high', 'low', 'close'].map((f) => bars[f].slice(from, to));
  return { open, high, low, close };
}

const pool = [cut(0, 200), cut(-190)];

describe('fitPooledHar', () => {
  it('equals one regression over all rows by statsmodels', () => {
    const { weights } = fitPooledHar(pool, { horizon: 5 });
    golden.steps.forEach((step: number, k: number) => {
      golden.weights[k].forEach((expected: number, i: number) => {
        expect(weights[step - 1][i]).toBeCloseTo(expected, 8);
      });
    });
  });

  it('does not depend on the order of the instruments, nor on a copy of each', () => {
    const { weights } = fitPooledHar(pool, { horizon: 1 });
    for (const others of [
      [pool[1], pool[0]],
      [...pool, ...pool],
    ]) {
      fitPooledHar(others, { horizon: 1 }).weights[0].forEach((weight, i) => {
        expect(weight).toBeCloseTo(weights[0][i], 9);
      });
    }
  });

  it('refuses an empty pool and too short a member', () => {
    expect(() => fitPooledHar([], { horizon: 1 })).toThrow(expect.objectContaining({ code: 'EMPTY_SERIES' }));
    expect(() => fitPooledHar([...pool, cut(0, HAR_LEAST_BARS - 1)], { horizon: 1 })).toThrow(
      expect.objectContaining({ code: 'SERIES_TOO_SHORT' }),
    );
  });
});

describe('pooledHarForecast', () => {
  it('has the volatility that the pool sees, scaled by own returns, as numpy has it', () => {
    const model = fitPooledHar(pool, { horizon: 5 });
    const { sigma } = pooledHarForecast(cut(0, 160), { horizon: 5, model });
    golden.steps.forEach((step: number, k: number) => {
      expect(sigma[step - 1] / golden.sigma[k]).toBeCloseTo(1, 8);
    });
  });

  it('is harRangeForecast in a pool of one', () => {
    const model = fitPooledHar([cut(0)], { horizon: 3 });
    const pooled = pooledHarForecast(cut(0), { horizon: 3, model });
    const alone = harRangeForecast(cut(0), { horizon: 3 });
    expect([...pooled.quantiles]).toEqual([...alone.quantiles]);
  });

  it('forecasts an instrument too young for a regression of its own', () => {
    const model = fitPooledHar(pool, { horizon: 3 });
    const young = cut(0, POOLED_HAR_LEAST_BARS + 2);
    expect(pooledHarForecast(young, { horizon: 3, model }).q10).toHaveLength(3);
    expect(() => pooledHarForecast(cut(0, POOLED_HAR_LEAST_BARS + 1), { horizon: 3, model })).toThrow(
      expect.objectContaining({ code: 'SERIES_TOO_SHORT' }),
    );
  });

  it('refuses more steps than the model has, and a model of another shape', () => {
    const model = fitPooledHar(pool, { horizon: 2 });
    expect(() => pooledHarForecast(cut(0), { horizon: 3, model })).toThrow(
      expect.objectContaining({ code: 'INVALID_HORIZON' }),
    );
    expect(() => pooledHarForecast(cut(0), { horizon: 1, model: { weights: [[1, Number.NaN]] } })).toThrow(/model/);
  });
});

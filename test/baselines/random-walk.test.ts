import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RandomWalkOptions, randomWalkForecast } from '../../src/baselines/index.js';
import { RANDOM_WALK_LEAST_CLOSES } from '../../src/baselines/random-walk.js';
import { normalQuantile } from '../../src/stats/index.js';

// Written by test/parity/baselines/random_walk.py (numpy).
const golden = JSON.parse(readFileSync(new URL('fixtures/random-walk.json', import.meta.url), 'utf8'));
const closes = Float64Array.from(golden.closes);

function expectRows(options: Partial<RandomWalkOptions>, rows: number[][]) {
  const { quantiles, levels } = randomWalkForecast(closes, { horizon: 20, ...options });
  golden.steps.forEach((step: number, k: number) => {
    rows[k].forEach((expected, i) => {
      expect(quantiles[(step - 1) * levels.length + i] / expected).toBeCloseTo(1, 11);
    });
  });
}

describe('randomWalkForecast', () => {
  it('equals the same computed with numpy', () => {
    expectRows({}, golden.quantiles.none);
  });

  it('equals numpy with a shorter window', () => {
    expectRows({ window: 100 }, golden.quantiles.window);
  });

  it('equals numpy with the mean drift, which moves the median too', () => {
    expectRows({ drift: 'mean' }, golden.quantiles.mean);
    const { median } = randomWalkForecast(closes, { horizon: 3, drift: 'mean' });
    const drift = Math.log(closes[closes.length - 1] / closes[0]) / (closes.length - 1);
    expect(median[2]).toBeCloseTo(closes[closes.length - 1] * Math.exp(3 * drift), 9);
  });

  it('forecasts the last close, with a volatility that grows with the root of the step', () => {
    const { median, sigma } = randomWalkForecast(closes, { horizon: 9 });
    expect([...median]).toEqual(new Array(9).fill(closes[closes.length - 1]));
    expect(sigma[0]).toBeCloseTo(golden.sigma, 12);
    expect(sigma[8]).toBeCloseTo(3 * golden.sigma, 12);
  });

  it('gives the 80 % interval whatever levels are asked for', () => {
    const asked = randomWalkForecast(closes, { horizon: 2, levels: [0.1, 0.5, 0.9] });
    const other = randomWalkForecast(closes, { horizon: 2, levels: [0.25, 0.75] });
    expect([asked.quantiles[3], asked.quantiles[5]]).toEqual([asked.q10[1], asked.q90[1]]);
    expect(other.q10).toEqual(asked.q10);
    expect(other.quantiles).toHaveLength(4);
  });

  it('is Gaussian around the last close while a step has fewer than 30 outcomes', () => {
    const short = closes.subarray(0, 30);
    const { quantiles, sigma } = randomWalkForecast(short, { horizon: 2, levels: [0.05, 0.9] });
    const last = short[29];
    expect(quantiles[2]).toBeCloseTo(last * Math.exp(sigma[1] * normalQuantile(0.05)), 10);
    expect(quantiles[3]).toBeCloseTo(last * Math.exp(sigma[1] * normalQuantile(0.9)), 10);
    // 31 closes have 30 one-day outcomes: the step's shape is now their own.
    const enough = randomWalkForecast(closes.subarray(0, 31), { horizon: 1, levels: [0.05, 0.9] });
    expect(enough.quantiles[1]).not.toBeCloseTo(closes[30] * Math.exp(enough.sigma[0] * normalQuantile(0.9)), 4);
  });

  it('scales with the prices', () => {
    const plain = randomWalkForecast(closes, { horizon: 3 });
    const dear = randomWalkForecast(
      closes.map((close) => close * 1000),
      { horizon: 3 },
    );
    for (let i = 0; i < plain.quantiles.length; i++) {
      expect(dear.quantiles[i] / plain.quantiles[i]).toBeCloseTo(1000, 7);
    }
  });

  it('puts all on the last close when no close ever moved', () => {
    const { quantiles, sigma } = randomWalkForecast(new Float64Array(50).fill(7), { horizon: 2, levels: [0.1, 0.9] });
    for (const value of quantiles) expect(value).toBeCloseTo(7, 12);
    expect([...sigma]).toEqual([0, 0]);
  });

  it('stays finite through a long halt and the move after it', () => {
    const halted = [...new Array(300).fill(100), 113, 112, 114, 110, ...new Array(20).fill(110)];
    const { quantiles, q10, q90 } = randomWalkForecast(halted, { horizon: 5 });
    expect(quantiles.every(Number.isFinite)).toBe(true);
    expect(q10[0]).toBeGreaterThan(80);
    expect(q90[0]).toBeLessThan(140);
  });

  it('never crosses quantiles and stays finite on any walk', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.3, max: 0.3, noNaN: true }), { minLength: 5, maxLength: 90 }),
        fc.integer({ min: 1, max: 12 }),
        (returns, horizon) => {
          let close = 100;
          const walk = [close, ...returns.map((r) => (close *= Math.exp(r)))];
          const { quantiles, levels, sigma } = randomWalkForecast(walk, { horizon });
          const crossed = quantiles.some((value, i) => i % levels.length > 0 && value < quantiles[i - 1]);
          expect([crossed, quantiles.every(Number.isFinite), sigma.every((s) => s >= 0)]).toEqual([false, true, true]);
        },
      ),
      { seed: 6, numRuns: 200 },
    );
  });

  it('leaves its input as it is and repeats itself', () => {
    const before = closes.slice();
    const first = randomWalkForecast(closes, { horizon: 5 });
    expect(closes).toEqual(before);
    expect(randomWalkForecast(closes, { horizon: 5 })).toEqual(first);
  });

  it.each([
    ['SERIES_TOO_SHORT', closes.subarray(0, RANDOM_WALK_LEAST_CLOSES - 1), { horizon: 1 }],
    ['INVALID_ARGUMENT', [1, 2, 3, Number.NaN, 5, 6], { horizon: 1 }],
    ['INVALID_ARGUMENT', [1, 2, 3, 0, 5, 6], { horizon: 1 }],
    ['INVALID_ARGUMENT', [1, 2, 3, Number.POSITIVE_INFINITY, 5, 6], { horizon: 1 }],
    ['INVALID_HORIZON', closes, { horizon: 0 }],
    ['INVALID_HORIZON', closes, { horizon: 1.5 }],
    ['INVALID_ARGUMENT', closes, { horizon: 1, lambda: 1 }],
    ['INVALID_ARGUMENT', closes, { horizon: 1, window: 0 }],
    ['INVALID_ARGUMENT', closes, { horizon: 1, levels: [0.5] }],
    ['INVALID_ARGUMENT', closes, { horizon: 1, levels: [0.5, 0.4] }],
    ['INVALID_ARGUMENT', closes, { horizon: 1, levels: [0.5, 1] }],
  ] as const)('refuses bad input with %s (%#)', (code, input, options) => {
    expect(() => randomWalkForecast(input, options)).toThrow(expect.objectContaining({ code }));
  });

  it('takes as many closes as it says it needs', () => {
    expect(randomWalkForecast(closes.subarray(0, RANDOM_WALK_LEAST_CLOSES), { horizon: 1 }).q90[0]).toBeGreaterThan(0);
  });
});

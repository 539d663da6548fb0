import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ewmaMixtureForecast, randomWalkForecast } from '../../src/baselines/index.js';

const golden = JSON.parse(readFileSync(new URL('fixtures/random-walk.json', import.meta.url), 'utf8'));
const closes = Float64Array.from(golden.closes);

describe('ewmaMixtureForecast', () => {
  it('is the random walk of one speed when it has but that one', () => {
    const mixed = ewmaMixtureForecast(closes, { horizon: 5, lambdas: [0.94] });
    const plain = randomWalkForecast(closes, { horizon: 5 });
    mixed.quantiles.forEach((value, i) => {
      expect(value / plain.quantiles[i]).toBeCloseTo(1, 12);
    });
  });

  it('has the mean variance of its speeds', () => {
    const variance = (lambda: number) => randomWalkForecast(closes, { horizon: 2, lambda }).sigma[1] ** 2;
    const { sigma } = ewmaMixtureForecast(closes, { horizon: 2, lambdas: [0.8, 0.99] });
    expect(sigma[1] ** 2).toBeCloseTo((variance(0.8) + variance(0.99)) / 2, 12);
  });

  it('refuses no speeds and impossible ones', () => {
    expect(() => ewmaMixtureForecast(closes, { horizon: 1, lambdas: [] })).toThrow(/lambdas/);
    expect(() => ewmaMixtureForecast(closes, { horizon: 1, lambdas: [0.9, 1] })).toThrow(/lambdas\[1\]/);
  });
});

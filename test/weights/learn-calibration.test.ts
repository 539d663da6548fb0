import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/stats/index.js';
import { learnCalibration, type ScoredForecast } from '../../src/weights/index.js';

/** Standard normal outcomes under intervals whose half-widths are `low` and `high` sigmas. */
function outcomes(count: number, low: number, high: number, seed = 3): ScoredForecast[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => ({
    code: 'c',
    actualDate: '2020-01-01',
    actual: random.normal(),
    points: {},
    point: 0,
    low: -low,
    high,
  }));
}

describe('learnCalibration', () => {
  // The 0.9 quantile of the standard normal distribution is 1.2815515655446004.
  it('stretches a half that is too narrow and shrinks one that is too wide', () => {
    const { low, high } = learnCalibration(outcomes(50_000, 1.2815515655 / 1.5, 1.2815515655 / 0.75), { horizon: 1 });
    expect(low).toBeCloseTo(1.5, 1);
    expect(high).toBeCloseTo(0.75, 1);
  });

  it('changes nothing without outcomes, and little with few', () => {
    expect(learnCalibration([], { horizon: 1 })).toEqual({ low: 1, high: 1 });
    expect(learnCalibration([], { horizon: 1, towards: { low: 1.2, high: 0.9 } })).toEqual({ low: 1.2, high: 0.9 });
    const few = learnCalibration(outcomes(10, 0.5, 0.5), { horizon: 5 });
    expect(few.low).toBeLessThan(1.03);
    expect(few.high).toBeLessThan(1.03);
  });

  it('counts overlapping forecasts once', () => {
    const data = outcomes(500, 0.8, 0.8);
    const daily = learnCalibration(data, { horizon: 1 });
    const overlapping = learnCalibration(data, { horizon: 5 });
    // 500 / 1 + 100 prior outcomes against 500 / 5 + 100: five sixths of the way against half of it
    expect((daily.low - 1) / (overlapping.low - 1)).toBeCloseTo(5 / 6 / (1 / 2), 9);
  });

  it('never stretches beyond twice or below half', () => {
    const wide = learnCalibration(outcomes(100_000, 0.01, 0.01), { horizon: 1 });
    expect(wide.low).toBeLessThanOrEqual(2);
    const narrow = learnCalibration(outcomes(100_000, 100, 100), { horizon: 1 });
    expect(narrow.high).toBeGreaterThanOrEqual(0.5);
    expect(narrow.high).toBeLessThan(0.51);
  });

  it('skips intervals without width', () => {
    expect(learnCalibration(outcomes(100, 0, 0), { horizon: 1 })).toEqual({ low: 1, high: 1 });
  });
});

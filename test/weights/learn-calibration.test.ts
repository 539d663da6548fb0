import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/stats/index.js';
import { learnCalibration, type ScoredInterval } from '../../src/weights/index.js';

/** Standard normal outcomes, `perDay` a day, under intervals whose half-widths are `low` and `high` sigmas. */
function outcomes(count: number, low: number, high: number, { perDay = 1, seed = 3 } = {}): ScoredInterval[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => ({
    actualDate: new Date(Date.UTC(1900, 0, 1 + Math.floor(i / perDay))).toISOString().slice(0, 10),
    actual: random.normal(),
    point: 0,
    low: -low,
    high,
  }));
}

describe('learnCalibration', () => {
  // The 0.9 quantile of the standard normal distribution is 1.2815515655446004.
  it('stretches an interval that is too narrow and shrinks one that is too wide', () => {
    const narrow = learnCalibration(outcomes(50_000, 1.2815515655 / 1.5, 1.2815515655 / 1.5), { horizon: 1 });
    expect(narrow.low).toBeCloseTo(1.5, 1);
    const wide = learnCalibration(outcomes(50_000, 1.2815515655 / 0.75, 1.2815515655 / 0.75), { horizon: 1 });
    expect(wide.low).toBeCloseTo(0.75, 1);
  });

  it('stretches both halves alike: a trend of the days it saw leans it to neither side', () => {
    const rising = outcomes(5000, 1, 1).map((one) => ({ ...one, actual: one.actual + 0.5 }));
    const { low, high } = learnCalibration(rising, { horizon: 1 });
    expect(low).toBe(high);
    expect(low).toBeGreaterThan(1.2);
  });

  it('changes nothing without outcomes, and little with few', () => {
    expect(learnCalibration([], { horizon: 1 })).toEqual({ low: 1, high: 1 });
    expect(learnCalibration([], { horizon: 1, towards: { low: 1.2, high: 0.9 } })).toEqual({ low: 1.2, high: 0.9 });
    const few = learnCalibration(outcomes(10, 0.5, 0.5), { horizon: 5 });
    expect(few.low).toBeLessThan(1.03);
  });

  it('counts overlapping forecasts once', () => {
    const data = outcomes(500, 0.8, 0.8);
    const daily = learnCalibration(data, { horizon: 1 });
    const overlapping = learnCalibration(data, { horizon: 5 });
    // 500 / 1 against 100 prior outcomes, and 500 / 5 against 100: five sixths of the way against half of it
    expect((daily.low - 1) / (overlapping.low - 1)).toBeCloseTo(5 / 6 / (1 / 2), 9);
  });

  it('takes the instruments of one day for the few independent ones that they are worth', () => {
    const apart = learnCalibration(outcomes(500, 0.8, 0.8), { horizon: 1 });
    const together = learnCalibration(outcomes(500, 0.8, 0.8, { perDay: 100 }), { horizon: 1 });
    // five days of 100 / (1 + 0.3 x 99) = 3.257 outcomes: 16.287 against 100
    const share = (5 * 100) / 30.7;
    expect((together.low - 1) / (apart.low - 1)).toBeCloseTo(share / (share + 100) / (5 / 6), 9);
  });

  it("draws an instrument's own stretch towards the pool's, harder than the pool's towards 1", () => {
    const data = outcomes(400, 0.8, 0.8);
    const towards = { low: 1.1, high: 1.2 };
    const target = 1 + (learnCalibration(data, { horizon: 1 }).low - 1) * (500 / 400);
    const own = learnCalibration(data, { horizon: 1, towards });
    // 400 outcomes against a prior of 400: half of the way
    expect(own.low).toBeCloseTo((target + 1.1) / 2, 9);
    expect(own.high).toBeCloseTo((target + 1.2) / 2, 9);
  });

  it('never stretches beyond twice or below half', () => {
    const wide = learnCalibration(outcomes(50_000, 0.01, 0.01), { horizon: 1 });
    expect(wide.low).toBeLessThanOrEqual(2);
    const narrow = learnCalibration(outcomes(50_000, 100, 100), { horizon: 1 });
    expect(narrow.high).toBeGreaterThanOrEqual(0.5);
    expect(narrow.high).toBeLessThan(0.51);
  });

  it('skips intervals without width', () => {
    expect(learnCalibration(outcomes(100, 0, 0), { horizon: 1 })).toEqual({ low: 1, high: 1 });
  });
});

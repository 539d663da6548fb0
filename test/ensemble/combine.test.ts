import { describe, expect, it } from 'vitest';
import { type CombineInput, combine, directionShares } from '../../src/ensemble/index.js';
import { isForecastError } from '../../src/errors.js';

// Every expected number on this page was worked out by hand from the formulas of the docstrings.
const DEFAULTS = { chronos: 0.6, lgbm: 0.4, naive: 0 };
const chronos = { median: 110, q10: 100, q90: 120, samples: [101, 90] };
const lgbm = { predictedClose: 105, probUp: 0.5, probFlat: 0.3, probDown: 0.2 };
const naive = { median: 100, q10: 98, q90: 102, probUp: 0.4, probFlat: 0.2, probDown: 0.4 };
const input: CombineInput = { baseClose: 100, horizon: 3, weights: DEFAULTS, chronos, lgbm };

describe('combine', () => {
  it('pools point and interval with the default weights', () => {
    const step = combine(input);
    expect(step.pointClose).toBeCloseTo(0.6 * 110 + 0.4 * 105, 12); // 108
    expect(step.ciLow).toBeCloseTo(100.74, 12); // 0.6 × 100 + 0.4 × 105 × 0.97
    expect(step.ciHigh).toBeCloseTo(115.26, 12); // 0.6 × 120 + 0.4 × 105 × 1.03
    expect(step.expectedReturn).toBeCloseTo(0.08, 12);
    expect(step.weights).toEqual(DEFAULTS);
    expect(step.horizon).toBe(3);
  });

  it('counts a return on the very edge of the band as flat', () => {
    // 5 / 4 - 1 = 0.25 and 3 / 4 - 1 = -0.25 exactly
    expect(directionShares([5, 5.5, 6, 3, 2], 4, 0.25)).toEqual({ probUp: 0.4, probFlat: 0.4, probDown: 0.2 });
  });

  it('counts samples outside the flat band and averages them with LightGBM', () => {
    const step = combine({ ...input, chronos: { ...chronos, samples: [101, 101, 100, 99] } });
    expect(step.probUp).toBeCloseTo((0.5 + 0.5) / 2, 12);
    expect(step.probFlat).toBeCloseTo((0.25 + 0.3) / 2, 12);
    expect(step.probDown).toBeCloseTo((0.25 + 0.2) / 2, 12);
    expect(step.direction).toBe('up');
  });

  it('takes 0.33 / 0.34 / 0.33 where Chronos has no samples', () => {
    const alone = combine({ ...input, lgbm: undefined, chronos: { median: 110, q10: 100, q90: 120 } });
    expect([alone.probUp, alone.probFlat, alone.probDown]).toEqual([0.33, 0.34, 0.33]);
    expect(alone.direction).toBe('flat');
    const both = combine({ ...input, chronos: { ...chronos, samples: [] } });
    expect(both.probUp).toBeCloseTo(0.415, 12);
    expect(both.probFlat).toBeCloseTo(0.32, 12);
    expect(both.probDown).toBeCloseTo(0.265, 12);
  });

  it('lets LightGBM stand alone with three per cent either side', () => {
    const step = combine({ ...input, chronos: undefined });
    expect(step.weights).toEqual({ chronos: 0, lgbm: 1, naive: 0 });
    expect(step.pointClose).toBe(105);
    expect(step.ciLow).toBe(105 * 0.97);
    expect(step.ciHigh).toBe(105 * 1.03);
    expect([step.probUp, step.probFlat, step.probDown]).toEqual([0.5, 0.3, 0.2]);
  });

  it('lets Chronos stand alone with its own quantiles', () => {
    const step = combine({ ...input, lgbm: undefined });
    expect(step.weights).toEqual({ chronos: 1, lgbm: 0, naive: 0 });
    expect([step.pointClose, step.ciLow, step.ciHigh]).toEqual([110, 100, 120]);
  });

  it('refuses to forecast from the random walk alone', () => {
    expect(() => combine({ ...input, chronos: undefined, lgbm: undefined, naive })).toThrowError(
      expect.objectContaining({ code: 'NO_FORECAST', field: 'members' }),
    );
  });

  it('gives the random walk its learned weight in point and interval, and no vote on direction', () => {
    const weights = { chronos: 0.5, lgbm: 0.25, naive: 0.25 };
    const step = combine({ ...input, weights, naive });
    expect(step.pointClose).toBeCloseTo(0.5 * 110 + 0.25 * 105 + 0.25 * 100, 12); // 106.25
    expect(step.ciLow).toBeCloseTo(0.5 * 100 + 0.25 * 105 * 0.97 + 0.25 * 98, 12); // 99.9625
    expect(step.ciHigh).toBeCloseTo(0.5 * 120 + 0.25 * 105 * 1.03 + 0.25 * 102, 12);
    expect(step.probUp).toBe(combine(input).probUp);
    const withoutChronos = combine({ ...input, weights, naive, chronos: undefined });
    expect(withoutChronos.weights).toEqual({ chronos: 0, lgbm: 0.5, naive: 0.5 });
  });

  it('gives a lone member everything, also where its learned weight is nil', () => {
    const step = combine({ ...input, chronos: undefined, weights: { chronos: 1, lgbm: 0, naive: 0 } });
    expect(step.weights).toEqual({ chronos: 0, lgbm: 1, naive: 0 });
  });

  it.each([
    { lgbm: { probUp: 0.4, probFlat: 0.4, probDown: 0.2 }, direction: 'up' },
    { lgbm: { probUp: 0.4, probFlat: 0.2, probDown: 0.4 }, direction: 'up' },
    { lgbm: { probUp: 0.2, probFlat: 0.4, probDown: 0.4 }, direction: 'down' },
    { lgbm: { probUp: 0.3, probFlat: 0.4, probDown: 0.3 }, direction: 'flat' },
    { lgbm: { probUp: 0, probFlat: 0, probDown: 0 }, direction: 'up' },
  ])('labels $lgbm as $direction', ({ lgbm: shares, direction }) => {
    expect(combine({ ...input, chronos: undefined, lgbm: { predictedClose: 105, ...shares } }).direction).toBe(
      direction,
    );
  });

  it('normalises direction shares that do not sum to one', () => {
    const step = combine({
      ...input,
      chronos: undefined,
      lgbm: { predictedClose: 105, probUp: 0.2, probFlat: 0.1, probDown: 0.1 },
    });
    expect([step.probUp, step.probFlat, step.probDown]).toEqual([0.5, 0.25, 0.25]);
  });

  it('stretches each half of the interval by its calibration', () => {
    const step = combine({ ...input, lgbm: undefined, calibration: { low: 1.5, high: 0.5 } });
    expect([step.ciLow, step.pointClose, step.ciHigh]).toEqual([95, 110, 115]);
  });

  it.each([
    [{ baseClose: 0 }, 'INVALID_ARGUMENT', 'baseClose'],
    [{ baseClose: Number.NaN }, 'INVALID_ARGUMENT', 'baseClose'],
    [{ horizon: 0 }, 'INVALID_HORIZON', 'horizon'],
    [{ horizon: 1.5 }, 'INVALID_HORIZON', 'horizon'],
    [{ weights: { chronos: 0.6, lgbm: 0.6, naive: 0 } }, 'INVALID_ARGUMENT', 'weights'],
    [{ weights: { chronos: 1.2, lgbm: -0.2, naive: 0 } }, 'INVALID_ARGUMENT', 'weights.chronos'],
    [{ weights: { chronos: Number.NaN, lgbm: 0.5, naive: 0.5 } }, 'INVALID_ARGUMENT', 'weights.chronos'],
  ] as const)('refuses %j with %s', (change, code, field) => {
    let error: unknown;
    try {
      combine({ ...input, ...change });
    } catch (caught) {
      error = caught;
    }
    expect(isForecastError(error, code)).toBe(true);
    expect((error as { field?: string }).field).toBe(field);
  });
});

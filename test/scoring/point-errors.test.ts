import { describe, expect, it } from 'vitest';
import {
  meanAbsoluteError,
  meanAbsoluteScaledError,
  randomWalkScale,
  rSquaredAgainstZero,
  skill,
} from '../../src/scoring/index.js';

describe('point errors', () => {
  it('scales the mean absolute error by that of the random walk on the history', () => {
    // Changes of the history: 1, 2, 3 -> scale 2; errors 1 and 3 -> mean 2.
    const rows = { actuals: [10, 10], predicted: [9, 13] };
    expect(meanAbsoluteError(rows.actuals, rows.predicted)).toBe(2);
    expect(meanAbsoluteScaledError(rows, [1, 2, 4, 1])).toBe(1);
  });

  it('can scale by changes over several bars', () => {
    expect(randomWalkScale([1, 2, 4, 1], 2)).toBe((3 + 1) / 2);
  });

  it('gives the random walk 1 on its own history', () => {
    const closes = [100, 103, 99, 104, 101];
    const rows = { actuals: closes.slice(1), predicted: closes.slice(0, -1) };
    expect(meanAbsoluteScaledError(rows, closes)).toBeCloseTo(1, 12);
  });

  it('measures squared error against a forecast of zero', () => {
    expect(rSquaredAgainstZero([1, -2], [0, 0])).toBe(0);
    expect(rSquaredAgainstZero([1, -2], [1, -2])).toBe(1);
    expect(rSquaredAgainstZero([1, -2], [-1, 2])).toBe(-3);
  });

  it('calls the share of the reference loss that is saved skill', () => {
    expect(skill(0.9, 1)).toBeCloseTo(0.1, 12);
    expect(skill(1.2, 1)).toBeCloseTo(-0.2, 12);
  });

  it('refuses a history that is too short and columns that do not fit', () => {
    expect(() => randomWalkScale([1], 1)).toThrow(expect.objectContaining({ code: 'SERIES_TOO_SHORT' }));
    expect(() => meanAbsoluteError([1], [1, 2])).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(() => rSquaredAgainstZero([], [])).toThrow(expect.objectContaining({ code: 'EMPTY_SERIES' }));
  });
});

import { describe, expect, it } from 'vitest';
import { directionClimatology } from '../../src/baselines/index.js';

describe('directionClimatology', () => {
  it('counts the past directions, with a third of an outcome of each added', () => {
    // One-day returns: +1 %, 0, -1 %, +0.2 % -> up 1, flat 2, down 1 of 4.
    const closes = [100, 101, 101, 99.99, 100.18998];
    const shares = directionClimatology(closes, { horizon: 1 });
    expect(shares.probUp).toBeCloseTo((1 + 1 / 3) / 5, 12);
    expect(shares.probFlat).toBeCloseTo((2 + 1 / 3) / 5, 12);
    expect(shares.probDown).toBeCloseTo((1 + 1 / 3) / 5, 12);
  });

  it('counts overlapping returns over the horizon asked for', () => {
    // Two-day returns: +2 %, +2 % and -1 %.
    const { probUp, probFlat } = directionClimatology([100, 100, 102, 102, 100.98], { horizon: 2 });
    expect(probUp).toBeCloseTo((2 + 1 / 3) / 4, 12);
    expect(probFlat).toBeCloseTo(1 / 3 / 4, 12);
  });

  it('moves with the band', () => {
    const closes = [100, 101, 102.01];
    expect(directionClimatology(closes, { horizon: 1, flatBand: 0.02 }).probFlat).toBeCloseTo((2 + 1 / 3) / 3, 12);
  });

  it.each([
    ['SERIES_TOO_SHORT', [1, 2], { horizon: 2 }],
    ['INVALID_HORIZON', [1, 2], { horizon: 0 }],
    ['INVALID_ARGUMENT', [1, -2, 3], { horizon: 1 }],
    ['INVALID_ARGUMENT', [1, 2, 3], { horizon: 1, flatBand: -0.1 }],
  ])('refuses bad input with %s', (code, closes, options) => {
    expect(() => directionClimatology(closes, options)).toThrow(expect.objectContaining({ code }));
  });
});

import { describe, expect, it } from 'vitest';
import { directionProbabilities, probabilitiesFromQuantiles } from '../../src/baselines/index.js';

const levels = [0.1, 0.5, 0.9];

describe('probabilitiesFromQuantiles', () => {
  it('interpolates linearly between the quantiles', () => {
    // 20 lies halfway from 10 (level 0.1) to 30 (0.5), 40 halfway from 30 to 50 (0.9).
    const shares = probabilitiesFromQuantiles({ levels, values: [10, 30, 50], lower: 20, upper: 40 });
    expect(shares.below).toBeCloseTo(0.3, 12);
    expect(shares.inside).toBeCloseTo(0.4, 12);
    expect(shares.above).toBeCloseTo(0.3, 12);
  });

  it('continues a Laplace distribution exactly in both tails', () => {
    // P(X <= x) = exp(-|x - 5| / 2) / 2 below its centre 5: Johnson et al. 1995, chapter 24.
    const tail = (distance: number) => Math.exp(-distance / 2) / 2;
    const five = [0.05, 0.1, 0.5, 0.9, 0.95];
    const values = five.map((level) => 5 + 2 * Math.sign(level - 0.5) * -Math.log(2 * Math.min(level, 1 - level)));
    const shares = probabilitiesFromQuantiles({ levels: five, values, lower: 5 - 9, upper: 5 + 7 });
    expect(shares.below).toBeCloseTo(tail(9), 12);
    expect(shares.above).toBeCloseTo(tail(7), 12);
  });

  it('counts an atom on an edge as inside', () => {
    const shares = probabilitiesFromQuantiles({ levels, values: [10, 10, 30], lower: 10, upper: 10 });
    expect(shares).toEqual({ below: 0, inside: 0.5, above: 0.5 });
    const atom = probabilitiesFromQuantiles({ levels, values: [10, 10, 10], lower: 10, upper: 10 });
    expect(atom).toEqual({ below: 0, inside: 1, above: 0 });
  });

  it('puts an atom on the side where it lies', () => {
    expect(probabilitiesFromQuantiles({ levels, values: [9, 9, 9], lower: 10, upper: 11 }).below).toBe(1);
    expect(probabilitiesFromQuantiles({ levels, values: [12, 12, 12], lower: 10, upper: 11 }).above).toBe(1);
  });

  it.each([
    [{ levels: [0.5], values: [1], lower: 0, upper: 1 }],
    [{ levels, values: [1, 2], lower: 0, upper: 1 }],
    [{ levels, values: [1, 3, 2], lower: 0, upper: 1 }],
    [{ levels, values: [1, 2, Number.NaN], lower: 0, upper: 1 }],
    [{ levels: [0.1, 0.1, 0.9], values: [1, 2, 3], lower: 0, upper: 1 }],
    [{ levels, values: [1, 2, 3], lower: 2, upper: 1 }],
  ])('refuses bad input (%#)', (input) => {
    expect(() => probabilitiesFromQuantiles(input)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

describe('directionProbabilities', () => {
  it('splits at the edges of the flat band around the base close', () => {
    const values = [99, 100, 101];
    // Below 99.7: 0.1 + 0.7 × 0.4; above 100.3: 0.5 - 0.3 × 0.4.
    const { probDown, probFlat, probUp } = directionProbabilities({ levels, values }, 100);
    expect(probDown).toBeCloseTo(0.38, 10);
    expect(probFlat).toBeCloseTo(0.24, 10);
    expect(probUp).toBeCloseTo(0.38, 10);
  });

  it('has no flat share of a smooth distribution without a band', () => {
    expect(directionProbabilities({ levels, values: [99, 100, 101] }, 100, 0).probFlat).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { labelDirection } from '../../src/ensemble/direction.js';
import { sharesOf } from '../../src/ensemble/index.js';
import { quantileFunction } from '../../src/stats/index.js';

const levels = [0.1, 0.5, 0.9];

describe('sharesOf', () => {
  it('splits at the edges of the flat band around the base close', () => {
    const base = { baseClose: 100, flatBand: 0.003 };
    // Below 99.7: 0.1 + 0.7 × 0.4; above 100.3: 0.5 - 0.3 × 0.4.
    const { probDown, probFlat, probUp } = sharesOf(quantileFunction(levels, [99, 100, 101]), base);
    expect(probDown).toBeCloseTo(0.38, 10);
    expect(probFlat).toBeCloseTo(0.24, 10);
    expect(probUp).toBeCloseTo(0.38, 10);
  });

  it('has no flat share of a smooth distribution without a band, and all of an atom on the base close', () => {
    const base = { baseClose: 100, flatBand: 0 };
    expect(sharesOf(quantileFunction(levels, [99, 100, 101]), base).probFlat).toBe(0);
    expect(sharesOf(quantileFunction(levels, [100, 100, 100]), base)).toEqual({ probUp: 0, probFlat: 1, probDown: 0 });
  });

  it('counts an atom on an edge of the band as flat', () => {
    const base = { baseClose: 100, flatBand: 0.25 };
    expect(sharesOf(quantileFunction(levels, [75, 75, 75]), base)).toEqual({ probUp: 0, probFlat: 1, probDown: 0 });
    expect(sharesOf(quantileFunction(levels, [125, 125, 125]), base)).toEqual({ probUp: 0, probFlat: 1, probDown: 0 });
    expect(sharesOf(quantileFunction(levels, [126, 126, 126]), base)).toEqual({ probUp: 1, probFlat: 0, probDown: 0 });
  });

  it('continues a Laplace distribution exactly in both tails', () => {
    // P(X <= x) = exp(-|x - 5| / 2) / 2 below its centre 5: Johnson et al. 1995, chapter 24.
    const tail = (distance: number) => Math.exp(-distance / 2) / 2;
    const five = [0.05, 0.1, 0.5, 0.9, 0.95];
    const values = five.map((level) => 5 + 2 * Math.sign(level - 0.5) * -Math.log(2 * Math.min(level, 1 - level)));
    const shares = sharesOf(quantileFunction(five, values), { baseClose: 5, flatBand: 1.6 });
    expect(shares.probDown).toBeCloseTo(tail(8), 12);
    expect(shares.probUp).toBeCloseTo(tail(8), 12);
  });
});

describe('labelDirection', () => {
  const tie = { probUp: 0.4, probFlat: 0.2, probDown: 0.4 };

  it('takes the largest share, and the sign of the expected return where two are as large', () => {
    expect(labelDirection({ probUp: 0.3, probFlat: 0.4, probDown: 0.3 }, 0.5)).toBe('flat');
    expect(labelDirection(tie, 0.01)).toBe('up');
    expect(labelDirection(tie, -0.01)).toBe('down');
  });
});

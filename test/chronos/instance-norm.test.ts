import { describe, expect, it } from 'vitest';
import { locScale } from '../../src/chronos/families/instance-norm.js';

describe('locScale', () => {
  it('is the mean and the population standard deviation of what was observed', () => {
    // By hand: mean 3, deviations -2, 0, 2.
    expect(locScale(Float64Array.of(1, Number.NaN, 3, 5))).toEqual({
      loc: 3,
      scale: expect.closeTo(Math.sqrt(8 / 3), 14),
    });
  });

  it('has the reference\u2019s stand-ins: 0 and 1 for nothing observed, 1e-5 for no spread', () => {
    expect(locScale(Float64Array.of(Number.NaN))).toEqual({ loc: 0, scale: 1 });
    expect(locScale(new Float64Array(50).fill(0.1))).toEqual({ loc: 0.1, scale: 1e-5 });
  });

  it('neither overflows nor vanishes at the ends of the range', () => {
    for (const unit of [1e300, 1e-300])
      expect(locScale(Float64Array.of(unit, 3 * unit)).scale / unit).toBeCloseTo(1, 12);
  });
});

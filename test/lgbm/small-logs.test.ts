import { describe, expect, it } from 'vitest';
import { accurateLog2 } from '../../src/lgbm/numbers/accurate-log.js';
import { exponentialMinusOne, logOnePlus } from '../../src/lgbm/numbers/small-logs.js';
import { positionDiscounts } from '../../src/lgbm/objectives/relevance.js';

// glibc 2.36 on x86-64 with fused multiply-add; V8's own functions differ in the last bit at the first three of each
describe('logarithms near 1', () => {
  it.each([
    [0.9755447506904602, 1.6526118295940835],
    [0.36979731917381287, 0.4474412163496355],
    [0.43130719661712646, 0.5392683353595812],
    [0.1, 0.10517091807564763],
    [0.25, 0.2840254166877415],
    [1, 1.718281828459045],
    [1e-20, 1e-20],
    [0, 0],
  ])('e^%d - 1', (x, expected) => {
    expect(exponentialMinusOne(x)).toBe(expected);
  });

  it.each([
    [0.36803035350848473, 0.3133720071913999],
    [22.891227392810467, 3.1735113368622794],
    [0.4506071297065375, 0.3719821789402925],
    [1e-12, 9.999999999995e-13],
    [1, Math.LN2],
    [3, 1.3862943611198906],
    [1e10, 23.025850930040455],
    [1e300, 690.7755278982137],
    [0, 0],
    [Infinity, Infinity],
  ])('ln(1 + %d)', (x, expected) => {
    expect(logOnePlus(x)).toBe(expected);
  });

  it('follow the plain functions to an ulp or two', () => {
    for (let x = 1e-9; x < 1e17; x *= 1.37) {
      expect(Math.abs(logOnePlus(x) / Math.log1p(x) - 1)).toBeLessThan(2 ** -51);
      if (x < 1) expect(Math.abs(exponentialMinusOne(x) / Math.expm1(x) - 1)).toBeLessThan(2 ** -51);
    }
  });

  it('to base 2, but for 1621, where glibc misses', () => {
    expect(accurateLog2(1.7)).toBe(0.765534746362977);
    expect(accurateLog2(1375)).toBe(10.425215903299383);
    expect(positionDiscounts()[1619]).toBe(1 / 10.662668375517542);
    expect([2, 4, 1024, 8192].map(accurateLog2)).toEqual([1, 2, 10, 13]);
  });
});

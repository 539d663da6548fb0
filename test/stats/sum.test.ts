import { describe, expect, test } from 'vitest';
import { compensatedSum, mean } from '../../src/stats/index.js';

describe('compensatedSum', () => {
  test('keeps small terms beside large ones that cancel', () => {
    // Neumaier's own example: a plain sum, and Kahan's, give 0.
    expect(compensatedSum([1, 1e100, 1, -1e100])).toBe(2);
  });

  test('a million tenths are off by no more than the rounding of a tenth', () => {
    // 1e6 times the double nearest to 0.1 is 100000.00000000000555, which rounds to 100000; a plain sum gives 100000.00000133288.
    expect(compensatedSum(new Float64Array(1e6).fill(0.1))).toBe(100000);
  });

  test('carries NaN and infinities', () => {
    expect(compensatedSum([1, Number.NaN])).toBeNaN();
    expect(compensatedSum([1, Infinity, 2])).toBe(Infinity);
    expect(compensatedSum([Infinity, -Infinity])).toBeNaN();
    expect(compensatedSum([])).toBe(0);
  });
});

test('mean of nothing is NaN', () => {
  expect(mean([])).toBeNaN();
  expect(mean([1, 2, 6])).toBe(3);
});

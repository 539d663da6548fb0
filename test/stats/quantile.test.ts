import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantile, quantileSorted } from '../../src/stats/index.js';

describe('quantile', () => {
  test('is R-7: numpy.quantile of 1..10 at 0.1, 0.25, 0.5, 0.9', () => {
    const values = [10, 3, 7, 1, 9, 2, 8, 5, 4, 6];
    const at = (level: number) => quantile(values, level);
    // Position level * 9 between the order statistics: 0.9, 2.25, 4.5, 8.1.
    expect(at(0.1)).toBeCloseTo(1.9, 14);
    expect(at(0.25)).toBeCloseTo(3.25, 14);
    expect(at(0.5)).toBe(5.5);
    expect(at(0.9)).toBeCloseTo(9.1, 14);
  });

  test('leaves its input as it is', () => {
    const values = [3, 1, 2];
    quantile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });

  test('sorts numbers, not text', () => {
    expect(quantile([10, 9, 100], 1)).toBe(100);
  });

  test('rises with the level and stays within the values', () => {
    const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, level) => {
          const low = quantile(values, level / 2);
          const high = quantile(values, level);
          expect(low).toBeGreaterThanOrEqual(Math.min(...values));
          expect(high).toBeGreaterThanOrEqual(low - 1e-9);
          expect(high).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
        },
      ),
    );
  });

  test('of one value is that value', () => {
    expect([0, 0.3, 1].map((level) => quantileSorted([7], level))).toEqual([7, 7, 7]);
  });

  test.each([
    [[], 0.5],
    [[1], -0.1],
    [[1], 1.1],
    [[1], Number.NaN],
  ])('refuses %j at %d', (values, level) => {
    expect(() => quantile(values, level)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalCdf, normalQuantile } from '../../src/stats/index.js';

// Expected numbers: mpmath 1.4.1 (ncdf, and its inverse by Newton steps) with 40 digits.
const CDF: [number, number][] = [
  [-37, 5.725571222524577e-300],
  [-20, 2.7536241186062337e-89],
  [-8.5, 9.479534822203318e-18],
  [-5.7, 5.990371401063528e-9],
  [-5, 2.866515718791939e-7],
  [-3.25, 0.000577025042390767],
  [-1.5, 0.06680720126885807],
  [-0.67, 0.2514288950953101],
  [-0.3, 0.3820885778110474],
  [1e-10, 0.5000000000398942],
  [0.5, 0.6914624612740131],
  [1.959963984540054, 0.975],
  [4.5, 0.9999966023268753],
  [8, 0.9999999999999993],
];
const QUANTILE: [number, number][] = [
  [1e-300, -37.0470962993612],
  [1e-50, -14.933337534788489],
  [1e-10, -6.361340902404057],
  [1e-6, -4.753424308822899],
  [0.001, -3.0902323061678136],
  [0.025, -1.9599639845400543],
  [0.07, -1.4757910281791706],
  [0.1, -1.2815515655446004],
  [0.3, -0.5244005127080408],
  [0.45, -0.12566134685507402],
  [0.6, 0.2533471031357997],
  [0.9, 1.2815515655446006],
  [0.975, 1.9599639845400538],
  [0.9999, 3.7190164854557084],
  [0.999999999, 5.9978070196016375],
];

describe('normalCdf', () => {
  test.each(CDF)('at %d is within 1e-14 of the exact value, relatively', (z, expected) => {
    expect(Math.abs(normalCdf(z) - expected)).toBeLessThanOrEqual(1e-14 * expected);
  });

  test('the two tails sum to one', () => {
    fc.assert(
      fc.property(fc.double({ min: -40, max: 40, noNaN: true }), (z) => {
        expect(normalCdf(z) + normalCdf(-z)).toBeCloseTo(1, 14);
      }),
    );
  });

  test('the ends are exact and NaN stays NaN', () => {
    expect([normalCdf(-Infinity), normalCdf(0), normalCdf(Infinity), normalCdf(Number.NaN)]).toEqual([
      0,
      0.5,
      1,
      Number.NaN,
    ]);
  });
});

describe('normalQuantile', () => {
  test.each(QUANTILE)('at %d is within 2e-15 of the exact value, relatively', (level, expected) => {
    expect(Math.abs(normalQuantile(level) - expected)).toBeLessThanOrEqual(2e-15 * Math.abs(expected));
  });

  test('inverts the distribution function', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 0.5, noNaN: true }), (level) => {
        // A relative error e of z moves the far tail by about z^2 e.
        const z = normalQuantile(level);
        expect(Math.abs(normalCdf(z) / level - 1)).toBeLessThan(1e-14 + z * z * 2e-15);
      }),
    );
  });

  test('the ends are infinite and what is no level gives NaN', () => {
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(1)).toBe(Infinity);
    expect(normalQuantile(0.5)).toBe(0);
    expect([normalQuantile(-0.1), normalQuantile(1.1), normalQuantile(Number.NaN)]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });
});

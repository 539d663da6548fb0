import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantileFunction } from '../../src/stats/index.js';

const NINE = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Distributions known at a few levels, and a level to read. */
const known = fc
  .uniqueArray(fc.integer({ min: 1, max: 999 }), { minLength: 2, maxLength: 13 })
  .map((levels) => levels.sort((a, b) => a - b).map((level) => level / 1000))
  .chain((levels) =>
    fc.record({
      levels: fc.constant(levels),
      quantiles: fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
        minLength: levels.length,
        maxLength: levels.length,
      }),
    }),
  );
const SEED = { seed: 20261123 };
const level = fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true });

describe('quantileFunction', () => {
  it('gives the known quantiles at their own levels, whatever the grid', () => {
    const levels = [0.01, 0.05, 0.3, 0.7, 0.99];
    const quantiles = [-3, -1, 0, 2, 7];
    const f = quantileFunction(levels, quantiles);
    expect(levels.map((p) => f.at(p))).toEqual(quantiles);
  });

  it('is linear in the level between neighbours of an uneven grid', () => {
    const f = quantileFunction([0.1, 0.4, 0.5], [10, 16, 20]);
    expect(f.at(0.2)).toBeCloseTo(12, 12);
    expect(f.at(0.45)).toBeCloseTo(18, 12);
  });

  it('never falls as the level rises, even if the known quantiles cross', () => {
    fc.assert(
      fc.property(known, level, level, ({ levels, quantiles }, a, b) => {
        const f = quantileFunction(levels, quantiles);
        expect(f.at(Math.min(a, b))).toBeLessThanOrEqual(f.at(Math.max(a, b)) + 1e-9);
      }),
      SEED,
    );
  });

  it('moves and stretches with its quantiles, tails included', () => {
    fc.assert(
      fc.property(known, level, ({ levels, quantiles }, p) => {
        const moved = quantileFunction(
          levels,
          quantiles.map((q) => 3 * q + 5),
        ).at(p);
        const expected = 3 * quantileFunction(levels, quantiles).at(p) + 5;
        expect(Math.abs(moved - expected)).toBeLessThanOrEqual(1e-7 * (1 + Math.abs(expected)));
      }),
      SEED,
    );
  });

  it('mirrors: the upper tail of x is the lower tail of -x', () => {
    const quantiles = [1, 2, 4, 5, 5.5, 7, 9, 10, 14];
    const f = quantileFunction(NINE, quantiles);
    const mirrored = quantileFunction(
      NINE,
      quantiles.map((q) => -q),
    );
    for (const p of [0.001, 0.03, 0.25]) expect(f.at(1 - p)).toBeCloseTo(-mirrored.at(p), 9);
  });

  it('continues exactly an exponential distribution beyond its outermost levels', () => {
    // An exponential variable's own quantile function is -ln(1 - p), Johnson et al. 1994, chapter 19.
    const f = quantileFunction(
      NINE,
      NINE.map((p) => -Math.log(1 - p)),
    );
    for (const p of [0.95, 0.99, 0.9999]) expect(f.at(p)).toBeCloseTo(-Math.log(1 - p), 10);
  });

  it('has tails that widen without end, continuous at the outermost level', () => {
    const f = quantileFunction(NINE, NINE);
    expect(f.at(0.1 - 1e-12)).toBeCloseTo(0.1, 9);
    expect(f.at(0.9 + 1e-12)).toBeCloseTo(0.9, 9);
    // By hand: slope 0.1 / ln 2 a natural logarithm of the level.
    expect(f.at(0.01)).toBeCloseTo(0.1 - (0.1 / Math.log(2)) * Math.log(10), 12);
    expect(f.at(1e-6)).toBeLessThan(f.at(1e-3));
  });

  it('lies in the tails between a normal and a Student distribution of 4 degrees of freedom', () => {
    // Quantiles at 0.1, 0.2, ..., 0.9 and at 0.001 of N(0, 1) and t(4): R 4.3 qnorm, qt.
    const normal = [-1.281552, -0.841621, -0.524401, -0.253347, 0, 0.253347, 0.524401, 0.841621, 1.281552];
    const student = [-1.533206, -0.940965, -0.568649, -0.270722, 0, 0.270722, 0.568649, 0.940965, 1.533206];
    expect(quantileFunction(NINE, normal).at(0.001)).toBeLessThan(-3.090232);
    expect(quantileFunction(NINE, student).at(0.001)).toBeGreaterThan(-7.173182);
  });
});

describe('its cdf', () => {
  it('undoes the quantile function where that rises', () => {
    const f = quantileFunction(NINE, [1, 2, 4, 5, 5.5, 7, 9, 10, 14]);
    for (const p of [1e-6, 0.001, 0.1, 0.15, 0.5, 0.77, 0.9, 0.99, 1 - 1e-6]) expect(f.cdf(f.at(p))).toBeCloseTo(p, 12);
  });

  it('lies in [0, 1] and never falls, for any quantiles whatever', () => {
    const value = fc.double({ min: -2e6, max: 2e6, noNaN: true });
    fc.assert(
      fc.property(known, value, value, ({ levels, quantiles }, a, b) => {
        const f = quantileFunction(levels, quantiles);
        const [low, high] = [f.cdf(Math.min(a, b)), f.cdf(Math.max(a, b))];
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(high);
        expect(f.cdf(a, { strictly: true })).toBeLessThanOrEqual(f.cdf(a));
      }),
      SEED,
    );
  });

  it('jumps on an atom, and has nothing outside an outermost one', () => {
    const f = quantileFunction([0.1, 0.5, 0.9], [10, 10, 30]);
    expect(f.cdf(10, { strictly: true })).toBe(0);
    expect(f.cdf(10)).toBe(0.5);
    const constant = quantileFunction([0.1, 0.5, 0.9], [7, 7, 7]);
    expect([constant.cdf(6.9), constant.cdf(7, { strictly: true }), constant.cdf(7), constant.cdf(7.1)]).toEqual([
      0, 0, 1, 1,
    ]);
  });

  it('is that of an exponential distribution beyond its outermost levels', () => {
    // P(X <= x) = 1 - exp(-x), Johnson et al. 1994, chapter 19.
    const f = quantileFunction(
      NINE,
      NINE.map((p) => -Math.log(1 - p)),
    );
    for (const x of [3, 4.5, 9]) expect(f.cdf(x)).toBeCloseTo(1 - Math.exp(-x), 12);
  });
});

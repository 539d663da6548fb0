import { describe, expect, test } from 'vitest';
import { createRandom, mean } from '../../src/stats/index.js';

const draw = (seed: number, count: number) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.uniform());
};

describe('createRandom', () => {
  test('the seed alone determines the stream', () => {
    expect(draw(42, 50)).toEqual(draw(42, 50));
    // Pinned: stored forecasts are replayed bit for bit, so the stream of a seed must never change.
    expect(draw(42, 2)).toEqual([0.46402444610227583, 0.543567691860412]);
  });

  test('neighbouring seeds, and seeds 2^32 apart, have different streams', () => {
    const firsts = [0, 1, 2, 3, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1].map((seed) => draw(seed, 1)[0]);
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  test('uniform numbers have the moments of U(0, 1)', () => {
    const values = draw(1, 100_000);
    expect(Math.min(...values.slice(0, 50_000))).toBeGreaterThan(0);
    expect(Math.max(...values.slice(0, 50_000))).toBeLessThan(1);
    // Standard errors: mean 0.2887 / sqrt(n) = 0.0009, second moment 0.298 / sqrt(n) = 0.0009.
    expect(Math.abs(mean(values) - 1 / 2)).toBeLessThan(0.004);
    expect(Math.abs(mean(values.map((value) => value * value)) - 1 / 3)).toBeLessThan(0.004);
  });

  test('successive uniform numbers are uncorrelated', () => {
    const values = draw(2, 100_000);
    const products = values.slice(1).map((value, i) => (value - 0.5) * (values[i] - 0.5) * 12);
    expect(Math.abs(mean(products))).toBeLessThan(0.015);
  });

  test('normal numbers have mean 0, variance 1, skewness 0, kurtosis 3', () => {
    const random = createRandom(3);
    const values = Array.from({ length: 100_000 }, () => random.normal());
    const moment = (k: number) => mean(values.map((value) => value ** k));
    // Four standard errors of each: sqrt(1, 2, 15, 96) / sqrt(n).
    expect(Math.abs(moment(1))).toBeLessThan(0.0127);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.018);
    expect(Math.abs(moment(3))).toBeLessThan(0.049);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.124);
  });

  test('integers cover 0..bound-1 evenly', () => {
    const random = createRandom(4);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[random.integer(7)]++;
    // Standard deviation of a count: sqrt(70000 * 6/49) = 93.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  test.each([-1, 1.5, Number.NaN, 2 ** 53])('refuses the seed %d', (seed) => {
    expect(() => createRandom(seed)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  test.each([0, 1.5, 2 ** 33])('refuses the bound %d', (bound) => {
    expect(() => createRandom(1).integer(bound)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

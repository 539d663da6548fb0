import { describe, expect, it } from 'vitest';
import { qlikeLosses } from '../../src/scoring/index.js';
import { createRandom, mean } from '../../src/stats/index.js';

describe('qlikeLosses', () => {
  it('is x - ln x - 1 of the ratio', () => {
    // By hand: 2 - ln 2 - 1, 1/2 + ln 2 - 1, 0.
    const [low, high, right] = qlikeLosses([2, 1, 3], [1, 2, 3]);
    expect(low).toBeCloseTo(0.306852819440055, 14);
    expect(high).toBeCloseTo(0.193147180559945, 14);
    expect(right).toBe(0);
  });

  it('keeps its digits where forecast and outcome nearly agree', () => {
    // x - ln(1 + x) = x²/2 - x³/3 + ...
    expect(qlikeLosses([1 + 2 ** -20], [1])[0]).toBeCloseTo(2 ** -41 - 2 ** -60 / 3, 21);
  });

  it('is least at the mean of a noisy proxy', () => {
    const random = createRandom(2);
    const squares = Float64Array.from({ length: 4000 }, () => random.normal() ** 2);
    const cost = (variance: number) => mean(qlikeLosses(squares, new Float64Array(4000).fill(variance)));
    const centre = mean(squares);
    expect(cost(centre)).toBeLessThan(cost(0.97 * centre));
    expect(cost(centre)).toBeLessThan(cost(1.03 * centre));
  });

  it('refuses a variance of 0', () => {
    expect(() => qlikeLosses([0], [1])).toThrow(/actuals\[0\]/);
    expect(() => qlikeLosses([1], [0])).toThrow(/predicted\[0\]/);
  });
});

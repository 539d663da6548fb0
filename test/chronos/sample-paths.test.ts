import { describe, expect, it } from 'vitest';
import { samplePaths } from '../../src/chronos/families/sample-paths.js';
import { quantileFunction } from '../../src/stats/index.js';

const LEVELS = [0.1, 0.3, 0.5, 0.7, 0.9];
const STEPS = [1, 2, 3, 4].map((step) =>
  quantileFunction(
    LEVELS,
    LEVELS.map((p) => 100 + step * (p - 0.5)),
  ),
);
/** The values of one step over all paths. */
const column = (samples: Float64Array, step: number) =>
  Array.from({ length: samples.length / STEPS.length }, (_, path) => samples[path * STEPS.length + step]);

describe('samplePaths', () => {
  it('gives equal paths for equal seeds and others for other seeds', () => {
    expect(samplePaths(STEPS, 30, 7)).toEqual(samplePaths(STEPS, 30, 7));
    expect(samplePaths(STEPS, 30, 7)).not.toEqual(samplePaths(STEPS, 30, 8));
  });

  it('puts one value of each step into each of numSamples equal slices of probability', () => {
    for (const count of [1, 7, 30]) {
      const samples = samplePaths(STEPS, count, 3);
      STEPS.forEach((f, step) => {
        const sorted = column(samples, step).sort((a, b) => a - b);
        sorted.forEach((value, slice) => {
          if (slice > 0) expect(value).toBeGreaterThanOrEqual(f.at(slice / count));
          if (slice < count - 1) expect(value).toBeLessThanOrEqual(f.at((slice + 1) / count));
        });
      });
    }
  });

  it('correlates steps 1 and 4 as a random walk does', () => {
    const samples = samplePaths(STEPS, 4000, 1);
    const ranks = (step: number) => {
      const values = column(samples, step);
      const order = values.map((_, path) => path).sort((a, b) => values[a] - values[b]);
      const out = new Float64Array(values.length);
      order.forEach((path, rank) => {
        out[path] = rank / values.length - 0.5;
      });
      return out;
    };
    const [first, last] = [ranks(0), ranks(3)];
    const product = first.reduce((sum, rank, path) => sum + rank * last[path], 0);
    const spearman = product / first.reduce((sum, rank) => sum + rank * rank, 0);
    // Pearson's sqrt(1 / 4) as a rank correlation of normal variables: (6 / pi) asin(1 / 4), Pearson 1907.
    expect(spearman).toBeCloseTo((6 / Math.PI) * Math.asin(0.25), 1);
  });
});

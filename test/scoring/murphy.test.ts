import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brierScores, type MurphyDecomposition, murphyDecomposition } from '../../src/scoring/index.js';
import { mean } from '../../src/stats/index.js';
import { goldens } from './goldens.js';

const { coarse, fine, events, exact, binned } = goldens.murphy;

function expectParts(parts: MurphyDecomposition, expected: MurphyDecomposition) {
  for (const [part, value] of Object.entries(expected)) {
    expect(parts[part as keyof MurphyDecomposition], part).toBeCloseTo(value, 12);
  }
}

describe('murphyDecomposition', () => {
  it('equals scikit-learn and pandas, exact and in bins', () => {
    expectParts(murphyDecomposition(coarse, events), exact);
    expectParts(murphyDecomposition(fine, events, { bins: 5 }), binned);
  });

  it('adds up to the Brier score, whatever was foretold', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.boolean()), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 12 }), (all, bins) => {
        const p = all.map(([twentieth]) => twentieth / 20);
        const came = all.map(([, event]) => Number(event));
        const classes = p.flatMap((share) => [1 - share, share]);
        const brier = mean(brierScores({ probabilities: classes, outcomes: came, classes: 2 })) / 2;
        for (const parts of [murphyDecomposition(p, came), murphyDecomposition(p, came, { bins })]) {
          const { score, reliability, resolution, uncertainty, withinBins } = parts;
          expect(score).toBeCloseTo(brier, 12);
          expect(reliability - resolution + uncertainty + withinBins).toBeCloseTo(score, 12);
          expect(Math.min(reliability, resolution, uncertainty)).toBeGreaterThanOrEqual(0);
        }
      }),
      { seed: 20261126 },
    );
  });

  it('has neither reliability nor resolution of the share named every time', () => {
    const parts = murphyDecomposition([0.25, 0.25, 0.25, 0.25], [1, 0, 0, 0]);
    expect(parts).toEqual({ score: 0.1875, reliability: 0, resolution: 0, uncertainty: 0.1875, withinBins: 0 });
  });

  it('refuses what is no probability, event or bin', () => {
    expect(() => murphyDecomposition([1.1], [1])).toThrow(/probabilities\[0\]/);
    expect(() => murphyDecomposition([0.1], [2])).toThrow(/events\[0\]/);
    expect(() => murphyDecomposition([0.1], [1], { bins: 0 })).toThrow(/bins/);
    expect(() => murphyDecomposition([], [])).toThrow(expect.objectContaining({ code: 'EMPTY_SERIES' }));
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  crpsFromQuantiles,
  intervalScores,
  meanPinball,
  pinballLoss,
  pinballLosses,
  probabilityTransforms,
  transformHistogram,
  weightedQuantileLoss,
} from '../../src/scoring/index.js';
import { createRandom, mean, normalQuantile } from '../../src/stats/index.js';
import { goldens, largestGap } from './goldens.js';

const rows = goldens.quantileRows;
const dense = Array.from({ length: 199 }, (_, i) => (i + 1) / 200);

describe('pinballLoss', () => {
  it('charges level × the distance above the forecast and (1 - level) × the distance below', () => {
    expect(pinballLoss(12, 10, 0.9)).toBeCloseTo(1.8, 12);
    expect(pinballLoss(8, 10, 0.9)).toBeCloseTo(0.2, 12);
    expect(pinballLoss(10, 10, 0.9)).toBe(0);
  });

  it('is least at the quantile', () => {
    const outcomes = Array.from({ length: 1001 }, (_, i) => i / 1000);
    const cost = (q: number) => mean(outcomes.map((y) => pinballLoss(y, q, 0.3)));
    expect(cost(0.3)).toBeLessThan(cost(0.28));
    expect(cost(0.3)).toBeLessThan(cost(0.32));
  });
});

describe('pinballLosses', () => {
  it('equals scikit-learn', () => {
    expect(largestGap(pinballLosses(rows), rows.pinball)).toBeLessThan(1e-12);
    expect(meanPinball(rows)).toBeCloseTo(mean(rows.pinball), 12);
    expect(weightedQuantileLoss(rows)).toBeCloseTo(rows.weighted, 12);
  });

  it.each([
    [{ actuals: [], levels: [0.5], quantiles: [] }, 'EMPTY_SERIES'],
    [{ actuals: [1], levels: [0.5], quantiles: [1, 2] }, 'INVALID_ARGUMENT'],
    [{ actuals: [Number.NaN], levels: [0.5], quantiles: [1] }, 'INVALID_ARGUMENT'],
    [{ actuals: [1], levels: [0.5], quantiles: [Number.POSITIVE_INFINITY] }, 'INVALID_ARGUMENT'],
    [{ actuals: [1], levels: [0.5, 0.4], quantiles: [1, 2] }, 'INVALID_ARGUMENT'],
    [{ actuals: [1], levels: [0, 0.4], quantiles: [1, 2] }, 'INVALID_ARGUMENT'],
    [{ actuals: [1], levels: [0.4, 0.6], quantiles: [2, 1] }, 'INVALID_ARGUMENT'],
    [{ actuals: [1], levels: [], quantiles: [] }, 'INVALID_ARGUMENT'],
  ])('refuses bad input (%#)', (input, code) => {
    expect(() => pinballLosses(input)).toThrow(expect.objectContaining({ code }));
  });

  it('takes a row that starts below the row before', () => {
    expect(pinballLosses({ actuals: [1, 1], levels: [0.4, 0.6], quantiles: [5, 6, 1, 2] })).toHaveLength(2);
  });
});

describe('intervalScores', () => {
  it('is the width, plus 2/α times the miss', () => {
    // Inside; 1 above at α = 0.2: 4 + 10; 2 below: 4 + 20.
    const scores = intervalScores({ actuals: [11, 15, 8], lows: [10, 10, 10], highs: [14, 14, 14] });
    expect([...scores].map((score) => Math.round(score * 1e9) / 1e9)).toEqual([4, 14, 24]);
  });

  it('is 2/α times the pinball losses of its two edges together', () => {
    const [lows, highs, actuals] = [[1], [3], [5]];
    const edges = pinballLosses({ actuals, levels: [0.1, 0.9], quantiles: [1, 3] })[0] * 2;
    expect(intervalScores({ actuals, lows, highs }, 0.8)[0]).toBeCloseTo((2 / 0.2) * edges, 12);
  });

  it('refuses an interval upside down and a nominal coverage of 1', () => {
    const bad = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    expect(() => intervalScores({ actuals: [1], lows: [2], highs: [1] })).toThrow(bad);
    expect(() => intervalScores({ actuals: [1], lows: [1], highs: [2] }, 1)).toThrow(bad);
  });
});

describe('crpsFromQuantiles', () => {
  it('equals numerical integration by scipy, atoms and far outcomes included', () => {
    expect(largestGap(crpsFromQuantiles(rows), rows.crps)).toBeLessThan(1e-9);
  });

  it('approaches the closed form of a normal distribution as levels get dense', () => {
    const { mu, sigma, actuals, crps } = goldens.normal;
    const quantiles = actuals.flatMap(() => dense.map((level) => mu + sigma * normalQuantile(level)));
    expect(largestGap(crpsFromQuantiles({ actuals, levels: dense, quantiles }), crps)).toBeLessThan(2e-4);
  });

  it('is near twice the mean pinball loss of dense levels', () => {
    const quantiles = dense.map((level) => normalQuantile(level));
    const crps = crpsFromQuantiles({ actuals: [0.8], levels: dense, quantiles })[0];
    expect(crps / (2 * pinballLosses({ actuals: [0.8], levels: dense, quantiles })[0])).toBeCloseTo(1, 1);
  });

  it('is the absolute error of a distribution without spread', () => {
    expect(crpsFromQuantiles({ actuals: [5, 1, 3], levels: [0.1, 0.9], quantiles: [3, 3, 3, 3, 3, 3] })).toEqual(
      Float64Array.from([2, 2, 0]),
    );
  });

  it('needs two levels', () => {
    expect(() => crpsFromQuantiles({ actuals: [1], levels: [0.5], quantiles: [1] })).toThrow(/levels/);
  });

  it('grows with the scale and ignores the location', () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), fc.integer({ min: 1, max: 40 }), (actual, scale) => {
        const at = (shift: number, factor: number) =>
          crpsFromQuantiles({
            actuals: [shift + factor * actual],
            levels: [0.1, 0.5, 0.9],
            quantiles: [-1, 0.2, 2].map((q) => shift + factor * q),
          })[0];
        expect(at(0, scale)).toBeCloseTo(scale * at(0, 1), 7);
        expect(at(17, 1)).toBeCloseTo(at(0, 1), 9);
      }),
      { seed: 6 },
    );
  });
});

describe('probabilityTransforms', () => {
  it('equals the same distribution written in Python', () => {
    expect(largestGap(probabilityTransforms(rows), rows.pit)).toBeLessThan(1e-12);
  });

  it('takes the middle of an atom', () => {
    expect(probabilityTransforms({ actuals: [3], levels: [0.2, 0.6, 0.8], quantiles: [3, 3, 4] })[0]).toBeCloseTo(
      0.3,
      12,
    );
  });

  it('is uniform for outcomes that follow the forecast, and piles up at both ends for one that is too narrow', () => {
    const random = createRandom(3);
    const actuals = Float64Array.from({ length: 5000 }, () => random.normal());
    const levels = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
    const shares = (width: number) => {
      const quantiles = Array.from(actuals, () => levels.map((level) => width * normalQuantile(level))).flat();
      return transformHistogram(probabilityTransforms({ actuals, levels, quantiles }), 4);
    };
    // Four standard errors of a share of 0.25 in 5,000 rows.
    for (const share of shares(1)) expect(Math.abs(share - 0.25)).toBeLessThan(0.0245);
    expect(shares(0.7)[0]).toBeGreaterThan(0.3);
    expect(shares(0.7)[3]).toBeGreaterThan(0.3);
  });

  it('counts 0 in the first and 1 in the last bin', () => {
    expect([...transformHistogram([0, 0.1, 0.5, 1], 2)]).toEqual([0.5, 0.5]);
  });
});

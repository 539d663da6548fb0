import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dailyRankCorrelation } from '../../src/scoring/index.js';
import { rankCorrelation } from '../../src/scoring/rank-correlation.js';
import { goldens, largestGap } from './goldens.js';

const { predicted, actuals, instruments, ...golden } = goldens.ranks;
const dates: number[] = predicted.map((_: number, row: number) => Math.floor(row / instruments));

describe('dailyRankCorrelation', () => {
  it('equals scipy on each day, ties included, and statsmodels in its t', () => {
    const daily = dailyRankCorrelation({ predicted, actuals, dates });
    expect(largestGap(daily.correlations, golden.correlations)).toBeLessThan(1e-11);
    expect(daily.mean).toBeCloseTo(golden.mean, 12);
    expect(daily.icir).toBeCloseTo(golden.icir, 11);
    for (const { lag, statistic, pValue } of golden.cases) {
      const result = dailyRankCorrelation({ predicted, actuals, dates }, { lag });
      expect(result.statistic).toBeCloseTo(statistic, 10);
      expect(result.pValue).toBeCloseTo(pValue, 10);
    }
  });

  it('leaves out days with too few instruments and days that rank nothing, and says how many', () => {
    const days = [1, 1, 1, 2, 2, 2, 3, 3, 3, 4];
    const result = dailyRankCorrelation(
      { predicted: [1, 2, 3, 3, 1, 2, 5, 5, 5, 9], actuals: [1, 2, 3, 1, 3, 2, 1, 2, 3, 9], dates: days },
      { leastInstruments: 3, lag: 0 },
    );
    expect(result).toMatchObject({ dates: [1, 2], mean: 0, leftOut: 2 });
    expect([...result.correlations]).toEqual([1, -1]);
  });

  it('takes in the overlap of longer horizons', () => {
    expect(dailyRankCorrelation({ predicted, actuals, dates }, { horizon: 10 }).lag).toBe(9);
  });

  it('refuses fewer than two days, columns that do not fit and a lag beyond the days', () => {
    const five = [1, 2, 3, 4, 5];
    expect(() => dailyRankCorrelation({ predicted: five, actuals: five, dates: five.map(() => 1) })).toThrow(
      expect.objectContaining({ code: 'SERIES_TOO_SHORT' }),
    );
    expect(() => dailyRankCorrelation({ predicted, actuals: five, dates })).toThrow(/actuals/);
    expect(() => dailyRankCorrelation({ predicted, actuals, dates }, { lag: 60 })).toThrow(/lag/);
  });
});

describe('rankCorrelation', () => {
  it('sees the order alone', () => {
    const column = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(column, (x) => {
        const y = x.map((value, i) => value + ((i * 7919) % 13));
        const plain = rankCorrelation(x, y);
        const bent = rankCorrelation(
          x.map((value) => Math.exp(value / 10)),
          y.map((value) => -(value ** 3)),
        );
        if (Number.isNaN(plain)) expect(bent).toBeNaN();
        else expect(bent).toBeCloseTo(-plain, 12);
      }),
      { seed: 20261126 },
    );
  });

  it('has no answer where one side is the same everywhere', () => {
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNaN();
  });
});

import { describe, expect, it } from 'vitest';
import { directionReliability } from '../../adapters/report/direction-reliability.js';
import { effectiveCount } from '../../adapters/report/effective-count.js';
import { scoresByHorizon } from '../../adapters/report/horizon-scores.js';
import { matchForecasts } from '../../adapters/report/matched-forecasts.js';
import { wilsonInterval } from '../../src/scoring/wilson-interval.js';
import { madeOutcome, madePrediction } from './made-records.js';

describe('wilsonInterval', () => {
  // statsmodels 0.15.0, proportion_confint(count, nobs, method='wilson')
  it.each([
    [8, 10, 0.4901624715, 0.9433178485],
    [0, 5, 0, 0.4344824648],
  ])('of %i in %i agrees with statsmodels', (hits, count, low, high) => {
    const interval = wilsonInterval(hits / count, count);
    expect(interval.low).toBeCloseTo(low, 9);
    expect(interval.high).toBeCloseTo(high, 9);
  });
});

describe('effectiveCount', () => {
  it('divides overlapping horizons and correlated instruments away', () => {
    // 100 dates / 5 = 20, times 3 / (1 + 2 × 0.3) = 1.875
    expect(effectiveCount({ count: 300, dates: 100, horizon: 5 })).toBeCloseTo(37.5, 12);
  });

  it('is the count itself for one instrument and one day', () => {
    expect(effectiveCount({ count: 60, dates: 60, horizon: 1 })).toBe(60);
  });

  it('is never below one', () => {
    expect(effectiveCount({ count: 2, dates: 2, horizon: 20 })).toBe(1);
  });
});

describe('scoresByHorizon', () => {
  const loss = { covered: true, directionHit: false, logLoss: 1 };
  const outcomes = [
    madeOutcome({
      members: { chronos: { ...loss, absError: 2, pinball: 0.004 }, naive: { ...loss, absError: 2, pinball: 0.005 } },
    }),
    madeOutcome({
      baseDate: '2026-01-06',
      actualReturn: -0.04,
      actualDirection: 'down',
      directionHit: false,
      absError: 5,
      covered: false,
    }),
    madeOutcome({ baseDate: '2026-01-07', actualReturn: 0.01, absError: 0, directionHit: false }),
    madeOutcome({ horizon: 5, covered: false }),
  ];
  const [day, week] = scoresByHorizon(outcomes);

  it('counts and averages each horizon by itself', () => {
    expect([day.horizon, day.count, week.horizon, week.count]).toEqual([1, 3, 5, 1]);
    expect(day.hitRate).toBeCloseTo(1 / 3, 12);
    expect(day.coverage).toBeCloseTo(2 / 3, 12);
    expect(day.meanAbsError).toBeCloseTo((0.01 + 0.05 + 0) / 3, 12);
    expect(day.randomWalkMeanAbsError).toBeCloseTo((0.02 + 0.04 + 0.01) / 3, 12);
    expect(week.coverage).toBe(0);
  });

  it('sets the hit rate beside the most frequent direction', () => {
    expect(day.baseDirection).toBe('up');
    expect(day.baseRate).toBeCloseTo(2 / 3, 12);
  });

  it('compares a member with the random walk over its own outcomes only', () => {
    expect(day.members.chronos).toMatchObject({ count: 1, meanAbsError: 0.02, randomWalkMeanAbsError: 0.02 });
    expect(day.members.chronos?.pinball).toMatchObject({ count: 1, own: 0.004, naive: 0.005 });
    expect(day.members.lgbm).toBeUndefined();
  });

  it('does not judge from a few days', () => {
    expect(day.errorSkill).toBeUndefined();
    expect(day.hitRateInterval).toBeUndefined();
  });

  it('is empty without outcomes', () => {
    expect(scoresByHorizon([])).toEqual([]);
  });
});

describe('matchForecasts', () => {
  it('pairs by code, base date and horizon, and leaves the rest', () => {
    const predictions = [madePrediction(), madePrediction({ horizon: 3 }), madePrediction({ code: 'B' })];
    const pairs = matchForecasts(predictions, [madeOutcome({ horizon: 3 }), madeOutcome({ code: 'C' })]);
    expect(pairs.map(({ prediction }) => prediction)).toEqual([predictions[1]]);
  });

  it('says on which side an interval was missed, also after a split', () => {
    const split = { baseClose: 50, covered: false };
    const sideAt = (actualClose: number) =>
      matchForecasts([madePrediction()], [madeOutcome({ ...split, actualClose })])[0].side;
    expect(sideAt(53)).toBe('above');
    expect(sideAt(47)).toBe('below');
    expect(matchForecasts([madePrediction()], [madeOutcome()])[0].side).toBe('inside');
  });
});

describe('directionReliability', () => {
  it('compares probabilities with what came, tenth by tenth', () => {
    const given = [
      { probUp: 0.55, came: 'up' },
      { probUp: 0.59, came: 'down' },
      { probUp: 0.82, came: 'up' },
      { probUp: 1 + 2e-16, came: 'up' },
    ] as const;
    const days = given.map(({ probUp, came }, i) => {
      const baseDate = `2026-01-0${i + 1}`;
      return {
        prediction: madePrediction({ baseDate, probUp }),
        outcome: madeOutcome({ baseDate, actualDirection: came }),
      };
    });
    const matched = matchForecasts(
      days.map(({ prediction }) => prediction),
      days.map(({ outcome }) => outcome),
    );
    const bins = directionReliability(matched, 'up');
    expect(bins.map(({ from, count, observed }) => [from, count, observed])).toEqual([
      [0.5, 2, 0.5],
      [0.8, 1, 1],
      [0.9, 1, 1],
    ]);
    expect(bins[0].foretold).toBeCloseTo(0.57, 12);
  });
});

import { describe, expect, it } from 'vitest';
import { wilsonInterval } from '../../adapters/report/binomial-interval.js';
import { directionReliability } from '../../adapters/report/direction-reliability.js';
import { effectiveCount } from '../../adapters/report/effective-count.js';
import { scoresByHorizon } from '../../adapters/report/horizon-scores.js';
import { matchForecasts } from '../../adapters/report/matched-forecasts.js';
import { lossSkill, shareInterval } from '../../src/scoring/index.js';
import { createRandom } from '../../src/stats/index.js';
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

describe('lossSkill', () => {
  const random = createRandom(3);
  const date = (day: number) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
  const rows = Array.from({ length: 100 }, (_, day) => ({ date: date(day), reference: 1 + random.uniform() }));

  it('calls a steady advantage better and its opposite worse', () => {
    const better = lossSkill(
      rows.map((row) => ({ ...row, loss: row.reference * 0.9 })),
      1,
    );
    expect(better?.estimate).toBeCloseTo(0.1, 12);
    expect(better?.verdict).toBe('better');
    expect(
      lossSkill(
        rows.map((row) => ({ ...row, loss: row.reference * 1.1 })),
        1,
      )?.verdict,
    ).toBe('worse');
  });

  it('does not tell noise from chance, nor a copy that differs by rounding', () => {
    // Gains and losses of the same size in turn: nothing in sum.
    const noisy = rows.map((row, day) => ({ ...row, loss: row.reference + (day % 2 === 0 ? 0.3 : -0.3) }));
    expect(lossSkill(noisy, 1)?.verdict).toBe('not distinguishable');
    const copy = rows.map((row) => ({ ...row, loss: row.reference * (1 - 2e-16) }));
    expect(lossSkill(copy, 1)?.verdict).toBe('not distinguishable');
  });

  it('rarely finds skill where there is none, also in forecasts that overlap', () => {
    // 60 days, 5 ahead: each difference is a sum of 5 successive shocks. 5 % would be ideal; 2h - 1 lags give about 10 %.
    const verdicts = Array.from({ length: 200 }, () => {
      const shocks = Array.from({ length: 65 }, () => random.normal());
      const overlapping = rows.slice(0, 60).map(({ date }, day) => {
        const sum = shocks.slice(day, day + 5).reduce((total, shock) => total + shock, 0);
        return { date, reference: 20, loss: 20 + sum };
      });
      return lossSkill(overlapping, 5)?.verdict;
    });
    const found = verdicts.filter((state) => state !== 'not distinguishable').length;
    expect(found / verdicts.length).toBeLessThan(0.15);
  });

  it('has nothing to say of 39 days, or of a reference without losses', () => {
    expect(
      lossSkill(
        rows.slice(0, 39).map((row) => ({ ...row, loss: 0.5 })),
        1,
      ),
    ).toBeUndefined();
    expect(
      lossSkill(
        rows.map((row) => ({ ...row, loss: 0, reference: 0 })),
        1,
      ),
    ).toBeUndefined();
    expect(
      shareInterval(
        rows.slice(0, 39).map((row) => ({ ...row, held: true })),
        1,
      ),
    ).toBeUndefined();
  });

  it('counts all instruments of a date as one', () => {
    const once = rows.map((row) => ({ ...row, loss: row.reference + random.normal() }));
    const twice = once.flatMap((row) => [row, row]);
    expect(lossSkill(twice, 1)?.low).toBeCloseTo(lossSkill(once, 1)?.low ?? Number.NaN, 12);
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

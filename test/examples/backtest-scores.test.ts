import { describe, expect, it } from 'vitest';
import { completeStatement, type Distribution } from '../../src/ensemble/index.js';
import type { MatchedForecast } from '../../src/pipeline/index.js';

// plain JavaScript on the built package, as a user runs it
const file = '../../examples/backtest/scores.js';
const { detailedScores, ensembleAhead, issuedAt } = await import(file);

const flatBand = 0.003;
const levels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const dates = Array.from({ length: 130 }, (_, day) => new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10));
/** A rises by 1 % a day, B falls by 1 %. */
const closesOf = new Map(
  [1.01, 0.99].map((factor, i) => [['A', 'B'][i], { dates, close: dates.map((_, day) => 100 * factor ** day) }]),
);

/** Quantiles from `low` to `high`, in returns. */
function stated(baseClose: number, low: number, high: number): Distribution {
  const quantiles = levels.map((_, i) => baseClose * (1 + low + ((high - low) * i) / 8));
  return completeStatement('test', { levels, quantiles }, { baseClose, flatBand });
}

/** The walk says -2 % to 2 %, 'own' and the ensemble -1 % to 3 %: right for A, wrong for B. */
function rows(): MatchedForecast[] {
  return ['A', 'B'].flatMap((code) => {
    const { close } = closesOf.get(code)!;
    return dates.slice(0, -1).map((baseDate, day) => {
      const [baseClose, actualClose] = [close[day], close[day + 1]];
      const key = { code, baseDate, horizon: 1 };
      const own = stated(baseClose, -0.01, 0.03);
      const members = { own, naive: stated(baseClose, -0.02, 0.02) };
      const actualDirection = code === 'A' ? ('up' as const) : ('down' as const);
      return {
        prediction: { ...key, ...own, baseClose, members, issue: 'close' },
        outcome: { ...key, baseClose, actualClose, actualDate: dates[day + 1], actualDirection },
      } as unknown as MatchedForecast;
    });
  });
}

describe("the backtest's scores", () => {
  const scores = detailedScores(rows(), { closesOf, flatBand });
  const own = scores.find(({ forecaster }: { forecaster: string }) => forecaster === 'own');

  it('name up or down, beside one half and the commoner one', () => {
    expect(own.upOrDown).toMatchObject({ count: 258, uncalled: 0, hitRate: 0.5, baseRate: 0.5 });
    expect(own.upOrDown.besideChance).toBe('not distinguishable');
  });

  it("score directions beside each instrument's own past up to the base date", () => {
    // After n days that all rose, up has (n + 1/3) of n + 1; on the first day nothing is known.
    const past = Array.from({ length: 129 }, (_, n) => -Math.log(n === 0 ? 1 / 3 : (n + 1 / 3) / (n + 1)));
    expect(own.climatologyLogLoss).toBeCloseTo(past.reduce((sum, loss) => sum + loss, 0) / 129, 10);
    expect(own.climatologySkill.estimate).toBeLessThan(0);
  });

  it('find the worst tenth of the instruments and the worst days', () => {
    expect(own.worstTenth.byCode.map(([code]: [string]) => code)).toEqual(['B', 'A']);
    expect(own.worstTenth).toMatchObject({ instruments: 1, skill: own.worstTenth.byCode[0][1] });
    const { calm, middle, wild } = own.coverageByVolatility;
    expect(calm.count + middle.count + wild.count).toBe(258);
    // -1 % lies on the edge of the interval of B's days, or a rounding beyond it.
    expect(own.worstCoverage).toBeCloseTo(own.coverage, 1);
  });

  it('hold the ensemble to its best member', () => {
    const { best, count, ahead } = ensembleAhead(rows(), 1);
    expect([best, count]).toEqual(['own', 258]);
    expect(ahead.estimate).toBeCloseTo(0, 12);
    const moved = rows().map(({ prediction, outcome }) => ({
      prediction: { ...prediction, ...prediction.members['naive'], members: prediction.members },
      outcome,
    }));
    const walk = scores.find(({ forecaster }: { forecaster: string }) => forecaster === 'naive');
    expect(ensembleAhead(moved, 1).ahead.estimate).toBeCloseTo(own.pinball / walk.pinball - 1, 10);
  });

  it('tell what was issued at the close from what was issued before the open', () => {
    const [{ prediction, outcome }] = rows();
    const earlier = { ...prediction, pointClose: 1, members: { naive: prediction.members['naive'] } };
    const both = [{ prediction: { ...prediction, issue: 'open', earlier }, outcome }];
    expect(issuedAt('open', both)[0].prediction.pointClose).toBe(prediction.pointClose);
    expect(issuedAt('close', both)[0].prediction).toMatchObject({ pointClose: 1, issue: 'close' });
    expect(issuedAt('open', rows())).toEqual([]);
  });
});

import { YARDSTICK } from '../../src/ensemble/inside.js';
import {
  type DatedLoss,
  hitRate,
  type LossSkill,
  lossSkill,
  type ShareInterval,
  shareInterval,
} from '../../src/scoring/index.js';
import { DIRECTIONS } from '../../src/series/direction.js';
import { mean } from '../../src/stats/index.js';
import type { MemberLoss, OutcomeRecord } from '../../src/store/records.js';
import { effectiveCount } from './effective-count.js';

/** How one forecaster did over some outcomes; errors as shares of the base close. */
export interface ForecasterScore {
  readonly count: number;
  /** Share of directions forecast right, and how uncertain it is; absent where days are too few to tell. */
  readonly hitRate: number;
  readonly hitRateInterval?: ShareInterval;
  /** Share of closes inside the interval. */
  readonly coverage: number;
  /** Mean |point - close| / base close. */
  readonly meanAbsError: number;
  /** The same for "the price stays", over the same outcomes. */
  readonly randomWalkMeanAbsError: number;
  /** 1 - the one / the other, with its uncertainty; absent where days are too few to tell. */
  readonly errorSkill?: LossSkill;
  /** Mean pinball loss of log returns where the member has one, and the naive member's over the same outcomes. */
  readonly pinball?: {
    readonly count: number;
    readonly own: number;
    readonly naive: number;
    readonly skill?: LossSkill;
  };
}

/** How the forecasts of one horizon did. */
export interface HorizonScore extends ForecasterScore {
  readonly horizon: number;
  /** About how many independent outcomes these are. */
  readonly effectiveCount: number;
  readonly firstDate: string;
  readonly lastDate: string;
  /** Share of the most frequent direction, and which it was: what always saying it would have scored. */
  readonly baseRate: number;
  readonly baseDirection: 'up' | 'flat' | 'down';
  /** By name. */
  readonly members: Readonly<Record<string, ForecasterScore>>;
}

/** Returns the scores of each horizon, ascending; a horizon without outcomes has none. */
export function scoresByHorizon(outcomes: readonly OutcomeRecord[]): HorizonScore[] {
  const horizons = [...new Set(outcomes.map(({ horizon }) => horizon))].sort((a, b) => a - b);
  return horizons.map((horizon) =>
    scoreOf(
      horizon,
      outcomes.filter((outcome) => outcome.horizon === horizon),
    ),
  );
}

function scoreOf(horizon: number, outcomes: readonly OutcomeRecord[]): HorizonScore {
  const dates = [...new Set(outcomes.map(({ baseDate }) => baseDate))].sort();
  const came = outcomes.map(({ actualDirection }) => DIRECTIONS.indexOf(actualDirection));
  const { baseRate } = hitRate(came, came);
  const members: Record<string, ForecasterScore> = {};
  for (const name of new Set(outcomes.flatMap((outcome) => Object.keys(outcome.members)))) {
    const own = outcomes.flatMap((outcome) => {
      const loss = outcome.members[name];
      return loss === undefined ? [] : [{ outcome, loss }];
    });
    if (own.length > 0) members[name] = forecasterScore(own, horizon);
  }
  return {
    ...forecasterScore(
      outcomes.map((outcome) => ({ outcome, loss: outcome })),
      horizon,
    ),
    horizon,
    effectiveCount: effectiveCount({ count: outcomes.length, dates: dates.length, horizon }),
    firstDate: dates[0],
    lastDate: dates[dates.length - 1],
    baseRate,
    baseDirection: mostFrequent(came),
    members,
  };
}

type Loss = Pick<MemberLoss, 'absError' | 'covered' | 'directionHit' | 'pinball'>;

function forecasterScore(own: readonly { outcome: OutcomeRecord; loss: Loss }[], horizon: number): ForecasterScore {
  const errors = own.map(({ outcome, loss }) => ({
    date: outcome.baseDate,
    loss: loss.absError / outcome.baseClose,
    reference: Math.abs(outcome.actualReturn),
  }));
  const hits = own.map(({ outcome, loss }) => ({ date: outcome.baseDate, held: loss.directionHit }));
  const score: ForecasterScore = {
    count: own.length,
    hitRate: mean(hits.map(({ held }) => Number(held))),
    hitRateInterval: shareInterval(hits, horizon),
    coverage: mean(own.map(({ loss }) => Number(loss.covered))),
    meanAbsError: mean(errors.map(({ loss }) => loss)),
    randomWalkMeanAbsError: mean(errors.map(({ reference }) => reference)),
    errorSkill: lossSkill(errors, horizon),
  };
  const pinballs = own.flatMap(({ outcome, loss }): DatedLoss[] => {
    const naive = outcome.members[YARDSTICK]?.pinball;
    if (loss.pinball === undefined || naive === undefined) return [];
    return [{ date: outcome.baseDate, loss: loss.pinball, reference: naive }];
  });
  if (pinballs.length === 0) return score;
  const pinball = {
    count: pinballs.length,
    own: mean(pinballs.map(({ loss }) => loss)),
    naive: mean(pinballs.map(({ reference }) => reference)),
    skill: lossSkill(pinballs, horizon),
  };
  return { ...score, pinball };
}

function mostFrequent(came: readonly number[]): HorizonScore['baseDirection'] {
  const counts = DIRECTIONS.map((_, index) => came.filter((direction) => direction === index).length);
  return DIRECTIONS[counts.indexOf(Math.max(...counts))];
}

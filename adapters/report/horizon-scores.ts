import { MEMBER_NAMES, type MemberName } from '../../src/ensemble/index.js';
import type { OutcomeRecord } from '../../src/store/records.js';
import { effectiveCount } from './binomial-interval.js';

/** How one forecaster did over some outcomes; errors as shares of the base close. */
export interface ForecasterScore {
  readonly count: number;
  /** Share of directions forecast right. */
  readonly hitRate: number;
  /** Share of closes inside the interval. */
  readonly coverage: number;
  /** Mean |point - close| / base close. */
  readonly meanAbsError: number;
  /** The same for "the price stays", over the same outcomes. */
  readonly randomWalkMeanAbsError: number;
  /** Mean pinball loss of log returns where the member has one, and the naive member's over the same outcomes. */
  readonly pinball?: { readonly count: number; readonly own: number; readonly naive: number };
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
  readonly members: { readonly [name in MemberName]?: ForecasterScore };
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
  const shares = (['down', 'flat', 'up'] as const).map((direction) => ({
    direction,
    share: meanOf(outcomes, ({ actualDirection }) => Number(actualDirection === direction)),
  }));
  const base = shares.reduce((best, next) => (next.share > best.share ? next : best));
  const members: { [name in MemberName]?: ForecasterScore } = {};
  for (const name of MEMBER_NAMES) {
    const score = memberScore(name, outcomes);
    if (score !== undefined) members[name] = score;
  }
  return {
    horizon,
    count: outcomes.length,
    effectiveCount: effectiveCount({ count: outcomes.length, dates: dates.length, horizon }),
    firstDate: dates[0],
    lastDate: dates[dates.length - 1],
    hitRate: meanOf(outcomes, ({ directionHit }) => Number(directionHit)),
    baseRate: base.share,
    baseDirection: base.direction,
    coverage: meanOf(outcomes, ({ covered }) => Number(covered)),
    meanAbsError: meanOf(outcomes, ({ absError, baseClose }) => absError / baseClose),
    randomWalkMeanAbsError: meanOf(outcomes, ({ actualReturn }) => Math.abs(actualReturn)),
    members,
  };
}

function memberScore(name: MemberName, outcomes: readonly OutcomeRecord[]): ForecasterScore | undefined {
  const own = outcomes.flatMap((outcome) => {
    const loss = outcome.members[name];
    return loss === undefined ? [] : [{ outcome, loss, naive: outcome.members.naive?.pinball }];
  });
  if (own.length === 0) return undefined;
  const scored = own.filter(({ loss, naive }) => loss.pinball !== undefined && naive !== undefined);
  const score: ForecasterScore = {
    count: own.length,
    hitRate: meanOf(own, ({ loss }) => Number(loss.directionHit)),
    coverage: meanOf(own, ({ loss }) => Number(loss.covered)),
    meanAbsError: meanOf(own, ({ loss, outcome }) => loss.absError / outcome.baseClose),
    randomWalkMeanAbsError: meanOf(own, ({ outcome }) => Math.abs(outcome.actualReturn)),
  };
  if (scored.length === 0) return score;
  return {
    ...score,
    pinball: {
      count: scored.length,
      own: meanOf(scored, ({ loss }) => loss.pinball ?? Number.NaN),
      naive: meanOf(scored, ({ naive }) => naive ?? Number.NaN),
    },
  };
}

function meanOf<T>(items: readonly T[], measure: (item: T) => number): number {
  return items.reduce((sum, item) => sum + measure(item), 0) / items.length;
}

import { shareInterval } from '../../scoring/index.js';
import { wilsonInterval } from '../../scoring/inside.js';
import type { Skill } from '../outcomes/score-forecasts.js';

/** A share with what it stands on. */
export interface MeasuredShare {
  /** In [0, 1]. */
  estimate: number;
  /** 95 % interval. */
  low: number;
  high: number;
  /** Rows, and the dates that they fall on. */
  count: number;
  dates: number;
}

/** A skill with what it stands on; a number only where its interval can be told. */
export interface MeasuredSkill {
  verdict: Skill['verdict'] | 'too few days';
  /** 1 - loss / the reference's loss; absent with 'too few days', as are the two below. */
  estimate?: number;
  /** 95 % interval. */
  low?: number;
  high?: number;
  count: number;
  dates: number;
}

/** One row of a share. */
export interface HeldRow {
  /** Base date. */
  readonly date: string;
  readonly held: boolean;
}

/**
 * Returns the share of rows that held with its interval, undefined without rows. From 40 dates on the interval is made of daily means
 * (`shareInterval`); below that it is Wilson's on dates / horizon trials: all instruments of a date count as one, and forecasts that overlap
 * count once.
 */
export function measuredShare(rows: readonly HeldRow[], horizon: number): MeasuredShare | undefined {
  if (rows.length === 0) return undefined;
  const count = rows.length;
  const dates = new Set(rows.map(({ date }) => date)).size;
  const estimate = rows.reduce((sum, { held }) => sum + Number(held), 0) / count;
  const apart = Math.max(1, dates / horizon);
  // Where every row held, daily means do not scatter at all, and their interval would be a point.
  const scattered = estimate > 0 && estimate < 1 ? shareInterval(rows, horizon) : undefined;
  const { low, high } = scattered ?? wilsonInterval(estimate, apart);
  return { estimate, low, high, count, dates };
}

/** Returns a skill without the number where its interval cannot be told. */
export function measuredSkill(
  skill: Skill,
  { count, dates }: { readonly count: number; readonly dates: number },
): MeasuredSkill {
  const { low, high, estimate, verdict } = skill;
  if (low === undefined || high === undefined) return { verdict: 'too few days', count, dates };
  return { verdict, estimate, low, high, count, dates };
}

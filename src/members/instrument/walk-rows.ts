import { RANDOM_WALK_LEAST_CLOSES, randomWalkSteps } from '../../baselines/inside.js';
import { letOthersRun } from '../../concurrency/index.js';
import type { PriceSeries } from '../../series/index.js';
import { DECILES } from '../lgbm/decile-loss.js';

/** A past day, what the random walk said on it, and what came. */
export interface WalkRow {
  readonly bar: number;
  /** Of the bar, 'YYYY-MM-DD'. */
  readonly date: string;
  /** The log return over the horizon. */
  readonly actual: number;
  /** The random walk's log returns at the deciles, from the closes up to the bar. */
  readonly walk: Float64Array;
  /** Their width from 0.1 to 0.9: the unit in which errors are measured. */
  readonly width: number;
}

/** Returns the rows of the bars `from` to `to` (without it) whose close `horizon` bars ahead is known and whose price moved before. */
export async function walkRows(
  { dates, close, length }: PriceSeries,
  { horizon, from, to, signal }: { horizon: number; from: number; to: number; signal: AbortSignal },
): Promise<WalkRow[]> {
  const rows: WalkRow[] = [];
  const end = Math.min(to, length - horizon);
  for (let bar = Math.max(from, RANDOM_WALK_LEAST_CLOSES - 1); bar < end; bar++) {
    const { quantiles } = randomWalkSteps(close.subarray(0, bar + 1), [horizon], { levels: DECILES });
    const walk = quantiles.subarray(-DECILES.length).map((price) => Math.log(price / close[bar]));
    const width = walk[DECILES.length - 1] - walk[0];
    if (width > 0)
      rows.push({ bar, date: dates[bar], actual: Math.log(close[bar + horizon] / close[bar]), walk, width });
    if (bar % 100 === 0) {
      await letOthersRun();
      signal.throwIfAborted();
    }
  }
  return rows;
}

import { randomWalkSteps } from '../../baselines/inside.js';
import { letOthersRun } from '../../concurrency/index.js';
import { DECILES, decileLoss } from '../lgbm/decile-loss.js';
import { type PooledRow, scaledReturn } from './pooled-rows.js';

/** The random walk is made anew on each row: so many tell enough. */
const MOST_ROWS = 2000;

/** A row and the pinball loss of the random walk on it, in EWMA volatilities. */
export interface WalkedRow {
  readonly row: PooledRow;
  /** Its place among the rows that were given. */
  readonly place: number;
  readonly loss: number;
}

/** Returns every so many-th of the rows, 2,000 at most, with the loss of the random walk from the closes up to each. */
export async function walkedRows(
  rows: readonly PooledRow[],
  horizon: number,
  signal: AbortSignal,
): Promise<WalkedRow[]> {
  const stride = Math.ceil(rows.length / MOST_ROWS);
  const walked: WalkedRow[] = [];
  for (let place = 0; place < rows.length; place += stride) {
    const row = rows[place];
    const { close, sigma } = row.instrument;
    const { quantiles } = randomWalkSteps(close.subarray(0, row.bar + 1), [horizon], { levels: DECILES });
    const unit = sigma[row.bar] * Math.sqrt(horizon);
    const walk = quantiles.subarray(-DECILES.length);
    const scaled = walk.map((price) => Math.log(price / close[row.bar]) / unit);
    walked.push({ row, place, loss: decileLoss(scaledReturn(row, horizon), scaled) });
    if (walked.length % 100 === 0) {
      await letOthersRun();
      signal.throwIfAborted();
    }
  }
  return walked;
}

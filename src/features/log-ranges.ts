import { column } from './columns.js';
import type { Derivation } from './feature.js';

/** A bar's high, low and close as logs over its open, and its open over the close before: what range estimators are made of. */
export interface LogRanges {
  /** ln(H/O), ln(L/O), ln(C/O). */
  up: Float64Array;
  down: Float64Array;
  body: Float64Array;
  /** ln(O[t] / C[t-1]); NaN in row 0. */
  overnight: Float64Array;
}

/** Returns the log ranges of every bar. */
export const logRanges: Derivation<LogRanges> = ({ open, high, low, close, length }, _, from) => ({
  up: column(length, 0, (t) => Math.log(high[t] / open[t]), from),
  down: column(length, 0, (t) => Math.log(low[t] / open[t]), from),
  body: column(length, 0, (t) => Math.log(close[t] / open[t]), from),
  overnight: column(length, 1, (t) => Math.log(open[t] / close[t - 1]), from),
});

import { invalid } from '../errors.js';
import type { PriceSeries } from '../series/index.js';
import { FLAT_BAND } from '../series/inside.js';

/** What is to be forecast, per bar: entry t compares the close h bars later with the close of bar t. */
export interface Targets {
  /** close[t+h] / close[t] - 1; NaN for the last h bars. */
  returns: Float64Array;
  /** 0 = down, 1 = flat, 2 = up; -1 for the last h bars. */
  directions: Int8Array;
}

/**
 * Returns the targets of one horizon: entry t is made of close[t] and close[t + horizon], of nothing else.
 *
 * @param horizon in bars, a whole number >= 1
 * @param flatBand half-width of the flat band of simple returns; its edges are flat
 * @throws ForecastError `INVALID_HORIZON`; `INVALID_ARGUMENT` for a band that is not finite and >= 0
 */
export function targetsOf({ close, length }: PriceSeries, horizon: number, flatBand: number = FLAT_BAND): Targets {
  if (!Number.isInteger(horizon) || horizon < 1) {
    throw invalid('INVALID_HORIZON', 'targetsOf', 'horizon', 'a whole number of bars >= 1', horizon);
  }
  if (!Number.isFinite(flatBand) || flatBand < 0) {
    throw invalid('INVALID_ARGUMENT', 'targetsOf', 'flatBand', 'finite and >= 0', flatBand);
  }
  const returns = new Float64Array(length).fill(Number.NaN);
  const directions = new Int8Array(length).fill(-1);
  for (let t = 0; t + horizon < length; t++) {
    const change = close[t + horizon] / close[t] - 1;
    returns[t] = change;
    directions[t] = change > flatBand ? 2 : change < -flatBand ? 0 : 1;
  }
  return { returns, directions };
}

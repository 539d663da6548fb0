import type { PriceSeries } from '../series/index.js';
import { doubles } from '../stats/index.js';
import type { Derivation } from './feature.js';

const PERIOD = 14;

/** Wilder's directional indicators (0..100) and their average index. */
export interface DirectionalMovement {
  plus: Float64Array;
  minus: Float64Array;
  /** ADX, from row 27. */
  average: Float64Array;
}

/**
 * Returns +DI and -DI (from row 14) and ADX (from row 27) of 14 bars, step by step as in TA-Lib: sums of the first 13
 * movements, then Wilder's smoothing; ADX starts as the mean of the first 14 indices DX. A DX of 0 / 0 is left out, as there.
 *
 * @see J. W. Wilder 1978, "New Concepts in Technical Trading Systems"
 */
export const directionalMovement: Derivation<DirectionalMovement> = (series) => {
  const { length } = series;
  const nan = () => doubles(length).fill(Number.NaN);
  const plus = nan();
  const minus = nan();
  const average = nan();
  let up = 0;
  let down = 0;
  let range = 0;
  let adx = 0;
  for (let t = 1; t < length; t++) {
    const risen = series.high[t] - series.high[t - 1];
    const fallen = series.low[t - 1] - series.low[t];
    if (t >= PERIOD) {
      up -= up / PERIOD;
      down -= down / PERIOD;
      range -= range / PERIOD;
    }
    if (fallen > 0 && risen < fallen) down += fallen;
    else if (risen > 0 && risen > fallen) up += risen;
    range += trueRangeAt(series, t);
    if (t < PERIOD) continue;
    plus[t] = (100 * up) / range;
    minus[t] = (100 * down) / range;
    const index = (100 * Math.abs(minus[t] - plus[t])) / (minus[t] + plus[t]);
    if (t < 2 * PERIOD) {
      if (!Number.isNaN(index)) adx += index / PERIOD;
    } else if (!Number.isNaN(index)) adx = (adx * (PERIOD - 1) + index) / PERIOD;
    if (t >= 2 * PERIOD - 1) average[t] = adx;
  }
  return { plus, minus, average };
};

/** Returns the true range of bar t >= 1: the larger of its own range and its reach from the close before. */
export function trueRangeAt({ high, low, close }: PriceSeries, t: number): number {
  const before = close[t - 1];
  const own = high[t] - low[t];
  const above = Math.abs(high[t] - before);
  const below = Math.abs(low[t] - before);
  const reach = above > below ? above : below;
  return own > reach ? own : reach;
}

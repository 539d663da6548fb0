import { nanUntil } from '../stats/index.js';
import type { Derivation } from './feature.js';
import { trueRanges } from './true-range.js';

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
export const directionalMovement: Derivation<DirectionalMovement> = ({ high, low, length }, derive) => {
  const ranges = derive(trueRanges);
  const plus = nanUntil(PERIOD, length);
  const minus = nanUntil(PERIOD, length);
  const average = nanUntil(2 * PERIOD - 1, length);
  let up = 0;
  let down = 0;
  let range = 0;
  let adx = 0;
  for (let t = 1; t < length; t++) {
    const risen = high[t] - high[t - 1];
    const fallen = low[t - 1] - low[t];
    if (t >= PERIOD) {
      up -= up / PERIOD;
      down -= down / PERIOD;
      range -= range / PERIOD;
    }
    if (fallen > 0 && risen < fallen) down += fallen;
    else if (risen > 0 && risen > fallen) up += risen;
    range += ranges[t];
    if (t < PERIOD) continue;
    const rise = (100 * up) / range;
    const fall = (100 * down) / range;
    plus[t] = rise;
    minus[t] = fall;
    const index = (100 * Math.abs(fall - rise)) / (fall + rise);
    if (t < 2 * PERIOD) {
      if (!Number.isNaN(index)) adx += index / PERIOD;
    } else if (!Number.isNaN(index)) adx = (adx * (PERIOD - 1) + index) / PERIOD;
    if (t >= 2 * PERIOD - 1) average[t] = adx;
  }
  return { plus, minus, average };
};

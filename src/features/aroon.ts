import { nanUntil } from '../stats/index.js';
import { column } from './columns.js';
import type { Derivation } from './feature.js';

/**
 * Returns the Aroon oscillator of 25 bars, -100..100, from row 25: 100 / 25 times how many bars the highest high is younger
 * than the lowest low, within the last 26 bars; of equals the youngest counts, as in TA-Lib.
 *
 * @see T. Chande 1995, "The Time Price Oscillator", Stocks & Commodities 13(9)
 */
export const aroonOscillator25: Derivation<Float64Array> = ({ high, low, length }, _, from = 0) => {
  const highest = youngestExtreme(high, 26, 1, from);
  const lowest = youngestExtreme(low, 26, -1, from);
  return column(length, 25, (t) => (100 / 25) * (highest[t] - lowest[t]), from);
};

/** Row of the largest (sign 1) or smallest (sign -1) value among the last `window`, the youngest of equals. */
function youngestExtreme(values: Float64Array, window: number, sign: 1 | -1, from: number): Float64Array {
  const rows = nanUntil(0, values.length);
  const start = Math.max(0, from - window + 1);
  let best = start;
  for (let t = start; t < values.length; t++) {
    const first = Math.max(0, t - window + 1);
    if (best < first) {
      best = first;
      for (let i = first + 1; i < t; i++) if (sign * (values[i] - values[best]) >= 0) best = i;
    }
    if (sign * (values[t] - values[best]) >= 0) best = t;
    rows[t] = best;
  }
  return rows;
}

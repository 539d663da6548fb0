import { nanUntil } from '../stats/index.js';

/**
 * Returns Wilder's relative strength index, 0..100, from row `period` on.
 *
 * Gains and losses are averaged plainly over the first `period` changes, then smoothed by Wilder's 1 / period, as in TA-Lib.
 * NaN while there has been no change at all (TA-Lib says 0 there, which would read as oversold).
 *
 * @param from the first row that is wanted: those before it mean nothing
 * @see J. W. Wilder 1978, "New Concepts in Technical Trading Systems"
 */
export function rsi(close: Float64Array, period: number, from = 0): Float64Array {
  const length = close.length;
  const strength = nanUntil(period, length, from);
  if (length <= period) return strength;
  let gain = 0;
  let loss = 0;
  for (let t = 1; t <= period; t++) {
    const change = close[t] - close[t - 1];
    if (change > 0) gain += change;
    else loss -= change;
  }
  gain /= period;
  loss /= period;
  strength[period] = (100 * gain) / (gain + loss);
  for (let t = period + 1; t < length; t++) {
    const change = close[t] - close[t - 1];
    gain = (gain * (period - 1) + (change > 0 ? change : 0)) / period;
    loss = (loss * (period - 1) + (change < 0 ? -change : 0)) / period;
    if (t >= from) strength[t] = (100 * gain) / (gain + loss);
  }
  return strength;
}

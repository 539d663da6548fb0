import { doubles } from '../stats/index.js';
import { trueRangeAt } from './directional-movement.js';
import type { Derivation } from './feature.js';

/**
 * Returns the average true range of 14 bars in price units, from row 14: the mean of the first 14 true ranges, then Wilder's
 * smoothing by 1 / 14, as in TA-Lib.
 *
 * @see J. W. Wilder 1978, "New Concepts in Technical Trading Systems"
 */
export const averageTrueRange14: Derivation<Float64Array> = (series) => {
  const { length } = series;
  const averages = doubles(length).fill(Number.NaN);
  if (length <= 14) return averages;
  let average = 0;
  for (let t = 1; t <= 14; t++) average += trueRangeAt(series, t);
  average /= 14;
  averages[14] = average;
  for (let t = 15; t < length; t++) {
    average = (average * 13 + trueRangeAt(series, t)) / 14;
    averages[t] = average;
  }
  return averages;
};

import { nanUntil } from '../stats/index.js';
import type { Derivation } from './feature.js';
import { trueRanges } from './true-range.js';

/**
 * Returns the average true range of 14 bars in price units, from row 14: the mean of the first 14 true ranges, then Wilder's
 * smoothing by 1 / 14, as in TA-Lib.
 *
 * @see J. W. Wilder 1978, "New Concepts in Technical Trading Systems"
 */
export const averageTrueRange14: Derivation<Float64Array> = ({ length }, derive) => {
  const ranges = derive(trueRanges);
  const averages = nanUntil(14, length);
  if (length <= 14) return averages;
  let average = 0;
  for (let t = 1; t <= 14; t++) average += ranges[t];
  average /= 14;
  averages[14] = average;
  for (let t = 15; t < length; t++) {
    average = (average * 13 + ranges[t]) / 14;
    averages[t] = average;
  }
  return averages;
};

import { rollingSum } from './rolling-sum.js';

/**
 * Returns the means over sliding windows, aligned with their last value; NaN for the first window - 1. O(n), see `rollingSum`.
 *
 * @param window a whole number >= 1
 */
export function rollingMean(values: ArrayLike<number>, window: number): Float64Array {
  const means = rollingSum(values, window);
  for (let t = 0; t < means.length; t++) means[t] /= window;
  return means;
}

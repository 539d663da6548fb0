import { rollingSum } from './rolling-sum.js';

/**
 * Returns the means over sliding windows, aligned with their last value; NaN for the first window - 1. O(n), see `rollingSum`.
 *
 * @param window a whole number >= 1
 * @param from the first row that is wanted: those before it mean nothing
 */
export function rollingMean(values: ArrayLike<number>, window: number, from = 0): Float64Array {
  const means = rollingSum(values, window, from);
  for (let t = from; t < means.length; t++) means[t] /= window;
  return means;
}

import { doubles, nanUntil } from './scratch.js';

/**
 * Returns the sums over sliding windows: entry t = values[t - window + 1] + ... + values[t]; NaN for the first window - 1.
 *
 * In blocks of `window` values each sum is the tail of one block plus the head of the next, so that nothing is ever
 * subtracted: no drift over long series, a NaN leaves no trace outside its own windows, and an entry never depends on
 * later values. O(n).
 *
 * @param values any length; NaN carries through
 * @param window a whole number >= 1
 * @param from the first row that is wanted: those before it mean nothing
 * @see M. van Herk, Pattern Recognition Letters 13 (1992) 517-521, who has it for maxima
 */
export function rollingSum(values: ArrayLike<number>, window: number, from = 0): Float64Array {
  const length = values.length;
  const sums = nanUntil(window - 1, length, from);
  // tail[k] = the previous block's values from its k-th to its end.
  const tail = doubles(window);
  const wanted = from - (from % window);
  for (let start = Math.max(0, wanted - window); start < length; start += window) {
    const end = start + window;
    let head = 0;
    // of the block before the first wanted one only the tail counts
    for (let t = start < wanted ? end : start; t < Math.min(end, length); t++) {
      head += values[t];
      if (t + 1 === end) sums[t] = head;
      else if (start > 0) sums[t] = tail[t + 1 - start] + head;
    }
    if (end > length) break;
    let sum = 0;
    for (let k = window - 1; k > (start < wanted ? from - wanted : 0); k--) {
      sum += values[start + k];
      tail[k] = sum;
    }
  }
  return sums;
}

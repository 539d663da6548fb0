import { doubles, nanUntil } from './scratch.js';

/**
 * Returns the largest value of each sliding window, aligned with its last value; NaN for the first window - 1. O(n).
 *
 * @param values finite
 * @param window a whole number >= 1
 * @param from the first row that is wanted: those before it mean nothing
 * @see M. van Herk, Pattern Recognition Letters 13 (1992) 517-521
 */
export function rollingMax(values: ArrayLike<number>, window: number, from = 0): Float64Array {
  const length = values.length;
  const maxima = nanUntil(window - 1, length, from);
  const tail = doubles(window);
  const wanted = from - (from % window);
  for (let start = Math.max(0, wanted - window); start < length; start += window) {
    const end = start + window;
    let head = -Infinity;
    // of the block before the first wanted one only the tail counts
    for (let t = start < wanted ? end : start; t < Math.min(end, length); t++) {
      if (values[t] > head) head = values[t];
      if (t + 1 === end) maxima[t] = head;
      else if (start > 0) {
        const before = tail[t + 1 - start];
        maxima[t] = before > head ? before : head;
      }
    }
    if (end > length) break;
    let largest = -Infinity;
    for (let k = window - 1; k > (start < wanted ? from - wanted : 0); k--) {
      if (values[start + k] > largest) largest = values[start + k];
      tail[k] = largest;
    }
  }
  return maxima;
}

/** Returns the smallest value of each sliding window; everything else as `rollingMax`. */
export function rollingMin(values: ArrayLike<number>, window: number, from = 0): Float64Array {
  const length = values.length;
  const minima = nanUntil(window - 1, length, from);
  const tail = doubles(window);
  const wanted = from - (from % window);
  for (let start = Math.max(0, wanted - window); start < length; start += window) {
    const end = start + window;
    let head = Infinity;
    // of the block before the first wanted one only the tail counts
    for (let t = start < wanted ? end : start; t < Math.min(end, length); t++) {
      if (values[t] < head) head = values[t];
      if (t + 1 === end) minima[t] = head;
      else if (start > 0) {
        const before = tail[t + 1 - start];
        minima[t] = before < head ? before : head;
      }
    }
    if (end > length) break;
    let smallest = Infinity;
    for (let k = window - 1; k > (start < wanted ? from - wanted : 0); k--) {
      if (values[start + k] < smallest) smallest = values[start + k];
      tail[k] = smallest;
    }
  }
  return minima;
}

import { nanUntil } from '../stats/index.js';

/*
 * `from`, wherever it is taken, is the first row that is wanted: those before it mean nothing. 0 unless given.
 */

/** Returns the first row of the sliding window that ends at `from`. */
export function reachOf(from: number, window: number): number {
  return Math.max(0, from - window + 1);
}

/** Returns a column computed row by row from `start` on; NaN before. `at(t)` may read rows <= t. */
export function column(length: number, start: number, at: (t: number) => number, from = 0): Float64Array {
  const values = nanUntil(start, length, from);
  for (let t = Math.max(start, from); t < length; t++) values[t] = at(t);
  return values;
}

/** Returns top / bottom row by row; NaN for 0 / 0. */
export function ratio(top: Float64Array, bottom: Float64Array, from = 0): Float64Array {
  return column(top.length, 0, (t) => top[t] / bottom[t], from);
}

/** Returns top / bottom - 1 row by row: how far one is from the other, relatively. */
export function gap(top: Float64Array, bottom: Float64Array, from = 0): Float64Array {
  return column(top.length, 0, (t) => top[t] / bottom[t] - 1, from);
}

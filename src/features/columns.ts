/** Returns a column computed row by row from `start` on; NaN before. `at(t)` may read rows <= t. */
export function column(length: number, start: number, at: (t: number) => number): Float64Array {
  const values = new Float64Array(length).fill(Number.NaN, 0, Math.min(start, length));
  for (let t = start; t < length; t++) values[t] = at(t);
  return values;
}

/** Returns top / bottom row by row; NaN for 0 / 0. */
export function ratio(top: Float64Array, bottom: Float64Array): Float64Array {
  return column(top.length, 0, (t) => top[t] / bottom[t]);
}

/** Returns top / bottom - 1 row by row: how far one is from the other, relatively. */
export function gap(top: Float64Array, bottom: Float64Array): Float64Array {
  return column(top.length, 0, (t) => top[t] / bottom[t] - 1);
}

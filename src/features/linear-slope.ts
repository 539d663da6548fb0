import { nanUntil } from '../stats/index.js';

/**
 * Returns the least-squares slope per bar of each window of values, from row window - 1.
 *
 * Values are paired around the window's centre, so a constant has a slope of exactly zero. O(n window / 2).
 *
 * @param window a whole number >= 2
 * @param from the first row that is wanted: those before it mean nothing
 */
export function linearSlope(values: Float64Array, window: number, from = 0): Float64Array {
  const length = values.length;
  const slopes = nanUntil(window - 1, length, from);
  const half = (window - 1) / 2;
  // Sum of squared distances from the centre: window (window^2 - 1) / 12.
  const spread = (window * (window * window - 1)) / 12;
  const pairs = window >> 1;
  for (let t = Math.max(window - 1, from); t < length; t++) {
    const first = t - window + 1;
    let sum = 0;
    let weight = half;
    for (let k = 0; k < pairs; k++) {
      sum += weight * (values[t - k] - values[first + k]);
      weight -= 1;
    }
    slopes[t] = sum / spread;
  }
  return slopes;
}

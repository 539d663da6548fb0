/** LightGBM's smallest counted amount, 1e-15 written as a float32 literal and widened: every kernel adds or compares exactly this double. */
export const EPSILON = Math.fround(1e-15);

/** LightGBM's zero threshold, 1e-35 as a float32 literal: feature values and leaf values within it count as 0. */
export const ZERO_THRESHOLD = Math.fround(1e-35);

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

/** Returns the next double above `value` (C's `nextafter(value, +inf)`); infinity and NaN stay. */
export function nextUp(value: number): number {
  if (Number.isNaN(value) || value === Infinity) return value;
  if (value === 0) return Number.MIN_VALUE;
  float[0] = value;
  bits[0] += value > 0 ? 1n : -1n;
  return float[0];
}

/** Returns 0 for values within the zero threshold, the value itself otherwise. Never returns -0. */
export function roundToZero(value: number): number {
  return value >= -ZERO_THRESHOLD && value <= ZERO_THRESHOLD ? 0 : value;
}

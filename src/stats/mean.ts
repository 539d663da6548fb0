import { compensatedSum } from './compensated-sum.js';

/** Returns the arithmetic mean by a compensated sum; NaN for an empty input. */
export function mean(values: ArrayLike<number>): number {
  return compensatedSum(values) / values.length;
}

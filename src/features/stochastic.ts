import { rollingMax, rollingMean, rollingMin } from '../stats/index.js';
import { column, reachOf } from './columns.js';
import type { Derivation } from './feature.js';

/** Highest high of the last 14 bars, from row 13. */
export const highest14: Derivation<Float64Array> = ({ high }, _, from) => rollingMax(high, 14, from);

/** Lowest low of the last 14 bars, from row 13. */
export const lowest14: Derivation<Float64Array> = ({ low }, _, from) => rollingMin(low, 14, from);

/** Raw %K of 14 bars, 0..100; NaN where the 14 bars have no range. */
export const fastK14: Derivation<Float64Array> = ({ close, length }, derive, from) => {
  const highest = derive(highest14, from);
  const lowest = derive(lowest14, from);
  return column(length, 13, (t) => (100 * (close[t] - lowest[t])) / (highest[t] - lowest[t]), from);
};

/** Slow %K: the mean of three raw ones, from row 15. */
export const slowK14: Derivation<Float64Array> = (_, derive, from = 0) =>
  rollingMean(derive(fastK14, reachOf(from, 3)), 3, from);

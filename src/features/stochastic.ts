import { rollingMax, rollingMean, rollingMin } from '../stats/index.js';
import { column } from './columns.js';
import type { Derivation } from './feature.js';

/** Highest high of the last 14 bars, from row 13. */
export const highest14: Derivation<Float64Array> = ({ high }) => rollingMax(high, 14);

/** Lowest low of the last 14 bars, from row 13. */
export const lowest14: Derivation<Float64Array> = ({ low }) => rollingMin(low, 14);

/** Raw %K of 14 bars, 0..100; NaN where the 14 bars have no range. */
export const fastK14: Derivation<Float64Array> = ({ close, length }, derive) => {
  const highest = derive(highest14);
  const lowest = derive(lowest14);
  return column(length, 13, (t) => (100 * (close[t] - lowest[t])) / (highest[t] - lowest[t]));
};

/** Slow %K: the mean of three raw ones, from row 15. */
export const slowK14: Derivation<Float64Array> = (_, derive) => rollingMean(derive(fastK14), 3);

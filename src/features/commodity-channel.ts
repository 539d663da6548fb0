import { rollingMean } from '../stats/index.js';
import { column, reachOf } from './columns.js';
import type { Derivation } from './feature.js';

/** Typical price (H + L + C) / 3. */
export const typicalPrice: Derivation<Float64Array> = ({ high, low, close, length }, _, from) =>
  column(length, 0, (t) => (high[t] + low[t] + close[t]) / 3, from);

/**
 * Returns the commodity channel index of 14 bars, from row 13: the typical price's distance from its mean over 0.015 mean
 * absolute deviations; NaN where there is no deviation.
 *
 * @see D. R. Lambert 1980, "Commodity Channel Index", Commodities 9(10)
 */
export const commodityChannel14: Derivation<Float64Array> = ({ length }, derive, from = 0) => {
  const typical = derive(typicalPrice, reachOf(from, 14));
  const means = rollingMean(typical, 14, from);
  const indexAt = (t: number) => {
    const mean = means[t];
    let deviation = 0;
    for (let i = t - 13; i <= t; i++) deviation += Math.abs(typical[i] - mean);
    // The mean of equal prices may be a rounding step off: a deviation of that size is none.
    if (deviation <= 14 * Number.EPSILON * mean) return Number.NaN;
    return (typical[t] - mean) / (0.015 * (deviation / 14));
  };
  return column(length, 13, indexAt, from);
};

/**
 * Reads a distribution that is known at a few levels at any level in (0, 1).
 *
 * Between two levels: linear in the level, on the true grid. Below the lowest and above the highest: an exponential tail,
 * Q(p) = q₀ − β ln(p₀ / p) with β = (q₁ − q₀) / ln(p₁ / p₀) (mirrored at the top). It is continuous at the outermost level,
 * goes through the two outermost quantiles, and has every moment; for daily returns it lies between a normal tail, which
 * is too thin, and a Student tail. Where the two outermost quantiles are equal the tail has no width.
 *
 * Quantiles that cross are rearranged (sorted) first, which never makes a quantile forecast worse.
 *
 * @see https://doi.org/10.3982/ECTA7880 Chernozhukov, Fernández-Val, Galichon (2010), rearrangement
 */
export class QuantileFunction {
  readonly #levels: readonly number[];
  readonly #quantiles: Float64Array;

  /**
   * @param levels strictly ascending, each in (0, 1), at least two
   * @param quantiles one a level; sorted here, the array is left as it was
   */
  constructor(levels: readonly number[], quantiles: ArrayLike<number>) {
    this.#levels = levels;
    this.#quantiles = Float64Array.from(quantiles).sort();
  }

  /** Returns the quantile at `level` in (0, 1); non-decreasing in the level. */
  at(level: number): number {
    const levels = this.#levels;
    const quantiles = this.#quantiles;
    const last = levels.length - 1;
    if (level < levels[0]) return quantiles[0] + tail(level, levels[0], levels[1], quantiles[1] - quantiles[0]);
    if (level > levels[last])
      return (
        quantiles[last] - tail(1 - level, 1 - levels[last], 1 - levels[last - 1], quantiles[last] - quantiles[last - 1])
      );
    let low = 0;
    let high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (levels[middle] <= level) low = middle;
      else high = middle;
    }
    if (level === levels[high]) return quantiles[high];
    const share = (level - levels[low]) / (levels[high] - levels[low]);
    return quantiles[low] + share * (quantiles[high] - quantiles[low]);
  }
}

/** The offset (<= 0) of an exponential tail at probability `p` < `outer` < `inner`, for the two outermost quantiles' distance. */
function tail(p: number, outer: number, inner: number, distance: number): number {
  return (distance / Math.log(inner / outer)) * Math.log(p / outer);
}

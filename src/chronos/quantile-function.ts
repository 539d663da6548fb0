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
    this.#quantiles = insertionSort(new Float64Array(quantiles));
  }

  /** Returns the quantile at `level` in (0, 1); non-decreasing in the level. */
  at(level: number): number {
    return this.atPlace(levelPlace(this.#levels, level));
  }

  /** Returns the quantile at a place that `levelPlace` found on this function's levels. */
  atPlace({ base, low, share }: LevelPlace): number {
    const quantiles = this.#quantiles;
    return quantiles[base] + share * (quantiles[low + 1] - quantiles[low]);
  }
}

/** Where a level lies on a grid of levels: its quantile is q[base] + share × (q[low + 1] − q[low]). */
export interface LevelPlace {
  readonly base: number;
  readonly low: number;
  readonly share: number;
}

/** Returns where `level` in (0, 1) lies on `levels`, ascending, at least two. It holds for every distribution on that grid. */
export function levelPlace(levels: readonly number[], level: number): LevelPlace {
  const last = levels.length - 1;
  if (level < levels[0]) return { base: 0, low: 0, share: tailShare(level, levels[0], levels[1]) };
  if (level > levels[last])
    return { base: last, low: last - 1, share: -tailShare(1 - level, 1 - levels[last], 1 - levels[last - 1]) };
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (levels[middle] <= level) low = middle;
    else high = middle;
  }
  if (level === levels[high]) return { base: high, low, share: 0 };
  return { base: low, low, share: (level - levels[low]) / (levels[high] - levels[low]) };
}

/** An exponential tail's offset (<= 0) at probability `p` < `outer` < `inner`, in distances of the two outermost quantiles. */
function tailShare(p: number, outer: number, inner: number): number {
  return Math.log(p / outer) / Math.log(inner / outer);
}

/** Sorts in place. For a handful of values that are nearly in order the built-in sort costs several times as much. */
function insertionSort(values: Float64Array): Float64Array {
  for (let i = 1; i < values.length; i++) {
    const value = values[i];
    let place = i;
    for (; place > 0 && values[place - 1] > value; place--) values[place] = values[place - 1];
    values[place] = value;
  }
  return values;
}

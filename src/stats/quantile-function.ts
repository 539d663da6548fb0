import { portableExp, portableLog } from './portable-math.js';

/** A distribution that is known at a few levels, read anywhere: the quantile at a level, and the probability up to a value. */
export interface QuantileFunction {
  /** Strictly ascending, each in (0, 1). */
  readonly levels: readonly number[];
  /** One a level, non-decreasing. */
  readonly quantiles: Float64Array;
  /** Returns the quantile at `level` in (0, 1); non-decreasing in the level. */
  at(level: number): number;
  /** Returns the quantile at a place that `levelPlace` found on this function's levels. */
  atPlace(place: LevelPlace): number;
  /** Returns P(X <= x), in [0, 1]; with `strictly`, P(X < x), which differs only on an atom. Non-decreasing in x. */
  cdf(x: number, options?: { strictly?: boolean | undefined }): number;
}

/** Where a level lies on a grid of levels: its quantile is q[base] + share × (q[low + 1] − q[low]). */
export interface LevelPlace {
  readonly base: number;
  readonly low: number;
  readonly share: number;
}

/**
 * Returns the distribution that a few quantiles describe: the one rule of this library for levels in between and for tails.
 *
 * Between two levels: linear in the level, on the true grid. Below the lowest and above the highest: an exponential tail,
 * Q(p) = q₀ − β ln(p₀ / p) with β = (q₁ − q₀) / ln(p₁ / p₀) (mirrored at the top). It is continuous at the outermost level,
 * goes through the two outermost quantiles, and has every moment; for daily returns it lies between a normal tail, which
 * is too thin, and a Student tail. Equal quantiles are an atom, where the probability jumps; outside an outermost atom there is nothing.
 *
 * Quantiles that cross are rearranged (sorted) first, which never makes a quantile forecast worse.
 *
 * @param levels strictly ascending, each in (0, 1), at least two
 * @param quantiles one a level, finite; any unit; the array is left as it was
 * @see https://doi.org/10.3982/ECTA7880 Chernozhukov, Fernández-Val, Galichon (2010), rearrangement
 * @example
 * const price = quantileFunction([0.1, 0.5, 0.9], [98, 100, 103]);
 * price.at(0.95); // 103.9...
 * price.cdf(100); // 0.5
 */
export function quantileFunction(levels: readonly number[], quantiles: ArrayLike<number>): QuantileFunction {
  const sorted = insertionSort(new Float64Array(quantiles));
  const atPlace = ({ base, low, share }: LevelPlace) => sorted[base] + share * (sorted[low + 1] - sorted[low]);
  return {
    levels,
    quantiles: sorted,
    at: (level) => atPlace(levelPlace(levels, level)),
    atPlace,
    cdf: (x, { strictly = false } = {}) => probabilityUpTo(levels, sorted, x, strictly),
  };
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
  return portableLog(p / outer) / portableLog(inner / outer);
}

function probabilityUpTo(levels: readonly number[], quantiles: Float64Array, x: number, strictly: boolean): number {
  const last = levels.length - 1;
  // The first value that is not left of x: everything before it counts in full.
  let above = 0;
  while (above <= last && (strictly ? quantiles[above] < x : quantiles[above] <= x)) above++;
  if (above === 0) return tailProbability(levels[0], levels[1], quantiles[0] - x, quantiles[1] - quantiles[0]);
  if (above > last) {
    const distance = x - quantiles[last];
    const spread = quantiles[last] - quantiles[last - 1];
    return 1 - tailProbability(1 - levels[last], 1 - levels[last - 1], distance, spread);
  }
  const left = quantiles[above - 1];
  const right = quantiles[above];
  return levels[above - 1] + ((x - left) / (right - left)) * (levels[above] - levels[above - 1]);
}

/** The probability beyond a point that lies `distance` >= 0 outside the outermost quantile, which is `spread` from the next one. */
function tailProbability(outer: number, inner: number, distance: number, spread: number): number {
  if (spread === 0) return 0;
  return outer * portableExp((-distance / spread) * portableLog(inner / outer));
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

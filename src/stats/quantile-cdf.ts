import { normalCdf } from './normal-cdf.js';
import { normalQuantile } from './normal-quantile.js';

/**
 * Returns P(X <= x) of the distribution that a few quantiles describe; with `strictly`, P(X < x).
 *
 * Between two levels the probability is linear in x. Beyond the outermost two it follows the normal curve through them
 * (linear in x on the scale of normalQuantile), so both tails are explicit. Equal quantiles are an atom: the probability jumps
 * there, which is the only place where `strictly` matters; outside an outermost atom there is nothing.
 *
 * @param levels ascending, each in (0, 1), at least two
 * @param values the quantile at each level, non-decreasing, finite; any unit, the same as `x`
 * @param offset where the values of this distribution start in `values`, so that a row of a [rows × levels] matrix needs no copy
 */
export function quantileCdf(
  levels: ArrayLike<number>,
  values: ArrayLike<number>,
  x: number,
  { strictly = false, offset = 0 }: { strictly?: boolean; offset?: number } = {},
): number {
  const last = levels.length - 1;
  // The first value that is not left of x: everything before it counts in full.
  let above = 0;
  while (above <= last && (strictly ? values[offset + above] < x : values[offset + above] <= x)) above++;
  if (above === 0) return tail(levels, values, offset, 0, 1, x);
  if (above > last) return tail(levels, values, offset, last, last - 1, x);
  const left = values[offset + above - 1];
  const right = values[offset + above];
  return levels[above - 1] + ((x - left) / (right - left)) * (levels[above] - levels[above - 1]);
}

function tail(
  levels: ArrayLike<number>,
  values: ArrayLike<number>,
  offset: number,
  edge: number,
  inner: number,
  x: number,
): number {
  const spread = values[offset + inner] - values[offset + edge];
  if (spread === 0) return edge === 0 ? 0 : 1;
  const z = normalQuantile(levels[edge]);
  return normalCdf(z + ((x - values[offset + edge]) / spread) * (normalQuantile(levels[inner]) - z));
}

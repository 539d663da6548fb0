import { invalid } from '../errors.js';

/**
 * Returns the quantile of values that are already sorted ascending: R-7, linear between order statistics (numpy's and R's default).
 *
 * @param sorted ascending, finite, at least one
 * @param level in [0, 1]
 * @throws ForecastError `INVALID_ARGUMENT` if `sorted` is empty or `level` outside [0, 1]
 * @see Hyndman & Fan 1996, "Sample Quantiles in Statistical Packages", definition 7
 */
export function quantileSorted(sorted: ArrayLike<number>, level: number): number {
  if (sorted.length === 0) throw invalid('INVALID_ARGUMENT', 'quantileSorted', 'sorted', 'at least one value', sorted);
  if (!(level >= 0 && level <= 1)) throw invalid('INVALID_ARGUMENT', 'quantileSorted', 'level', 'in [0, 1]', level);
  const position = level * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below];
  if (below + 1 >= sorted.length) return low;
  return low + (position - below) * (sorted[below + 1] - low);
}

/**
 * Returns the R-7 quantile of values in any order; the input is left as it is.
 *
 * @param values finite, at least one
 * @param level in [0, 1]
 * @throws ForecastError `INVALID_ARGUMENT` if `values` is empty or `level` outside [0, 1]
 */
export function quantile(values: ArrayLike<number>, level: number): number {
  return quantileSorted(Float64Array.from(values).sort(), level);
}

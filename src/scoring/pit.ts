import { quantileFunction } from '../stats/index.js';
import { checkColumn, checkCount, checkLevels, checkQuantileRows, type QuantileRows } from './check-rows.js';

/**
 * Returns each row's probability integral transform: the forecast's probability of an outcome up to the one that came. Uniform on
 * [0, 1] for a calibrated forecast.
 *
 * The distribution is that of quantileFunction. On an atom, where the probability jumps, it is the middle of the jump.
 *
 * @returns [rows], each in [0, 1]
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` with fewer than two levels, for lengths that do not fit,
 * values that are not finite, levels or quantiles that are not ascending
 * @see Dawid 1984, "Statistical Theory: The Prequential Approach"; Diebold, Gunther & Tay 1998
 */
export function probabilityTransforms(rows: QuantileRows): Float64Array {
  checkLevels('probabilityTransforms', rows.levels, 2);
  checkQuantileRows('probabilityTransforms', rows);
  const { actuals, levels, quantiles } = rows;
  const width = levels.length;
  const grid = Array.from(levels);
  const values = Float64Array.from(quantiles);
  return Float64Array.from(actuals, (actual, row) => {
    const { cdf } = quantileFunction(grid, values.subarray(row * width, (row + 1) * width));
    return (cdf(actual) + cdf(actual, { strictly: true })) / 2;
  });
}

/**
 * Returns the share of transforms in each of `bins` equal stretches of [0, 1]; each is 1 / bins for a calibrated forecast, higher
 * at both ends for one that is too narrow.
 *
 * @param transforms [rows], each in [0, 1]
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` for values that are not finite or bins < 1
 */
export function transformHistogram(transforms: ArrayLike<number>, bins = 10): Float64Array {
  checkColumn('transformHistogram', 'transforms', transforms);
  checkCount('transformHistogram', 'bins', bins);
  const shares = new Float64Array(bins);
  for (let i = 0; i < transforms.length; i++) {
    shares[Math.max(0, Math.min(bins - 1, Math.floor(transforms[i] * bins)))] += 1 / transforms.length;
  }
  return shares;
}

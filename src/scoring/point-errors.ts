import { invalid } from '../errors.js';
import { compensatedSum, mean } from '../stats/index.js';
import { checkColumn, checkColumns, checkCount } from './check-rows.js';

/**
 * Returns the mean absolute error.
 *
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` for lengths that do not fit or values that are not finite
 */
export function meanAbsoluteError(actuals: ArrayLike<number>, predicted: ArrayLike<number>): number {
  checkColumns('meanAbsoluteError', { actuals, predicted });
  return mean(Float64Array.from(actuals, (actual, i) => Math.abs(actual - predicted[i])));
}

/**
 * Returns the mean absolute scaled error: the mean absolute error per unit of the random walk's own, over the history.
 *
 * With `lag` 1 (Hyndman & Koehler's) the scale is a one-day move, so errors over h days are near √h even for a perfect random walk;
 * with `lag` = h the random walk scores about 1 at every horizon.
 *
 * @param history closes (or any level) that were known before, at least lag + 1
 * @param lag in bars, >= 1; default 1
 * @returns >= 0; Infinity or NaN if the history never moved
 * @throws ForecastError `SERIES_TOO_SHORT` if the history is; `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` for lengths that do not
 * fit or values that are not finite
 * @see Hyndman & Koehler 2006, "Another look at measures of forecast accuracy", IJF 22
 */
export function meanAbsoluteScaledError(
  { actuals, predicted }: { actuals: ArrayLike<number>; predicted: ArrayLike<number> },
  history: ArrayLike<number>,
  lag = 1,
): number {
  return meanAbsoluteError(actuals, predicted) / randomWalkScale(history, lag);
}

/** Returns the mean absolute change of a history over `lag` bars: the random walk's mean absolute error on it. */
export function randomWalkScale(history: ArrayLike<number>, lag = 1): number {
  const where = 'randomWalkScale';
  checkCount(where, 'lag', lag);
  if (history.length <= lag) {
    throw invalid('SERIES_TOO_SHORT', where, 'history', `at least ${lag + 1} values`, `${history.length} values`);
  }
  checkColumn(where, 'history', history);
  return mean(Float64Array.from({ length: history.length - lag }, (_, i) => Math.abs(history[i + lag] - history[i])));
}

/**
 * Returns 1 - Σ(actual - predicted)² / Σ actual²: the share of squared return that a point forecast explains beyond a forecast of zero.
 *
 * @param actuals returns; not prices
 * @returns at most 1; negative is worse than zero. Daily returns rarely allow 0.01
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` for lengths that do not fit or values that are not finite
 */
export function rSquaredAgainstZero(actuals: ArrayLike<number>, predicted: ArrayLike<number>): number {
  checkColumns('rSquaredAgainstZero', { actuals, predicted });
  const left = compensatedSum(Float64Array.from(actuals, (actual, i) => (actual - predicted[i]) ** 2));
  return 1 - left / compensatedSum(Float64Array.from(actuals, (actual) => actual * actual));
}

/**
 * Returns 1 - loss / reference: the share of a reference's loss that a forecast saves; negative if it costs more.
 *
 * @param loss mean loss of the forecast, >= 0
 * @param reference mean loss of the reference on the same rows, > 0
 */
export function skill(loss: number, reference: number): number {
  return 1 - loss / reference;
}

import { invalid } from '../errors.js';
import { checkColumns } from './check-rows.js';

/**
 * Returns each row's QLIKE loss of a variance forecast: x - ln x - 1, x the realised over the forecast variance.
 *
 * Of the usual losses only this and the squared error rank forecasts by the true variance though only a noisy, unbiased proxy of it is seen; this one
 * does not let the wildest days decide. Too small a forecast costs more than one too large by the same factor.
 *
 * @param actuals [rows], realised variances or an unbiased proxy, > 0: a range says more than a squared return, which may also be 0
 * @param predicted [rows], forecast variances, > 0, in the same unit
 * @returns [rows], >= 0, without unit
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` for lengths that do not fit or values that are not finite and > 0
 * @see Patton 2011, "Volatility forecast comparison using imperfect volatility proxies", J. Econometrics 160
 */
export function qlikeLosses(actuals: ArrayLike<number>, predicted: ArrayLike<number>): Float64Array {
  checkColumns('qlikeLosses', { actuals, predicted });
  for (const [field, values] of Object.entries({ actuals, predicted })) {
    for (let i = 0; i < values.length; i++) {
      if (!(values[i] > 0)) throw invalid('INVALID_ARGUMENT', 'qlikeLosses', `${field}[${i}]`, '> 0', values[i]);
    }
  }
  return Float64Array.from(actuals, (actual, i) => {
    const excess = actual / predicted[i] - 1;
    return excess - Math.log1p(excess);
  });
}

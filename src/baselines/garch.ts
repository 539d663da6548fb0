import { invalid } from '../errors.js';
import type { BaselineForecast, BaselineOptions } from './baseline-forecast.js';
import { checkCloses, checkOptions } from './check-options.js';
import { filteredQuantiles } from './filtered-quantiles.js';
import { fitGarch, type GarchParameters, garchVariances } from './fit-garch.js';
import { GARCH_LEAST_RETURNS } from './student-search.js';

/** How a GARCH(1,1)-t is forecast. */
export interface GarchOptions extends BaselineOptions {
  /** Parameters of daily log returns from an earlier fit; fitted on the closes given if missing. */
  parameters?: GarchParameters | undefined;
}

/**
 * Returns the random walk's forecast with the volatility of a GARCH(1,1) with Student t errors: its variance goes back to the long-run
 * level over the steps, instead of standing still as EWMA's does. Quantiles by filtered historical simulation.
 *
 * A fit takes some milliseconds; pass `parameters` from a recent one where many days are forecast.
 *
 * @param closes oldest first, finite, > 0, all adjusted the same way; at least 101
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer closes; `INVALID_ARGUMENT` for a price, level or parameter out of range, or
 * closes that never move; `INVALID_HORIZON` if horizon < 1 or fractional
 */
export function garchForecast(closes: ArrayLike<number>, options: GarchOptions): BaselineForecast {
  const where = 'garchForecast';
  const checked = checkOptions(where, options, ['parameters']);
  const logCloses = checkCloses(where, closes, GARCH_LEAST_RETURNS + 1);
  const returns = Float64Array.from({ length: logCloses.length - 1 }, (_, t) => logCloses[t + 1] - logCloses[t]);
  const parameters = options.parameters ?? fitGarch(returns);
  checkParameters(where, parameters);
  const { omega, alpha, beta } = parameters;
  const persistence = alpha + beta;
  const longRun = omega / (1 - persistence);
  const variances = garchVariances(
    returns.map((r) => r * r),
    parameters,
  );
  return filteredQuantiles(
    logCloses,
    {
      sigmaAt(step) {
        // Σ of the variances of `step` days: each is the long-run level plus a gap that shrinks by the persistence a day.
        const gaps = (1 - persistence ** step) / (1 - persistence);
        return { sigma: variances.map((next) => Math.sqrt(step * longRun + (next - longRun) * gaps)), scale: 1 };
      },
    },
    { ...checked, lastClose: closes[closes.length - 1] },
  );
}

function checkParameters(where: string, { omega, alpha, beta, nu }: GarchParameters): void {
  if (!(omega > 0 && omega < Infinity)) throw invalid('INVALID_ARGUMENT', where, 'parameters.omega', '> 0', omega);
  if (!(alpha >= 0)) throw invalid('INVALID_ARGUMENT', where, 'parameters.alpha', '>= 0', alpha);
  if (!(beta >= 0)) throw invalid('INVALID_ARGUMENT', where, 'parameters.beta', '>= 0', beta);
  if (!(alpha + beta < 1)) throw invalid('INVALID_ARGUMENT', where, 'parameters', 'alpha + beta < 1', alpha + beta);
  if (!(nu > 2)) throw invalid('INVALID_ARGUMENT', where, 'parameters.nu', '> 2', nu);
}

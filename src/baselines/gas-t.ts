import { invalid } from '../errors.js';
import type { BaselineForecast, BaselineOptions } from './baseline-forecast.js';
import { checkCloses, checkOptions } from './check-options.js';
import { filteredQuantiles } from './filtered-quantiles.js';
import { fitGasT, type GasTParameters, gasTVariances } from './fit-gas-t.js';
import { GARCH_LEAST_RETURNS } from './student-search.js';

/** How a GAS-t is forecast. */
export interface GasTOptions extends BaselineOptions {
  /** Parameters of daily log returns from an earlier fit; fitted on the closes given if missing. */
  parameters?: GasTParameters | undefined;
}

/**
 * Returns the random walk's forecast with the volatility of a Student t GAS(1,1): like garchForecast it goes back to its long-run level over the
 * steps, but one wild return, which fat tails explain, moves it less. Quantiles by filtered historical simulation.
 *
 * A fit takes some milliseconds; pass `parameters` from a recent one where many days are forecast.
 *
 * @param closes oldest first, finite, > 0, all adjusted the same way; at least 101
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer closes; `INVALID_ARGUMENT` for a price, level or parameter out of range, or
 * closes that never move; `INVALID_HORIZON` if horizon < 1 or fractional
 */
export function gasTForecast(closes: ArrayLike<number>, options: GasTOptions): BaselineForecast {
  const where = 'gasTForecast';
  const checked = checkOptions(where, options, ['parameters']);
  const logCloses = checkCloses(where, closes, GARCH_LEAST_RETURNS + 1);
  const returns = Float64Array.from({ length: logCloses.length - 1 }, (_, t) => logCloses[t + 1] - logCloses[t]);
  const parameters = options.parameters ?? fitGasT(returns);
  checkParameters(where, parameters);
  const { omega, beta } = parameters;
  const longRun = omega / (1 - beta);
  const variances = gasTVariances(
    returns.map((r) => r * r),
    parameters,
  );
  return filteredQuantiles(
    logCloses,
    {
      sigmaAt(step) {
        // The score is 0 on average: what is above the long-run level shrinks by beta a day.
        const gaps = (1 - beta ** step) / (1 - beta);
        return { sigma: variances.map((next) => Math.sqrt(step * longRun + (next - longRun) * gaps)), scale: 1 };
      },
    },
    { ...checked, lastClose: closes[closes.length - 1] },
  );
}

function checkParameters(where: string, { omega, alpha, beta, nu }: GasTParameters): void {
  if (!(omega > 0 && omega < Infinity)) throw invalid('INVALID_ARGUMENT', where, 'parameters.omega', '> 0', omega);
  if (!(nu > 2)) throw invalid('INVALID_ARGUMENT', where, 'parameters.nu', '> 2', nu);
  if (!(beta >= 0 && beta < 1)) throw invalid('INVALID_ARGUMENT', where, 'parameters.beta', 'in [0, 1)', beta);
  if (!(alpha >= 0 && alpha * (1 + 3 / nu) <= beta)) {
    throw invalid('INVALID_ARGUMENT', where, 'parameters.alpha', '>= 0, and alpha (1 + 3 / nu) <= beta', alpha);
  }
}

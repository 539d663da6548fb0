import { invalid } from '../errors.js';
import type { BaselineForecast, BaselineOptions } from './baseline-forecast.js';
import { checkCloses, checkOpenUnit, checkOptions } from './check-options.js';
import { ewmaVolatility } from './ewma-volatility.js';
import { filteredQuantiles } from './filtered-quantiles.js';
import { RANDOM_WALK_LEAST_CLOSES } from './random-walk.js';

/** Decays of the default mixture: they look back about 7, 17, 67 and 200 days. Chosen on 2014-15 (US) and 2021 (Korea). */
export const MIXTURE_LAMBDAS: readonly number[] = [0.85, 0.94, 0.985, 0.995];

/** How a mixture of speeds is forecast. */
export interface EwmaMixtureOptions extends BaselineOptions {
  /** Decays per day, each in (0, 1); default 0.85, 0.94, 0.985 and 0.995. */
  lambdas?: readonly number[] | undefined;
}

/**
 * Returns the random walk's forecast with a volatility of several speeds: the mean of EWMA variances, × √steps, and filtered historical
 * quantiles. A burst of volatility moves it at once, yet it remembers what is usual, which one speed can't.
 *
 * @param closes oldest first, finite, > 0, at least 6; all adjusted the same way
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer closes; `INVALID_ARGUMENT` for a price, level or decay out of range;
 * `INVALID_HORIZON` if horizon < 1 or fractional
 */
export function ewmaMixtureForecast(
  closes: ArrayLike<number>,
  { lambdas = MIXTURE_LAMBDAS, ...options }: EwmaMixtureOptions,
): BaselineForecast {
  const where = 'ewmaMixtureForecast';
  const checked = checkOptions(where, options);
  if (lambdas.length === 0) throw invalid('INVALID_ARGUMENT', where, 'lambdas', 'at least one decay', 'none');
  lambdas.forEach((lambda, i) => {
    checkOpenUnit(where, `lambdas[${i}]`, lambda);
  });
  const logCloses = checkCloses(where, closes, RANDOM_WALK_LEAST_CLOSES);
  const sigma = new Float64Array(logCloses.length);
  for (const lambda of lambdas) {
    const one = ewmaVolatility(logCloses, lambda);
    for (let t = 0; t < sigma.length; t++) sigma[t] += (one[t] * one[t]) / lambdas.length;
  }
  for (let t = 0; t < sigma.length; t++) sigma[t] = Math.sqrt(sigma[t]);
  return filteredQuantiles(
    logCloses,
    { sigmaAt: (step) => ({ sigma, scale: Math.sqrt(step) }) },
    { ...checked, lastClose: closes[closes.length - 1] },
  );
}

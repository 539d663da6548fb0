import type { BaselineForecast, BaselineOptions } from './baseline-forecast.js';
import { checkCloses, checkOpenUnit, checkOptions } from './check-options.js';
import { ewmaVolatility } from './ewma-volatility.js';
import { filteredQuantiles } from './filtered-quantiles.js';

/** Closes that the random walk needs: five returns, below which a volatility means nothing. */
export const RANDOM_WALK_LEAST_CLOSES = 6;

/** RiskMetrics' decay for daily data. */
const DAILY_LAMBDA = 0.94;

/** How a random walk is forecast. */
export interface RandomWalkOptions extends BaselineOptions {
  /** Decay of the volatility per day, in (0, 1); default 0.94. */
  lambda?: number | undefined;
  /** `'mean'` moves the walk by the mean log return of all the closes; default `'none'`. */
  drift?: 'none' | 'mean' | undefined;
}

/**
 * Returns the random walk's forecast: the last close, with EWMA volatility × √steps and filtered historical quantiles.
 *
 * This is the ensemble's naive member. The quantiles of a step come from the newest 500 (`window`) overlapping standardised
 * returns over that many days; with fewer than 30 of them they are Gaussian around the last close. Nothing but the closes
 * given is looked at, so a forecast made at a past day from the closes up to that day is the one that would have been made then.
 *
 * @param closes oldest first, finite, > 0, at least 6; all adjusted the same way
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer closes; `INVALID_ARGUMENT` for a price, level or decay out of range;
 * `INVALID_HORIZON` if horizon < 1 or fractional
 * @example
 * const { median, q10, q90 } = randomWalkForecast(closes, { horizon: 5 });
 */
export function randomWalkForecast(closes: ArrayLike<number>, options: RandomWalkOptions): BaselineForecast {
  return forecastSteps(closes, options);
}

/**
 * Returns what {@link randomWalkForecast} does with the farthest of these steps as its horizon; only the steps themselves are computed, the rows of
 * others are NaN.
 *
 * @param steps days ahead, at least one
 * @throws ForecastError as `randomWalkForecast`
 */
export function randomWalkSteps(
  closes: ArrayLike<number>,
  steps: readonly number[],
  options: Omit<RandomWalkOptions, 'horizon'> = {},
): BaselineForecast {
  return forecastSteps(closes, { ...options, horizon: Math.max(...steps) }, steps);
}

function forecastSteps(
  closes: ArrayLike<number>,
  { lambda = DAILY_LAMBDA, drift = 'none', ...options }: RandomWalkOptions,
  steps?: readonly number[],
): BaselineForecast {
  const checked = checkOptions('randomWalkForecast', options);
  checkOpenUnit('randomWalkForecast', 'lambda', lambda);
  const logCloses = checkCloses('randomWalkForecast', closes, RANDOM_WALK_LEAST_CLOSES);
  const sigma = ewmaVolatility(logCloses, lambda);
  return filteredQuantiles(
    logCloses,
    {
      sigmaAt: (step) => ({ sigma, scale: Math.sqrt(step) }),
      drift: drift === 'mean' ? meanLogReturn(logCloses) : 0,
    },
    { ...checked, lastClose: closes[closes.length - 1], steps },
  );
}

/** Returns the mean daily log return. */
export function meanLogReturn(logCloses: Float64Array): number {
  const last = logCloses.length - 1;
  return (logCloses[last] - logCloses[0]) / last;
}

import { invalid } from '../errors.js';
import { pooledLeastSquares } from '../stats/index.js';
import type { BaselineForecast, BaselineOptions } from './baseline-forecast.js';
import { checkCloses, checkOptions } from './check-options.js';
import { filteredQuantiles } from './filtered-quantiles.js';
import { HAR_LEAST_BARS } from './har-range.js';
import { HAR_WIDTH, harRegression, harVolatility, type RangePrices, stepTargets } from './har-regression.js';

/** A regression of log range variances that many instruments share. */
export interface PooledHar {
  /** For step s at index s - 1: weights of one, and of the mean log variances of the last 1, 5, 22 and 66 bars. */
  readonly weights: readonly (readonly number[])[];
}

/** Bars that a forecast needs beside its horizon: three months of warm-up, and a month whose returns set the scale. */
export const POOLED_HAR_LEAST_BARS = 88;

/**
 * Returns one heterogeneous autoregression of log range variances for all the instruments, each around its own mean: harRangeForecast's,
 * by least squares over the rows of all of them.
 *
 * What follows a wild day is much alike among instruments, so the pool knows it better than two years of one of them.
 *
 * @param instruments at least one, of at least 120 bars (and one more for each step beyond the first) each
 * @param options options.horizon steps to regress, in trading days
 * @throws ForecastError `EMPTY_SERIES` without instruments; else as harRangeForecast
 * @see Corsi 2009, J. Financial Econometrics 7(2); Bollerslev, Hood, Huss & Pedersen 2018, Review of Financial Studies 31(7), for pooling
 */
export function fitPooledHar(instruments: readonly RangePrices[], { horizon }: { horizon: number }): PooledHar {
  const where = 'fitPooledHar';
  checkOptions(where, { horizon });
  if (instruments.length === 0) throw invalid('EMPTY_SERIES', where, 'instruments', 'at least one', 'none');
  const regressions = instruments.map((prices) =>
    harRegression(where, prices, checkCloses(where, prices.close, HAR_LEAST_BARS + horizon - 1)),
  );
  const weights = Array.from({ length: horizon }, (_, k) => {
    const parts = regressions.map((regression) => ({
      design: regression.design,
      target: stepTargets(regression, k + 1),
    }));
    return [...pooledLeastSquares(parts, HAR_WIDTH)];
  });
  return { weights };
}

/**
 * Returns the random walk's forecast with the volatility that a pooled regression sees in an instrument's own ranges; the instrument's past returns
 * set the scale, filtered historical quantiles the shape. The instrument need not have been in the pool.
 *
 * @param prices at least 87 bars more than the horizon, finite, > 0
 * @param options options.model as fitPooledHar returned it, of at least `horizon` steps
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer bars; `INVALID_HORIZON` if horizon < 1, fractional or beyond the model's; `INVALID_ARGUMENT` for a
 * model of another shape, and as harRangeForecast
 */
export function pooledHarForecast(
  prices: RangePrices,
  { model, ...options }: BaselineOptions & { model: PooledHar },
): BaselineForecast {
  const where = 'pooledHarForecast';
  const checked = checkOptions(where, options);
  const steps = model.weights.length;
  if (checked.horizon > steps)
    throw invalid('INVALID_HORIZON', where, 'horizon', `<= ${steps}, the model's`, checked.horizon);
  model.weights.forEach((weights, k) => {
    if (weights.length !== HAR_WIDTH || !weights.every(Number.isFinite)) {
      throw invalid('INVALID_ARGUMENT', where, `model.weights[${k}]`, `${HAR_WIDTH} finite numbers`, weights);
    }
  });
  const logCloses = checkCloses(where, prices.close, POOLED_HAR_LEAST_BARS + checked.horizon - 1);
  const regression = harRegression(where, prices, logCloses);
  return filteredQuantiles(
    logCloses,
    {
      sigmaAt: (step) => ({
        sigma: harVolatility(regression, step, model.weights[step - 1]),
        scale: Math.sqrt(step),
      }),
    },
    { ...checked, lastClose: prices.close[prices.close.length - 1] },
  );
}

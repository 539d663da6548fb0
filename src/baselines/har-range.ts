import { leastSquares } from '../stats/index.js';
import type { BaselineForecast, BaselineOptions } from './baseline-forecast.js';
import { checkCloses, checkOptions } from './check-options.js';
import { filteredQuantiles } from './filtered-quantiles.js';
import { HAR_WIDTH, harRegression, harVolatility, type RangePrices, stepTargets } from './har-regression.js';

/** Bars that the regression needs: half a year, of which a month is warm-up. */
export const HAR_LEAST_BARS = 120;

/**
 * Returns the random walk's forecast with a volatility regressed on ranges: a heterogeneous autoregression (HAR) of log variances, and
 * filtered historical quantiles.
 *
 * A bar's variance is its squared overnight return plus Rogers and Satchell's estimate from open, high, low and close, which says
 * more of a day than its close alone. For each step the logarithm of the mean variance of the days ahead is regressed (least squares,
 * over the bars given) on the mean log variances of the last 1, 5, 22 and 66 bars; its scale is set so that past returns have unit variance.
 *
 * @param prices at least 120 bars, finite, > 0
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer bars, or fewer than 120 more than the horizon; `INVALID_ARGUMENT` for prices or levels out of range,
 * columns of different lengths, or bars that never move; `INVALID_HORIZON` if horizon < 1 or fractional
 * @see Corsi 2009, J. Financial Econometrics 7(2); Rogers & Satchell 1991, Annals of Applied Probability 1(4)
 */
export function harRangeForecast(prices: RangePrices, options: BaselineOptions): BaselineForecast {
  const where = 'harRangeForecast';
  const checked = checkOptions(where, options);
  const bars = prices.close.length;
  const logCloses = checkCloses(where, prices.close, HAR_LEAST_BARS + checked.horizon - 1);
  const regression = harRegression(where, prices, logCloses);
  return filteredQuantiles(
    logCloses,
    {
      sigmaAt(step) {
        const weights = leastSquares(regression.design, stepTargets(regression, step), HAR_WIDTH);
        return { sigma: harVolatility(regression, step, weights), scale: Math.sqrt(step) };
      },
    },
    { ...checked, lastClose: prices.close[bars - 1] },
  );
}

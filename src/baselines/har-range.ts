import { invalid } from '../errors.js';
import { mean } from '../stats/index.js';
import type { BaselineForecast, BaselineOptions } from './baseline-forecast.js';
import { checkCloses, checkOptions, logPrices } from './check-options.js';
import { filteredQuantiles } from './filtered-quantiles.js';
import { leastSquares } from './least-squares.js';

/** Prices of one instrument, [bars] each, oldest first, all adjusted the same way. */
export interface RangePrices {
  open: ArrayLike<number>;
  high: ArrayLike<number>;
  low: ArrayLike<number>;
  close: ArrayLike<number>;
}

/** Bars that the regression needs: half a year, of which a month is warm-up. */
export const HAR_LEAST_BARS = 120;

/** Days of the averages that the regression sees: a day, a week, a month, a quarter. */
const SPANS = [1, 5, 22, 66];
const WARM_UP = 65;

/** A bar's variance never counts as less than this share of the mean: a fifth in volatility. */
const LEAST_SHARE = 0.04;

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
  const logVariances = barLogVariances(where, prices, logCloses);
  const regression = { logCloses, design: designMatrix(logVariances), summed: runningSums(logVariances.map(Math.exp)) };
  return filteredQuantiles(
    logCloses,
    { sigmaAt: (step) => ({ sigma: regressedVolatility(regression, step), scale: Math.sqrt(step) }) },
    { ...checked, lastClose: prices.close[bars - 1] },
  );
}

/** ln of each bar's variance, around their mean (which keeps the regression well conditioned); the first bar has no night before it. */
function barLogVariances(where: string, prices: RangePrices, close: Float64Array): Float64Array {
  const bars = close.length;
  const [open, high, low] = (['open', 'high', 'low'] as const).map((field) => {
    if (prices[field].length !== bars) {
      throw invalid('INVALID_ARGUMENT', where, field, `of length ${bars}, as close`, `length ${prices[field].length}`);
    }
    return logPrices(where, field, prices[field]);
  });
  const variances = new Float64Array(bars);
  for (let t = 0; t < bars; t++) {
    const night = t === 0 ? 0 : open[t] - close[t - 1];
    const [up, down] = [high[t] - open[t], low[t] - open[t]];
    const day = close[t] - open[t];
    // Rounded or adjusted prices can put the close outside its own range, where the estimate would go below 0.
    variances[t] = night * night + Math.max(0, up * (up - day) + down * (down - day));
  }
  const average = mean(variances);
  if (average === 0) throw invalid('INVALID_ARGUMENT', where, 'prices', 'moving', 'the same price in every bar');
  const logs = variances.map((variance) => Math.log(Math.max(variance, LEAST_SHARE * average)));
  const centre = mean(logs);
  return logs.map((log) => log - centre);
}

/** What the regression of every step shares. */
interface Regression {
  logCloses: Float64Array;
  /** [bars from the warm-up on × (1 + spans)]: one, and the mean log variance of each span. */
  design: Float64Array;
  /** [bars], running sums of the variances. */
  summed: Float64Array;
}

function designMatrix(logVariances: Float64Array): Float64Array {
  const width = SPANS.length + 1;
  const rows = logVariances.length - WARM_UP;
  const sums = runningSums(logVariances);
  const design = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const t = row + WARM_UP;
    design[row * width] = 1;
    SPANS.forEach((span, k) => {
      design[row * width + k + 1] = (sums[t] - (t >= span ? sums[t - span] : 0)) / span;
    });
  }
  return design;
}

function runningSums(values: Float64Array): Float64Array {
  const sums = values.slice();
  for (let t = 1; t < sums.length; t++) sums[t] += sums[t - 1];
  return sums;
}

/** Daily volatility over the next `step` days as regressed at each bar; 0 while the averages warm up. */
function regressedVolatility({ logCloses, design, summed }: Regression, step: number): Float64Array {
  const bars = logCloses.length;
  const width = SPANS.length + 1;
  const target = new Float64Array(bars - step - WARM_UP);
  for (let row = 0; row < target.length; row++) {
    const t = row + WARM_UP;
    target[row] = Math.log((summed[t + step] - summed[t]) / step);
  }
  const weights = leastSquares(design, target, width);
  const sigma = new Float64Array(bars);
  let surprise = 0;
  for (let t = WARM_UP; t < bars; t++) {
    let logVariance = 0;
    const at = (t - WARM_UP) * width;
    for (let k = 0; k < width; k++) logVariance += weights[k] * design[at + k];
    sigma[t] = Math.exp(logVariance / 2);
    if (t + step < bars) surprise += ((logCloses[t + step] - logCloses[t]) / sigma[t]) ** 2 / step;
  }
  const scale = Math.sqrt(surprise / target.length);
  for (let t = WARM_UP; t < bars; t++) sigma[t] *= scale;
  return sigma;
}

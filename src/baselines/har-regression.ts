import { invalid } from '../errors.js';
import { mean } from '../stats/index.js';
import { logPrices } from './check-options.js';

/** Prices of one instrument, [bars] each, oldest first, all adjusted the same way. */
export interface RangePrices {
  open: ArrayLike<number>;
  high: ArrayLike<number>;
  low: ArrayLike<number>;
  close: ArrayLike<number>;
}

/** Days of the averages that the regression sees: a day, a week, a month, a quarter. */
const SPANS = [1, 5, 22, 66];
/** Bars before the first whose averages are whole. */
export const HAR_WARM_UP = 65;

/** Columns of the design: one, and the mean log variance of each span. */
export const HAR_WIDTH = SPANS.length + 1;

/** A bar's variance never counts as less than this share of the mean: a fifth in volatility. */
const LEAST_SHARE = 0.04;

/** One instrument's part of a heterogeneous autoregression of log variances, which every step shares. */
export interface HarRegression {
  logCloses: Float64Array;
  /** [bars from the warm-up on × HAR_WIDTH]. */
  design: Float64Array;
  /** [bars], running sums of the variances. */
  summed: Float64Array;
}

/** Returns the regression of an instrument's bars, its log variances taken around their own mean. */
export function harRegression(where: string, prices: RangePrices, logCloses: Float64Array): HarRegression {
  const logVariances = barLogVariances(where, prices, logCloses);
  return { logCloses, design: designMatrix(logVariances), summed: runningSums(logVariances.map(Math.exp)) };
}

/** Returns the logarithm of the mean variance of the `step` bars ahead of each bar from the warm-up on that has them. */
export function stepTargets({ logCloses, summed }: HarRegression, step: number): Float64Array {
  const target = new Float64Array(logCloses.length - step - HAR_WARM_UP);
  for (let row = 0; row < target.length; row++) {
    const t = row + HAR_WARM_UP;
    target[row] = Math.log((summed[t + step] - summed[t]) / step);
  }
  return target;
}

/** Daily volatility over the next `step` days as regressed at each bar, its scale set by the returns seen; 0 while the averages warm up. */
export function harVolatility(
  { logCloses, design }: HarRegression,
  step: number,
  weights: ArrayLike<number>,
): Float64Array {
  const bars = logCloses.length;
  const sigma = new Float64Array(bars);
  let surprise = 0;
  for (let t = HAR_WARM_UP; t < bars; t++) {
    let logVariance = 0;
    const at = (t - HAR_WARM_UP) * HAR_WIDTH;
    for (let k = 0; k < HAR_WIDTH; k++) logVariance += weights[k] * design[at + k];
    sigma[t] = Math.exp(logVariance / 2);
    if (t + step < bars) surprise += ((logCloses[t + step] - logCloses[t]) / sigma[t]) ** 2 / step;
  }
  const scale = Math.sqrt(surprise / (bars - step - HAR_WARM_UP));
  for (let t = HAR_WARM_UP; t < bars; t++) sigma[t] *= scale;
  return sigma;
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

function designMatrix(logVariances: Float64Array): Float64Array {
  const rows = logVariances.length - HAR_WARM_UP;
  const sums = runningSums(logVariances);
  const design = new Float64Array(rows * HAR_WIDTH);
  for (let row = 0; row < rows; row++) {
    const t = row + HAR_WARM_UP;
    design[row * HAR_WIDTH] = 1;
    SPANS.forEach((span, k) => {
      design[row * HAR_WIDTH + k + 1] = (sums[t] - (t >= span ? sums[t - span] : 0)) / span;
    });
  }
  return design;
}

function runningSums(values: Float64Array): Float64Array {
  const sums = values.slice();
  for (let t = 1; t < sums.length; t++) sums[t] += sums[t - 1];
  return sums;
}

import { invalid } from '../errors.js';
import { mean } from '../stats/index.js';
import { checkColumns, checkCount, checkShare } from './check-rows.js';
import { studentTTwoSided } from './student-t-cdf.js';
import type { Verdict } from './verdict.js';

/** What the Diebold-Mariano test says of two series of losses. */
export interface DieboldMariano {
  /** Mean of loss - reference; negative if the forecast loses less. */
  meanDifference: number;
  /** Its standard error, with the small-sample factor. */
  standardError: number;
  statistic: number;
  /** Two-sided, Student t with n - 1 degrees of freedom. */
  pValue: number;
  /** Autocovariances taken in. */
  lag: number;
  count: number;
  /** At the 5 % level, or the one asked for; 'better' means that the forecast loses less than the reference. */
  verdict: Verdict;
}

/**
 * Returns the Diebold-Mariano test of equal loss, with Bartlett weights and the factor of Harvey, Leybourne & Newbold.
 *
 * Give one loss per date (the mean over its instruments, see sumByDate): instruments of a date are not independent. Bartlett
 * weights keep the variance from going negative, which the plain h - 1 autocovariances do in small samples.
 *
 * @param losses [dates], of the forecast, in order of time
 * @param reference [dates], of the reference on the same rows
 * @param options options.horizon of the forecasts in trading days, default 1; options.lag default max(horizon - 1, ⌊4 (n/100)^(2/9)⌋), the
 * automatic choice of Newey & West; options.significance default 0.05
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer than 8 dates, or not more than the horizon; `INVALID_ARGUMENT` for lengths that
 * do not fit, values that are not finite, a lag that is no whole number in 0..n-1
 * @see Diebold & Mariano 1995, JBES 13; Harvey, Leybourne & Newbold 1997, IJF 13; Newey & West 1987, Econometrica 55
 */
export function dieboldMariano(
  losses: ArrayLike<number>,
  reference: ArrayLike<number>,
  {
    horizon = 1,
    significance = 0.05,
    ...options
  }: { horizon?: number | undefined; lag?: number | undefined; significance?: number | undefined } = {},
): DieboldMariano {
  const where = 'dieboldMariano';
  checkCount(where, 'horizon', horizon);
  checkShare(where, 'significance', significance);
  const count = losses.length;
  if (count < 8 || count <= horizon) {
    throw invalid('SERIES_TOO_SHORT', where, 'losses', `at least ${Math.max(8, horizon + 1)} dates`, `${count} dates`);
  }
  checkColumns(where, { losses, reference });
  const lag = options.lag ?? Math.min(count - 1, Math.max(horizon - 1, Math.floor(4 * (count / 100) ** (2 / 9))));
  checkCount(where, 'lag', lag, 0);
  if (lag >= count) throw invalid('INVALID_ARGUMENT', where, 'lag', `< ${count}, the dates`, lag);

  const differences = Float64Array.from(losses, (loss, i) => loss - reference[i]);
  const meanDifference = mean(differences);
  const shortening = (count + 1 - 2 * horizon + (horizon * (horizon - 1)) / count) / count;
  const standardError = Math.sqrt(bartlettVariance(differences, lag) / count / Math.max(shortening, 0));
  // Two equal series have no variance: nothing tells them apart.
  const statistic = meanDifference === 0 ? 0 : meanDifference / standardError;
  const pValue = studentTTwoSided(statistic, count - 1);
  const apart = pValue < significance;
  return {
    meanDifference,
    standardError,
    statistic,
    pValue,
    lag,
    count,
    verdict: !apart ? 'not distinguishable' : meanDifference < 0 ? 'better' : 'worse',
  };
}

/**
 * Returns the long-run variance: the variance plus twice the autocovariances up to `lag`, with weights 1 - k / (lag + 1). Never
 * negative; autocovariances are divided by n.
 *
 * @param values finite, in order of time
 * @see Newey & West 1987
 */
export function bartlettVariance(values: Float64Array, lag: number): number {
  const centre = mean(values);
  let variance = 0;
  for (let k = 0; k <= lag; k++) {
    let sum = 0;
    for (let t = k; t < values.length; t++) sum += (values[t] - centre) * (values[t - k] - centre);
    variance += (k === 0 ? 1 : 2 * (1 - k / (lag + 1))) * (sum / values.length);
  }
  return variance;
}

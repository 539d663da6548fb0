import { invalid } from '../errors.js';
import { normalCdf } from '../stats/index.js';
import { checkColumns } from './check-rows.js';

/** Whether signs were foretold better than labels and outcomes that have nothing to do with each other. */
export interface PesaranTimmermann {
  hitRate: number;
  /** Hit rate to expect of independent signs with the same shares. */
  expectedRate: number;
  /** Standard normal if independent; NaN where one side never varies. */
  statistic: number;
  /** One-sided: probability of a statistic at least this large without skill. */
  pValue: number;
}

/**
 * Returns the Pesaran-Timmermann test of association between foretold and realised signs (> 0 is up, all else down).
 *
 * It takes rows as independent: for overlapping horizons, or several instruments a date, thin the rows first or use a block bootstrap.
 *
 * @param predicted [rows], returns or probabilities less one half; only the sign counts
 * @param actuals [rows], returns
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer than 2 rows; `INVALID_ARGUMENT` for lengths that do not fit or values that are
 * not finite
 * @see Pesaran & Timmermann 1992, "A Simple Nonparametric Test of Predictive Performance", JBES 10(4), equation 6
 */
export function pesaranTimmermann(predicted: ArrayLike<number>, actuals: ArrayLike<number>): PesaranTimmermann {
  const count = actuals.length;
  if (count < 2) throw invalid('SERIES_TOO_SHORT', 'pesaranTimmermann', 'actuals', 'at least 2 rows', `${count} rows`);
  checkColumns('pesaranTimmermann', { actuals, predicted });
  let [up, calledUp, hits] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const [came, called] = [actuals[i] > 0, predicted[i] > 0];
    if (came) up++;
    if (called) calledUp++;
    if (came === called) hits++;
  }
  const y = up / count;
  const x = calledUp / count;
  const hitRate = hits / count;
  const expectedRate = y * x + (1 - y) * (1 - x);
  const hitVariance = (expectedRate * (1 - expectedRate)) / count;
  const expectedVariance =
    ((2 * y - 1) ** 2 * x * (1 - x) + (2 * x - 1) ** 2 * y * (1 - y) + (4 * y * x * (1 - y) * (1 - x)) / count) / count;
  const spread = hitVariance - expectedVariance;
  // With one side always the same the hit rate is the expected one, and there is no association to test.
  const statistic =
    spread > 0 && y * (1 - y) * x * (1 - x) > 0 ? (hitRate - expectedRate) / Math.sqrt(spread) : Number.NaN;
  return { hitRate, expectedRate, statistic, pValue: normalCdf(-statistic) };
}

import { directionProbabilities, randomWalkForecast } from '../../baselines/index.js';
import type { NaiveStep } from '../../ensemble/index.js';

/**
 * Returns the random walk's steps by horizon: the last close stays, with filtered historical quantiles around it.
 *
 * @param closes oldest first, in price
 * @param flatBand half-width of the flat band as a simple return
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer than 6 closes
 */
export function naiveSteps(
  closes: Float64Array,
  horizons: readonly number[],
  flatBand: number,
): Map<number, NaiveStep> {
  const { median, q10, q90, levels, quantiles } = randomWalkForecast(closes, { horizon: Math.max(...horizons) });
  const baseClose = closes[closes.length - 1];
  return new Map(
    horizons.map((horizon) => {
      const row = quantiles.subarray((horizon - 1) * levels.length, horizon * levels.length);
      const shares = directionProbabilities({ levels, values: row }, baseClose, flatBand);
      const step = horizon - 1;
      return [horizon, { median: median[step], q10: q10[step], q90: q90[step], levels, quantiles: row, ...shares }];
    }),
  );
}

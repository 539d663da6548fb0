import { type BaselineForecast, directionProbabilities, randomWalkForecast } from '../../baselines/index.js';
import type { NaiveStep } from '../../ensemble/index.js';
import type { PriceSeries } from '../../series/index.js';

/** Forecasts the closes of steps 1..horizon without a model: the naive member. See `chronolight/baselines`. */
export type NaiveForecaster = (series: PriceSeries, horizon: number) => BaselineForecast;

/** The random walk: the last close stays, with filtered historical quantiles around it. */
const randomWalk: NaiveForecaster = ({ close }, horizon) => randomWalkForecast(close, { horizon });

/**
 * Returns the naive member's steps by horizon.
 *
 * @param flatBand half-width of the flat band as a simple return
 * @throws ForecastError `SERIES_TOO_SHORT` with too few bars for the forecaster; whatever a forecaster of the host's throws
 */
export function naiveSteps(
  series: PriceSeries,
  horizons: readonly number[],
  { flatBand, naive = randomWalk }: { flatBand: number; naive?: NaiveForecaster },
): Map<number, NaiveStep> {
  const { median, q10, q90, levels, quantiles } = naive(series, Math.max(...horizons));
  const baseClose = series.close[series.length - 1];
  return new Map(
    horizons.map((horizon) => {
      const row = quantiles.subarray((horizon - 1) * levels.length, horizon * levels.length);
      const shares = directionProbabilities({ levels, values: row }, baseClose, flatBand);
      const step = horizon - 1;
      return [horizon, { median: median[step], q10: q10[step], q90: q90[step], levels, quantiles: row, ...shares }];
    }),
  );
}

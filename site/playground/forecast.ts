import { ewmaMixtureForecast, harRangeForecast, randomWalkForecast } from '../../src/baselines/index.js';
import { ForecastError } from '../../src/errors.js';
import { type PriceSeries, sliceSeries } from '../../src/series/index.js';

/** The levels that every forecaster of the page is asked for: the median and the edges of 50, 80 and 95 %. */
export const LEVELS: readonly number[] = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];

/** Newest bars that a forecast looks at: some four years. */
export const CONTEXT_BARS = 1000;

/** What one forecaster says of the days ahead. */
export interface Forecast {
  readonly forecaster: string;
  /** The days ahead that it speaks of, ascending, from 1. */
  readonly steps: readonly number[];
  /** For each step the quantiles at `LEVELS`, in price, non-decreasing. */
  readonly quantiles: readonly (readonly number[])[];
}

/** Something that forecasts without training. */
export interface Forecaster {
  readonly name: string;
  /** Returns [horizon × LEVELS], row-major, in price. @throws ForecastError as its function */
  forecast(series: PriceSeries, horizon: number): Float64Array;
}

/** The yardstick. */
export const RANDOM_WALK = 'Random walk';

/** The forecasters that need no model, the yardstick last. */
export const FORECASTERS: readonly Forecaster[] = [
  {
    name: 'Ranges (HAR)',
    forecast: (series, horizon) => harRangeForecast(series, { horizon, levels: LEVELS }).quantiles,
  },
  {
    name: 'Mixed speeds (EWMA)',
    forecast: ({ close }, horizon) => ewmaMixtureForecast(close, { horizon, levels: LEVELS }).quantiles,
  },
  {
    name: RANDOM_WALK,
    forecast: ({ close }, horizon) => randomWalkForecast(close, { horizon, levels: LEVELS }).quantiles,
  },
];

/** Returns the bars that a forecast made at the close of bar `end - 1` may see. */
export function contextUntil(series: PriceSeries, end: number): PriceSeries {
  return sliceSeries(series, Math.max(0, end - CONTEXT_BARS), end);
}

/**
 * Returns what each forecaster says of the days after the last bar; those that cannot speak of this series are listed with their reason.
 *
 * @throws ForecastError the random walk's own, where not even it can
 */
export function forecastAll(
  series: PriceSeries,
  horizon: number,
): { forecasts: Forecast[]; missing: { forecaster: string; reason: string }[] } {
  const context = contextUntil(series, series.length);
  const forecasts: Forecast[] = [];
  const missing: { forecaster: string; reason: string }[] = [];
  for (const { name, forecast } of FORECASTERS) {
    try {
      const quantiles = forecast(context, horizon);
      forecasts.push({
        forecaster: name,
        steps: Array.from({ length: horizon }, (_, k) => k + 1),
        quantiles: Array.from({ length: horizon }, (_, k) => [
          ...quantiles.subarray(k * LEVELS.length, (k + 1) * LEVELS.length),
        ]),
      });
    } catch (error) {
      if (!(error instanceof ForecastError) || name === RANDOM_WALK) throw error;
      missing.push({ forecaster: name, reason: error.message });
    }
  }
  return { forecasts, missing };
}

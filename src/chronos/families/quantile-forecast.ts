import { ForecastError } from '../../errors.js';
import { levelPlace, quantileFunction } from '../../stats/index.js';
import type { SeriesTransform } from '../checkpoint/checkpoint-config.js';
import type { ChronosForecast } from '../chronos-model.js';
import type { ForecastRequest } from './forecast-request.js';
import { samplePaths } from './sample-paths.js';
import { fromSeries } from './series-transform.js';

/**
 * Returns the forecast that a quantile family's output stands for.
 *
 * Levels, tails and paths are read in the network's units and only then turned into the context's: the tails of a model of
 * log prices are exponential in the logarithm, so that no price falls below 0.
 *
 * @param quantiles `[native levels × horizon]`, row-major, in the network's units
 * @throws ForecastError NO_FORECAST when one is not finite
 */
export function quantileForecast(
  native: readonly number[],
  quantiles: Float64Array,
  request: ForecastRequest,
  { input, seed }: { input: SeriesTransform['input']; seed: number },
): ChronosForecast {
  const { horizon, levels, numSamples } = request;
  if (!quantiles.every(Number.isFinite)) throw noForecast();
  const steps = Array.from({ length: horizon }, (_, step) => {
    const column = new Float64Array(native.length);
    for (let level = 0; level < native.length; level++) column[level] = quantiles[level * horizon + step];
    return quantileFunction(native, column);
  });
  const read = (...wanted: readonly number[]) => {
    const out = new Float64Array(horizon * wanted.length);
    const places = wanted.map((level) => levelPlace(native, level));
    let i = 0;
    for (const step of steps) for (const place of places) out[i++] = step.atPlace(place);
    return restored(out, input);
  };
  return {
    median: read(0.5),
    q10: read(0.1),
    q90: read(0.9),
    levels: [...levels],
    quantiles: read(...levels),
    samples: restored(samplePaths(steps, numSamples, seed), input),
  };
}

/** Turns values into the context's units, in place; a logarithm of no number's price is no forecast. */
function restored(values: Float64Array, input: SeriesTransform['input']): Float64Array {
  if (!fromSeries(values, input).every(Number.isFinite)) throw noForecast();
  return values;
}

/** Returns the error for a network that gives no numbers: its weights are no trained ones, or the context is out of all range. */
export function noForecast(): ForecastError {
  return new ForecastError('NO_FORECAST', 'forecast: the network gave numbers that are not finite', {
    field: 'series',
  });
}

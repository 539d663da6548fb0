import { type LevelPlace, levelPlace, quantileFunction } from '../../stats/index.js';
import type { SeriesTransform } from '../checkpoint/checkpoint-config.js';
import type { ChronosForecast } from '../chronos-model.js';
import type { ForecastRequest } from './forecast-request.js';
import { type ModelCall, noForecast } from './model-call.js';
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
  const { call, horizon, levels, numSamples } = request;
  if (!areFinite(quantiles)) throw noForecast(call);
  const steps = Array.from({ length: horizon }, (_, step) => {
    const column = new Float64Array(native.length);
    for (let level = 0; level < native.length; level++) column[level] = quantiles[level * horizon + step];
    return quantileFunction(native, column);
  });
  const read = (wanted: readonly number[]) => {
    const out = new Float64Array(horizon * wanted.length);
    const places = placesOn(native, wanted);
    let i = 0;
    for (const step of steps) for (const place of places) out[i++] = step.atPlace(place);
    return restored(out, input, call);
  };
  return {
    median: read(MEDIAN),
    q10: read(LOW),
    q90: read(HIGH),
    levels: [...levels],
    quantiles: read(levels),
    samples: restored(samplePaths(steps, numSamples, seed), input, call),
  };
}

const MEDIAN = [0.5];
const LOW = [0.1];
const HIGH = [0.9];

/** By native levels and the levels read of them: a request's are the same for all its series. */
const places = new WeakMap<readonly number[], WeakMap<readonly number[], LevelPlace[]>>();

function placesOn(native: readonly number[], wanted: readonly number[]): readonly LevelPlace[] {
  let known = places.get(native);
  if (known === undefined) {
    known = new WeakMap();
    places.set(native, known);
  }
  let found = known.get(wanted);
  if (found === undefined) {
    found = wanted.map((level) => levelPlace(native, level));
    known.set(wanted, found);
  }
  return found;
}

/** Turns values into the context's units, in place; a logarithm of no number's price is no forecast. */
function restored(values: Float64Array, input: SeriesTransform['input'], call: ModelCall): Float64Array {
  if (!areFinite(fromSeries(values, input))) throw noForecast(call);
  return values;
}

function areFinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

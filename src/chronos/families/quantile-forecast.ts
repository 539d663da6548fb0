import { type LevelPlace, levelPlace, type QuantileFunction, quantileFunction } from '../../stats/index.js';
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
  const steps = new Array<QuantileFunction>(horizon);
  const column = new Float64Array(native.length);
  for (let step = 0; step < horizon; step++) {
    for (let level = 0; level < native.length; level++) column[level] = quantiles[level * horizon + step];
    steps[step] = quantileFunction(native, column);
  }
  const read = (places: readonly LevelPlace[]) => restored(valuesAt(steps, places), input, call);
  return {
    median: read(placesOn(native, MEDIAN)),
    q10: read(placesOn(native, LOW)),
    q90: read(placesOn(native, HIGH)),
    levels: [...levels],
    quantiles: read(placesOn(native, levels)),
    samples: restored(samplePaths(steps, numSamples, seed), input, call),
  };
}

/** Returns `[steps × places]`, row-major. */
function valuesAt(steps: readonly QuantileFunction[], places: readonly LevelPlace[]): Float64Array {
  const out = new Float64Array(steps.length * places.length);
  let i = 0;
  for (let step = 0; step < steps.length; step++)
    for (let place = 0; place < places.length; place++) out[i++] = steps[step].atPlace(places[place]);
  return out;
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

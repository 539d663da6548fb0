import { checkCode, checkCodes, checkHorizons } from '../check-request.js';
import { DEFAULT_HORIZONS, type ForecastContext } from '../context.js';
import { fetchSeries } from '../fetch-series.js';
import { mapConcurrently } from '../map-concurrently.js';
import { type BoosterCache, createBoosterCache } from './booster-cache.js';
import { chronosSteps } from './chronos-steps.js';
import { composePrediction } from './compose-prediction.js';
import type { Prediction } from './prediction.js';

export type PredictOptions = ForecastContext & {
  /** Trading days ahead; default 1, 3, 5. */
  horizons?: readonly number[];
  /** Parsed models to share between calls; default one of this call's own. */
  boosters?: BoosterCache;
};

/** One instrument's forecast, or why there is none. */
export type PredictionResult = { code: string } & ({ prediction: Prediction } | { error: unknown });

/** Prices are fetched for so many instruments at a time. */
const FETCH_CONCURRENCY = 8;

/**
 * Forecasts one instrument from its newest finished bars.
 *
 * A member that fails is reported in `failures` and logged, and the others stand in for it.
 *
 * @param code the instrument, as the price source knows it
 * @throws ForecastError `NO_FORECAST` when for some horizon neither Chronos nor LightGBM has a forecast, naming both causes;
 *   `UNKNOWN_CODE`, `EMPTY_SERIES`, `INVALID_BAR`, ... for the prices; `INVALID_HORIZON`, `INVALID_ARGUMENT` for the call
 * @example
 * const { steps } = await predict('005930', { prices, chronos, horizons: [1, 3, 5] });
 * console.log(steps[0].pointClose, steps[0].ciLow, steps[0].ciHigh);
 */
export async function predict(code: string, options: PredictOptions): Promise<Prediction> {
  checkCode('predict', code);
  const [result] = await predictMany([code], options);
  if ('error' in result) throw result.error;
  return result.prediction;
}

/**
 * Forecasts several instruments, Chronos in one batch. One instrument's failure is its own result's.
 *
 * @returns one result a code, in the order of `codes` without repeats
 * @throws ForecastError for a faulty call; the signal's reason when aborted
 */
export async function predictMany(codes: readonly string[], options: PredictOptions): Promise<PredictionResult[]> {
  const unique = checkCodes('predict', codes);
  const horizons = checkHorizons('predict', options.horizons ?? DEFAULT_HORIZONS);
  const { lookbackDays = 400, models, signal } = options;
  const fetched = await mapConcurrently(unique, FETCH_CONCURRENCY, async (code) => {
    try {
      return { code, series: await fetchSeries(options, code, { limit: lookbackDays }) };
    } catch (error) {
      signal?.throwIfAborted();
      return { code, error };
    }
  });
  const known = fetched.flatMap(({ code, series }) => (series ? [{ code, series }] : []));
  const chronos = await chronosSteps(known, horizons, options);
  const boosters = options.boosters ?? (models && createBoosterCache(models));

  const results: PredictionResult[] = [];
  for (const { code, series, error } of fetched) {
    if (series === undefined) {
      results.push({ code, error });
      continue;
    }
    signal?.throwIfAborted();
    try {
      results.push({
        code,
        prediction: await composePrediction({ code, series, horizons, chronos: chronos(code), boosters }, options),
      });
    } catch (failure) {
      signal?.throwIfAborted();
      results.push({ code, error: failure });
    }
  }
  return results;
}

import type { PriceSeries } from '../../series/index.js';
import { checkCode, checkCodes, checkHorizons } from '../check-request.js';
import { DEFAULT_HORIZONS, type ForecastContext } from '../context.js';
import { FETCH_CONCURRENCY, fetchSeries, todayOf } from '../fetch-series.js';
import { letOthersRun } from '../let-others-run.js';
import { mapConcurrently } from '../map-concurrently.js';
import { type BoosterCache, createBoosterCache } from './booster-cache.js';
import { type ChronosOutcome, chronosSteps } from './chronos-steps.js';
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
  const request = checkPredict(codes, options);
  return composeAll(await gather(request.codes, request), request);
}

/** A checked call. */
export interface PredictRequest {
  codes: string[];
  horizons: number[];
  options: PredictOptions;
  boosters: BoosterCache | undefined;
}

/** @throws ForecastError for a faulty call */
export function checkPredict(codes: readonly string[], options: PredictOptions): PredictRequest {
  const { models } = options;
  const horizons = checkHorizons('predict', options.horizons ?? DEFAULT_HORIZONS);
  return {
    codes: checkCodes('predict', codes),
    horizons,
    options,
    // One call asks an instrument's own models once: only those of a pool are worth keeping, and there is one a horizon.
    boosters: options.boosters ?? (models && createBoosterCache(models, horizons.length)),
  };
}

/** What an instrument's forecast is made from: its prices and what Chronos says of them; or why there are no prices. */
export type Gathered = { code: string } & ({ series: PriceSeries; chronos: ChronosOutcome } | { error: unknown });

/** Fetches the instruments' prices and runs Chronos over them in one batch. */
export async function gather(codes: readonly string[], { horizons, options }: PredictRequest): Promise<Gathered[]> {
  const { lookbackDays = 400, signal } = options;
  const today = todayOf(options);
  const fetched = await mapConcurrently(codes, FETCH_CONCURRENCY, async (code) => {
    try {
      return { code, series: await fetchSeries(options, code, { limit: lookbackDays }, today) };
    } catch (error) {
      signal?.throwIfAborted();
      return { code, error };
    }
  });
  const known = fetched.flatMap(({ code, series }) => (series ? [{ code, series }] : []));
  const chronos = await chronosSteps(known, horizons, options);
  return fetched.map(({ code, series, error }) =>
    series === undefined ? { code, error } : { code, series, chronos: chronos(code) },
  );
}

/** Makes the forecasts, one result an instrument, in their order. */
export async function composeAll(
  gathered: readonly Gathered[],
  { horizons, options, boosters }: PredictRequest,
): Promise<PredictionResult[]> {
  const { signal } = options;
  const results: PredictionResult[] = [];
  for (const item of gathered) {
    const { code } = item;
    if ('error' in item) {
      results.push({ code, error: item.error });
      continue;
    }
    signal?.throwIfAborted();
    try {
      results.push({ code, prediction: await composePrediction({ ...item, horizons, boosters }, options) });
    } catch (failure) {
      signal?.throwIfAborted();
      results.push({ code, error: failure });
    }
    await letOthersRun();
  }
  return results;
}

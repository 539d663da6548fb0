import { letOthersRun, mapConcurrently } from '../../concurrency/index.js';
import { ForecastError, refuseUnknown } from '../../errors.js';
import { traced } from '../../host/traced.js';
import { frozenDays, type PriceSeries } from '../../series/index.js';
import { tradingDaysBetween } from '../../series/inside.js';
import { checkCode, checkCodes, checkHorizons } from '../check-request.js';
import { CALL_OPTIONS, type CallOptions, type Context, DEFAULT_HORIZONS, requireContext } from '../context.js';
import { FETCH_CONCURRENCY, fetchingOnce, todayOf } from '../fetch-series.js';
import { type Answers, askMembers } from './ask-members.js';
import { composeForecast, targetDates } from './compose-forecast.js';
import type { Forecast } from './forecast.js';
import { type WeightsKey, weightsReader } from './readable-weights.js';

export interface PredictOptions extends CallOptions {
  /** Trading days ahead; default 1, 3, 5. */
  horizons?: readonly number[] | undefined;
}

/** The keys of `PredictOptions`, for `refuseUnknown`. */
export const PREDICT_OPTIONS: readonly string[] = [...CALL_OPTIONS, 'horizons'];

/** One instrument's forecast, or why there is none. */
export type ForecastResult = { code: string } & ({ forecast: Forecast } | { error: unknown });

/**
 * Forecasts one instrument from its newest finished bars.
 *
 * A member that fails is reported in `failures` and logged, and the others stand in for it.
 *
 * @param code the instrument, as the price source knows it
 * @throws ForecastError `NO_FORECAST` when for some horizon no member but the yardstick has a forecast, naming every cause;
 *   `UNKNOWN_CODE`, `EMPTY_SERIES`, `SERIES_TOO_SHORT`, ... for the prices; `INVALID_HORIZON`, `INVALID_ARGUMENT` for the call
 * @example
 * const { steps } = await predict('005930', context, { horizons: [1, 3, 5] });
 * console.log(steps[0].pointClose, steps[0].ciLow, steps[0].ciHigh, steps[0].quantile(0.95));
 */
export async function predict(code: string, context: Context, options: PredictOptions = {}): Promise<Forecast> {
  checkCode('predict', code);
  const [result] = await predictMany([code], context, options);
  if ('error' in result) throw result.error;
  return result.forecast;
}

/**
 * Forecasts several instruments, each member asked once for all of them. One instrument's failure is its own result's.
 *
 * @returns one result a code, in the order of `codes` without repeats
 * @throws ForecastError for a faulty call; the signal's reason when aborted
 */
export async function predictMany(
  codes: readonly string[],
  context: Context,
  options: PredictOptions = {},
): Promise<ForecastResult[]> {
  refuseUnknown('predict', options, PREDICT_OPTIONS);
  const request = checkPredict(codes, context, options);
  return traced(
    'forecast',
    () => ({ codes: request.codes, horizons: request.horizons }),
    async () => composeAll(await gather(request.codes, request), request),
  );
}

/** A checked call. */
export interface PredictRequest {
  codes: string[];
  horizons: number[];
  signal: AbortSignal | undefined;
  context: Context;
  /** Instruments whose newest bar that says anything new is older, in trading days, are not forecast. */
  maxAgeDays?: number | undefined;
  /** No bar after this day is looked at, 'YYYY-MM-DD'; default today. */
  to?: string | undefined;
}

/** @throws ForecastError for a faulty call */
export function checkPredict(codes: readonly string[], context: Context, options: PredictOptions): PredictRequest {
  return {
    context: requireContext('predict', context, options),
    codes: checkCodes('predict', codes),
    horizons: checkHorizons('predict', options.horizons ?? DEFAULT_HORIZONS),
    signal: options.signal,
  };
}

/** What an instrument's forecast is made from: its prices and what the members say; or why there are no prices. */
export type Gathered = { code: string } & ({ series: PriceSeries; answers: Answers } | { error: unknown });

/** Returns what fetches the newest bars of an instrument, once for the request. */
export function historyOf({ context, signal, to }: PredictRequest): (code: string) => Promise<PriceSeries> {
  return fetchingOnce(context, { limit: context.historyBars, to, signal });
}

/** Fetches the instruments' prices and asks the members about all of them together. */
export async function gather(
  codes: readonly string[],
  request: PredictRequest,
  history = historyOf(request),
): Promise<Gathered[]> {
  const { context, horizons, signal, maxAgeDays } = request;
  const today = todayOf(context);
  const fetched = await mapConcurrently(codes, FETCH_CONCURRENCY, async (code) => {
    try {
      const series = await history(code);
      requireBars(series, context);
      requireFresh(series, { context, today, maxAgeDays });
      return { code, series };
    } catch (error) {
      signal?.throwIfAborted();
      return { code, error };
    }
  });
  const known = fetched.flatMap((item) =>
    'series' in item && item.series ? [{ code: item.code, series: item.series }] : [],
  );
  const answers = await askMembers(known, { horizons, history, signal }, context);
  const byCode = new Map(known.map(({ code }, i) => [code, answers[i]]));
  return fetched.map(({ code, series, error }) =>
    series === undefined ? { code, error } : { code, series, answers: byCode.get(code)! },
  );
}

/** An interval from a handful of bars is a guess that looks like a measurement. */
function requireBars({ length, code }: PriceSeries, { minBars }: Context): void {
  if (length >= minBars) return;
  throw new ForecastError('SERIES_TOO_SHORT', `predict(${code}): expected at least ${minBars} bars, got ${length}`, {
    field: 'bars',
    expected: `at least ${minBars} bars`,
    actual: `${length} bars`,
  });
}

function requireFresh(
  series: PriceSeries,
  { context, today, maxAgeDays }: { context: Context; today: string; maxAgeDays: number | undefined },
): void {
  if (maxAgeDays === undefined) return;
  // bars of a frozen feed are no news
  const newest = series.dates[series.length - 1 - frozenDays(series)];
  const age = tradingDaysBetween(newest, today, context.market.calendar);
  if (age <= maxAgeDays) return;
  const message = `predict(${series.code}): the newest bar that says anything new, of ${newest}, is ${age} trading days old`;
  throw new ForecastError('STALE_PRICES', message, {
    field: 'bars',
    expected: `a bar at most ${maxAgeDays} trading days old that does not only repeat the one before it`,
    actual: newest,
  });
}

function weightsKeys(item: Gathered, horizons: readonly number[]): WeightsKey[] {
  if ('error' in item) return [];
  const { code, series } = item;
  const asOf = series.dates[series.length - 1];
  return horizons.map((horizon) => ({ code, horizon, asOf }));
}

/** Makes the forecasts, one result an instrument, in their order. */
export async function composeAll(
  gathered: readonly Gathered[],
  { horizons, signal, context }: PredictRequest,
): Promise<ForecastResult[]> {
  const results: ForecastResult[] = [];
  const weightsOf = await weightsReader(
    context,
    gathered.flatMap((item) => weightsKeys(item, horizons)),
  );
  const composing = { context, targetDate: targetDates(context.market.calendar), weightsOf };
  for (const item of gathered) {
    const { code } = item;
    if ('error' in item) {
      results.push({ code, error: item.error });
      continue;
    }
    signal?.throwIfAborted();
    try {
      results.push({ code, forecast: await composeForecast(item, horizons, composing) });
    } catch (failure) {
      signal?.throwIfAborted();
      results.push({ code, error: failure });
    }
    await letOthersRun();
  }
  return results;
}

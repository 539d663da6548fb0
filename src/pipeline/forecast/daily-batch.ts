import { linkAbort, withinTime } from '../../concurrency/index.js';
import { invalid, refuseUnknown } from '../../errors.js';
import { traced } from '../../host/traced.js';
import type { PredictionRecord } from '../../store/records.js';
import { checkCodes, checkDays } from '../check-request.js';
import { type Context, type Progress, requireStoring, type StoringContext } from '../context.js';
import { isStoreDown } from '../store-down.js';
import { writeTogether } from '../write-together.js';
import { issueOf } from './issue-of.js';
import {
  checkPredict,
  composeAll,
  type ForecastResult,
  gather,
  PREDICT_OPTIONS,
  type PredictOptions,
} from './predict.js';
import { toRecords } from './predict-and-store.js';

export interface DailyBatchOptions extends PredictOptions {
  /** The watched instruments. */
  codes: readonly string[];
  /** Brings the price source up to date before anything is forecast; its failure is reported, and what prices there are, are used. */
  refreshPrices?: ((codes: readonly string[], signal: AbortSignal) => Promise<void>) | undefined;
  /** How long that may take; default 600,000. */
  refreshTimeoutMs?: number | undefined;
  /** Instruments whose newest bar that says anything new (`frozenDays`) is more trading days old are left out (`STALE_PRICES`); default none. */
  maxAgeDays?: number | undefined;
  /** Instruments forecast and stored at a time; default 64. */
  chunkSize?: number | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** The keys of `DailyBatchOptions`, for `refuseUnknown`. */
export const DAILY_BATCH_OPTIONS: readonly string[] = [
  ...PREDICT_OPTIONS,
  ...['codes', 'refreshPrices', 'refreshTimeoutMs', 'maxAgeDays', 'chunkSize', 'onProgress'],
];

export interface DailyBatchReport {
  /** Instruments whose forecasts were stored. */
  stored: string[];
  failures: { code: string; error: unknown }[];
  /** Why prices could not be refreshed, if so. */
  refreshError?: unknown;
}

/**
 * Refreshes prices, then forecasts and stores every watched instrument.
 *
 * One instrument's failure is reported and does not stop the rest; what was stored stays. Doing it again replaces the rows of
 * the same base date and never clears `userTriggered`. While one chunk is stored, in one call of the store, the prices of the next are
 * fetched and its members asked.
 *
 * @throws ForecastError for a faulty call, or when the store is gone; the signal's reason when aborted
 */
export async function dailyBatch(context: Context, options: DailyBatchOptions): Promise<DailyBatchReport> {
  const storing = requireStoring('dailyBatch', context, options);
  refuseUnknown('dailyBatch', options, DAILY_BATCH_OPTIONS);
  return runBatch(storing, options, { where: 'dailyBatch' });
}

/** What tells one batch from another. */
export interface BatchKind {
  /** The function that was called, for messages. */
  where: string;
  /** No bar after this day is looked at, 'YYYY-MM-DD'; default today. */
  to?: string | undefined;
  /** How the forecasts are stored; default by what other markets did since the close: see `issueOf`. */
  issue?: PredictionRecord['issue'] | undefined;
  /** Whether an instrument whose newest bar is this one is forecast; default all are. */
  wanted?: ((baseDate: string) => boolean) | undefined;
  /** Told the newest bar of each instrument whose forecasts were stored. */
  onStored?: ((baseDate: string) => void) | undefined;
}

/** Forecasts and stores the instruments; see `dailyBatch`. */
export async function runBatch(
  storing: StoringContext,
  options: DailyBatchOptions,
  kind: BatchKind,
): Promise<DailyBatchReport> {
  const { where, to, wanted = () => true } = kind;
  const codes = checkCodes(where, options.codes);
  const { signal, chunkSize = 64, refreshPrices, refreshTimeoutMs = 600_000, maxAgeDays } = options;
  if (maxAgeDays !== undefined) checkDays(where, 'maxAgeDays', maxAgeDays);
  const { logger } = storing;
  if (!Number.isInteger(chunkSize) || chunkSize < 1) {
    throw invalid('INVALID_ARGUMENT', where, 'chunkSize', 'a whole number >= 1', chunkSize);
  }
  checkPredict(codes, storing, options);
  const report: DailyBatchReport = { stored: [], failures: [] };
  if (refreshPrices !== undefined) {
    const limit = { where: 'refreshPrices', field: 'refreshPrices', timeoutMs: refreshTimeoutMs, signal };
    try {
      await withinTime(limit, (ending) => refreshPrices(codes, ending));
    } catch (error) {
      signal?.throwIfAborted();
      report.refreshError = error;
      logger?.warn(`${where}: prices could not be refreshed`, { error });
    }
  }
  const ending = linkAbort(signal);
  const request = {
    ...checkPredict(codes, storing, { horizons: options.horizons, signal: ending.signal }),
    maxAgeDays,
    to,
  };
  const chunks = Array.from({ length: Math.ceil(codes.length / chunkSize) }, (_, i) =>
    codes.slice(i * chunkSize, (i + 1) * chunkSize),
  );
  const begin = (chunk: string[] | undefined) => {
    const about = () => ({ codes: chunk!, horizons: request.horizons });
    const begun = chunk && traced('forecast', about, () => gather(chunk, request));
    // It is awaited later, or not at all after the batch has failed.
    begun?.catch(() => {});
    return begun;
  };
  let next = begin(chunks[0]);
  try {
    for (let i = 0; i < chunks.length; i++) {
      const gathered = await next!;
      next = begin(chunks[i + 1]);
      const asked = gathered.filter((item) => 'error' in item || wanted(item.series.dates[item.series.length - 1]));
      await storeChunk(await composeAll(asked, request), report, { context: storing, ...options, codes, kind });
    }
  } finally {
    ending.abort(new DOMException('the batch has ended', 'AbortError'));
    await next?.catch(() => {});
    ending.release();
  }
  logger?.info(where, { stored: report.stored.length, failed: report.failures.length });
  return report;
}

/** Stores a chunk's forecasts and reports what became of each instrument. */
async function storeChunk(
  results: readonly ForecastResult[],
  report: DailyBatchReport,
  { context, codes, signal, onProgress, kind }: DailyBatchOptions & { context: StoringContext; kind: BatchKind },
): Promise<void> {
  const { store, logger } = context;
  const made = results.flatMap((result) => ('error' in result ? [] : [result]));
  const failed = results.find((result) => 'error' in result && isStoreDown(result.error));
  if (failed && 'error' in failed) throw failed.error;
  const { refused } = await writeTogether(
    made,
    (items) => {
      const rows = items.flatMap(({ forecast }) => {
        const issue = kind.issue ?? issueOf(forecast, context);
        return toRecords(forecast, { userTriggered: false, issue });
      });
      return store.upsertPredictions(rows);
    },
    signal,
  );
  for (const result of results) {
    const { code } = result;
    const error = 'error' in result ? result.error : refused.get(result);
    if (!('error' in result) && error === undefined) {
      report.stored.push(code);
      kind.onStored?.(result.forecast.baseDate);
    } else {
      report.failures.push({ code, error });
      logger?.warn(`${kind.where}: ${code} has no forecast`, { error });
    }
    onProgress?.({ done: report.stored.length + report.failures.length, total: codes.length, item: code });
  }
}

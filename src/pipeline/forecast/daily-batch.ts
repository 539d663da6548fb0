import { invalid } from '../../errors.js';
import { checkCodes, checkHorizons, requirePart } from '../check-request.js';
import { DEFAULT_HORIZONS, type Progress, type StoringContext } from '../context.js';
import { linkAbort } from '../link-abort.js';
import { isStoreDown } from '../store-down.js';
import { writeTogether } from '../write-together.js';
import { checkPredict, composeAll, gather, type PredictionResult, type PredictOptions } from './predict.js';
import { toRecords } from './predict-and-store.js';

export type DailyBatchOptions = PredictOptions &
  StoringContext & {
    /** The watched instruments. */
    codes: readonly string[];
    /** Brings the price source up to date before anything is forecast; its failure is reported, and what prices there are, are used. */
    refreshPrices?: (codes: readonly string[], signal?: AbortSignal) => Promise<void>;
    /** Instruments forecast and stored at a time; default 64. */
    chunkSize?: number;
    onProgress?: (progress: Progress) => void;
  };

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
 * the same base date and never clears `userTriggered`. While one chunk is forecast and stored, in one call of the store, the
 * prices of the next are fetched and given to Chronos.
 *
 * @throws ForecastError for a faulty call, or when the store is gone; the signal's reason when aborted
 */
export async function dailyBatch(options: DailyBatchOptions): Promise<DailyBatchReport> {
  requirePart('dailyBatch', 'store', options.store);
  const codes = checkCodes('dailyBatch', options.codes);
  checkHorizons('dailyBatch', options.horizons ?? DEFAULT_HORIZONS);
  const { signal, logger, chunkSize = 64, refreshPrices } = options;
  if (!Number.isInteger(chunkSize) || chunkSize < 1) {
    throw invalid('INVALID_ARGUMENT', 'dailyBatch', 'chunkSize', 'a whole number >= 1', chunkSize);
  }
  const report: DailyBatchReport = { stored: [], failures: [] };
  try {
    await refreshPrices?.(codes, signal);
  } catch (error) {
    signal?.throwIfAborted();
    report.refreshError = error;
    logger?.warn('dailyBatch: prices could not be refreshed', { error });
  }
  const ending = linkAbort(signal);
  const request = checkPredict(codes, { ...options, signal: ending.signal });
  const chunks = Array.from({ length: Math.ceil(codes.length / chunkSize) }, (_, i) =>
    codes.slice(i * chunkSize, (i + 1) * chunkSize),
  );
  const begin = (chunk: string[] | undefined) => {
    const begun = chunk && gather(chunk, request);
    // It is awaited later, or not at all after the batch has failed.
    begun?.catch(() => {});
    return begun;
  };
  let next = begin(chunks[0]);
  try {
    for (let i = 0; i < chunks.length; i++) {
      const gathered = await next!;
      next = begin(chunks[i + 1]);
      await storeChunk(await composeAll(gathered, request), report, options);
    }
  } finally {
    ending.abort(new DOMException('the batch has ended', 'AbortError'));
    await next?.catch(() => {});
    ending.release();
  }
  logger?.info('dailyBatch', { stored: report.stored.length, failed: report.failures.length });
  return report;
}

/** Stores a chunk's forecasts and reports what became of each instrument. */
async function storeChunk(
  results: readonly PredictionResult[],
  report: DailyBatchReport,
  options: DailyBatchOptions,
): Promise<void> {
  const { codes, store, signal, logger, onProgress } = options;
  const made = results.flatMap((result) => ('error' in result ? [] : [result]));
  const failed = results.find((result) => 'error' in result && isStoreDown(result.error));
  if (failed && 'error' in failed) throw failed.error;
  const { refused } = await writeTogether(
    made,
    (items) => store.upsertPredictions(items.flatMap(({ prediction }) => toRecords(prediction, false))),
    signal,
  );
  for (const result of results) {
    const { code } = result;
    const error = 'error' in result ? result.error : refused.get(result);
    if (error === undefined) report.stored.push(code);
    else {
      report.failures.push({ code, error });
      logger?.warn(`dailyBatch: ${code} has no forecast`, { error });
    }
    onProgress?.({ done: report.stored.length + report.failures.length, total: codes.length, item: code });
  }
}

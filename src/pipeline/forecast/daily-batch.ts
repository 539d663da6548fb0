import { checkCodes, checkHorizons, requirePart } from '../check-request.js';
import { DEFAULT_HORIZONS, type Progress, type StoringContext } from '../context.js';
import { isStoreDown } from '../store-down.js';
import { type PredictOptions, predictMany } from './predict.js';
import { toRecords } from './predict-and-store.js';

export type DailyBatchOptions = PredictOptions &
  StoringContext & {
    /** The watched instruments. */
    codes: readonly string[];
    /** Brings the price source up to date before anything is forecast; its failure is reported, and what prices there are, are used. */
    refreshPrices?: (codes: readonly string[], signal?: AbortSignal) => Promise<void>;
    /** Instruments forecast at a time; default 64. */
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
 * the same base date and never clears `userTriggered`.
 *
 * @throws ForecastError for a faulty call, or when the store is gone; the signal's reason when aborted
 */
export async function dailyBatch(options: DailyBatchOptions): Promise<DailyBatchReport> {
  const store = requirePart('dailyBatch', 'store', options.store);
  const codes = checkCodes('dailyBatch', options.codes);
  const horizons = checkHorizons('dailyBatch', options.horizons ?? DEFAULT_HORIZONS);
  const { signal, logger, onProgress, chunkSize = 64, refreshPrices } = options;
  const report: DailyBatchReport = { stored: [], failures: [] };
  try {
    await refreshPrices?.(codes, signal);
  } catch (error) {
    signal?.throwIfAborted();
    report.refreshError = error;
    logger?.warn('dailyBatch: prices could not be refreshed', { error });
  }
  for (let start = 0; start < codes.length; start += chunkSize) {
    const chunk = codes.slice(start, start + chunkSize);
    for (const result of await predictMany(chunk, { ...options, horizons })) {
      const { code } = result;
      try {
        if ('error' in result) throw result.error;
        await store.upsertPredictions(toRecords(result.prediction, false));
        report.stored.push(code);
      } catch (error) {
        signal?.throwIfAborted();
        if (isStoreDown(error)) throw error;
        report.failures.push({ code, error });
        logger?.warn(`dailyBatch: ${code} has no forecast`, { error });
      }
      onProgress?.({ done: report.stored.length + report.failures.length, total: codes.length, item: code });
    }
  }
  logger?.info('dailyBatch', { stored: report.stored.length, failed: report.failures.length });
  return report;
}

import type { PredictionRecord } from '../../store/records.js';
import { requirePart } from '../check-request.js';
import type { StoringContext } from '../context.js';
import { type PredictOptions, predict } from './predict.js';
import type { Prediction } from './prediction.js';

export type PredictAndStoreOptions = PredictOptions &
  StoringContext & {
    /** Whether a user asked for it; default false. Once true it stays true. */
    userTriggered?: boolean;
  };

/**
 * Forecasts one instrument and stores the forecast, one row a horizon, all or none.
 *
 * Doing it again on the same base date replaces the rows; `userTriggered` accumulates by OR.
 *
 * @throws ForecastError `ALREADY_MATCHED` when one of the rows has met its outcome; all that `predict` and the store throw
 */
export async function predictAndStore(code: string, options: PredictAndStoreOptions): Promise<Prediction> {
  const store = requirePart('predictAndStore', 'store', options.store);
  const prediction = await predict(code, options);
  await store.upsertPredictions(toRecords(prediction, options.userTriggered ?? false));
  return prediction;
}

/** Returns a forecast as the rows that a store keeps. */
export function toRecords(prediction: Prediction, userTriggered: boolean): PredictionRecord[] {
  const { code, baseDate, baseClose, issuedAt, sourcesUsed } = prediction;
  return prediction.steps.map((step) => ({ code, baseDate, baseClose, issuedAt, sourcesUsed, userTriggered, ...step }));
}

import { refuseUnknown } from '../../errors.js';
import type { PredictionRecord } from '../../store/records.js';
import { type Context, requireStoring } from '../context.js';
import type { Forecast } from './forecast.js';
import { issueOf } from './issue-of.js';
import { PREDICT_OPTIONS, type PredictOptions, predict } from './predict.js';

export interface PredictAndStoreOptions extends PredictOptions {
  /** Whether a user asked for it; default false. Once true it stays true. */
  userTriggered?: boolean | undefined;
}

/**
 * Forecasts one instrument and stores the forecast, one row a horizon, all or none.
 *
 * Doing it again on the same base date replaces the rows; `userTriggered` accumulates by OR.
 *
 * @throws ForecastError `ALREADY_MATCHED` when one of the rows has met its outcome; all that `predict` and the store throw
 */
export async function predictAndStore(
  code: string,
  context: Context,
  { userTriggered = false, ...options }: PredictAndStoreOptions = {},
): Promise<Forecast> {
  refuseUnknown('predictAndStore', options, [...PREDICT_OPTIONS, 'userTriggered']);
  const { store, members, market } = requireStoring('predictAndStore', context);
  const forecast = await predict(code, context, options);
  await store.upsertPredictions(toRecords(forecast, { userTriggered, issue: issueOf(forecast, { members, market }) }));
  return forecast;
}

/** Returns a forecast as the rows that a store keeps. */
export function toRecords(
  { code, baseDate, baseClose, issuedAt, sourcesUsed, steps }: Forecast,
  { userTriggered, issue }: { userTriggered: boolean; issue: PredictionRecord['issue'] },
): PredictionRecord[] {
  // no spread: it takes as long as all checks of the row
  return steps.map((step) => ({
    code,
    baseDate,
    horizon: step.horizon,
    targetDate: step.targetDate,
    issuedAt,
    baseClose,
    issue,
    userTriggered,
    pointClose: step.pointClose,
    levels: step.levels,
    quantiles: step.quantiles,
    ciLow: step.ciLow,
    ciHigh: step.ciHigh,
    probUp: step.probUp,
    probFlat: step.probFlat,
    probDown: step.probDown,
    direction: step.direction,
    expectedReturn: step.expectedReturn,
    weights: step.weights,
    calibration: step.calibration,
    members: step.members,
    sourcesUsed,
  }));
}

export { checkModelKey, isCalendarDate } from './check-fields.js';
export {
  checkClaim,
  checkJobQuery,
  checkModelEntry,
  checkQuery,
  checkRenewal,
  checkRunEnd,
  DEFAULT_LIMIT,
} from './check-queries.js';
export {
  checkAll,
  checkKey,
  checkOutcome,
  checkPerformance,
  checkPrediction,
  checkWeights,
  checkWeightsKey,
} from './check-records.js';
export type { ModelEntry, ModelStore } from './model-store.js';
export { compareCodes, compareKeys, keyText } from './order.js';
export type {
  JobRunRecord,
  MemberLoss,
  OutcomeRecord,
  PerformanceRecord,
  PredictionKey,
  PredictionRecord,
  WeightsRecord,
} from './records.js';
export type {
  HistoryQuery,
  JobRunClaim,
  JobRunEnd,
  JobRunRenewal,
  OutcomeQuery,
  PredictionQuery,
  Store,
} from './store.js';

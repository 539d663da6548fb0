export { checkModelKey, isCalendarDate } from './check-fields.js';
export {
  checkClaim,
  checkJobQuery,
  checkModelEntry,
  checkPrune,
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
  checkVoid,
  checkWeights,
  checkWeightsKey,
} from './check-records.js';
export { type CreatedStore, createStore } from './create-store.js';
export { joinPrediction } from './join-prediction.js';
export type { ModelEntry, ModelStore } from './model-store.js';
export { compareCodes, compareKeys, keyText } from './order.js';
export type {
  ForecastLoss,
  IssuedForecast,
  JobRunRecord,
  MatchedRecord,
  MemberLoss,
  OutcomeRecord,
  PerformanceRecord,
  PredictionKey,
  PredictionRecord,
  PredictionVoid,
  WeightsRecord,
} from './records.js';
export type {
  HistoryQuery,
  JobRunClaim,
  JobRunEnd,
  JobRunRenewal,
  OutcomeQuery,
  PredictionQuery,
  PruneOptions,
  PruneReport,
  Store,
} from './store.js';
export type { DriverChange, DriverRange, DriverReads, DriverRow, DriverTable, StoreDriver } from './store-driver.js';

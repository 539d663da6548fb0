export { type CreatedStore, createStore } from './create-store.js';
export type { ModelEntry, ModelStore } from './model-store.js';
export { compareCodes } from './order.js';
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

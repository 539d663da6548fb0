export { type ChronosForecast, type ChronosModel, loadChronos } from './chronos/index.js';
export {
  combine,
  type Direction,
  type DirectionProbabilities,
  type IntervalCalibration,
  type MemberFailure,
  type MemberForecast,
  type MemberForecasts,
  type MemberName,
  type Weights,
} from './ensemble/index.js';
export { ForecastError, type ForecastErrorCode, isForecastError } from './errors.js';
export { buildFeatures, DEFAULT_FEATURES, defineFeature, type Feature, type FeatureMatrix } from './features/index.js';
export {
  type BacktestOptions,
  type BacktestReport,
  backtest,
  createScheduler,
  type DailyBatchOptions,
  type DailyBatchReport,
  DEFAULT_HORIZONS,
  DEFAULT_SCHEDULE,
  dailyBatch,
  type FanOutTick,
  type ForecastContext,
  type JobRun,
  type LgbmForecast,
  type Logger,
  type MatchOptions,
  type MatchReport,
  matchOutcomes,
  modelKey,
  type PredictAndStoreOptions,
  type Prediction,
  type PredictionResult,
  type PredictionStep,
  type PredictOptions,
  type Progress,
  predict,
  predictAndStore,
  predictLgbm,
  predictMany,
  type RetrainItem,
  type RetrainOptions,
  type RetrainReport,
  retrainWeekly,
  type Schedule,
  type Scheduler,
  type SchedulerOptions,
  type StoringContext,
  type UpdateWeightsOptions,
  updateWeights,
} from './pipeline/index.js';
export type { BarRange, PriceSource } from './prices/price-source.js';
export {
  addTradingDays,
  type Bar,
  calendarFromDates,
  createCalendar,
  krxCalendar,
  type PriceSeries,
  parseSeries,
  type TradingCalendar,
  weekdayCalendar,
} from './series/index.js';
export type { ModelEntry, ModelStore } from './store/model-store.js';
export type {
  JobRunRecord,
  MemberLoss,
  OutcomeRecord,
  PerformanceRecord,
  PredictionKey,
  PredictionRecord,
  WeightsRecord,
} from './store/records.js';
export type { HistoryQuery, JobRunClaim, OutcomeQuery, PredictionQuery, Store } from './store/store.js';
export { DEFAULT_WEIGHTS, loadWeights } from './weights/index.js';

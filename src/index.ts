export { type ChronosForecast, type ChronosModel, loadChronos } from './chronos/index.js';
export type {
  Calibration,
  Direction,
  DirectionProbabilities,
  Distribution,
  ForecastRequest,
  Member,
  MemberAnswer,
  MemberFailure,
  MemberInput,
  RetrainItem,
  RetrainJob,
  Statement,
  Weights,
} from './ensemble/index.js';
export { ForecastError, type ForecastErrorCode, type ForecastErrorDetails, isForecastError } from './errors.js';
export { defineMarket, everyDay, krx, type Market, type Schedule, us, weekdays } from './markets/index.js';
export { chronosMember, garch, har, instrumentLgbm, pooledLgbm, randomWalk, withDrivers } from './members/index.js';
export {
  type BacktestOptions,
  type BacktestReport,
  backtest,
  type Context,
  createScheduler,
  type DailyBatchOptions,
  type DailyBatchReport,
  dailyBatch,
  type FanOutTick,
  type Forecast,
  type ForecastResult,
  type JobRun,
  type Logger,
  type MatchOptions,
  type MatchReport,
  matchOutcomes,
  type OpeningBatchOptions,
  type OpeningBatchReport,
  openingBatch,
  type PredictAndStoreOptions,
  type PredictMemberOptions,
  type PredictOptions,
  type Progress,
  predict,
  predictAndStore,
  predictMany,
  predictMember,
  type RetrainOptions,
  type RetrainReport,
  retrain,
  type Scheduler,
  type SchedulerOptions,
  type Step,
  type UpdateWeightsOptions,
  updateWeights,
  type Warning,
} from './pipeline/index.js';
export type { BarRange, PriceSource } from './prices/price-source.js';
export type { Bar } from './series/index.js';
export { type ContextOptions, createContext, type ReferenceOptions, referenceSetup } from './setup/index.js';
export { type QuantileFunction, quantileFunction } from './stats/index.js';
export type { ModelEntry, ModelStore } from './store/model-store.js';
export type { OutcomeRecord, PredictionRecord } from './store/records.js';
export type { Store } from './store/store.js';

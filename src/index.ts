export { loadChronos } from './chronos/index.js';
export type { Distribution, Member } from './ensemble/index.js';
export { ForecastError, type ForecastErrorCode, type ForecastErrorDetails, isForecastError } from './errors.js';
export { everyDay, krx, type Market, us, weekdays } from './markets/index.js';
export { chronosMember, pooledLgbm, withDrivers } from './members/index.js';
export {
  backtest,
  type Context,
  createScheduler,
  type DetailFirstLogger,
  dailyBatch,
  exportLog,
  type Forecast,
  judgeGeneration,
  keptGenerations,
  type LogCheck,
  type Logger,
  type MessageFirstLogger,
  matchOutcomes,
  openingBatch,
  type Progress,
  predict,
  predictAndStore,
  retrain,
  rollback,
  type Scheduler,
  type Scorecard,
  type Step,
  scorecard,
  updateWeights,
  verifyLog,
  type Warning,
} from './pipeline/index.js';
export type { BarRange, PriceSource } from './prices/price-source.js';
export type { Bar } from './series/index.js';
export { type ContextOptions, createContext, type ReferenceOptions, referenceSetup } from './setup/index.js';
export { type QuantileFunction, quantileFunction } from './stats/index.js';
export type { ModelStore } from './store/model-store.js';
export type { Store } from './store/store.js';

export { loadChronos } from './chronos/index.js';
export { ForecastError, type ForecastErrorCode, type ForecastErrorDetails, isForecastError } from './errors.js';
export { krx } from './markets/index.js';
export { chronosMember, pooledLgbm } from './members/index.js';
export {
  createScheduler,
  explain,
  matchOutcomes,
  predict,
  predictAndStore,
  retrain,
  scorecard,
} from './pipeline/index.js';
export type { BarRange, PriceSource } from './prices/price-source.js';
export { type ContextOptions, createContext, type ReferenceOptions, referenceSetup } from './setup/index.js';
export { type QuantileFunction, quantileFunction } from './stats/index.js';

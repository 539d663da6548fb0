export { type BacktestOptions, type BacktestReport, backtest } from './backtest.js';
export { type BacktestRecord, backtestRecord, type ScorableForecast } from './backtest-records.js';
export { type BoosterCache, createBoosterCache } from './booster-cache.js';
export { DEFAULT_HORIZONS, type ForecastContext, type Logger, type Progress, type StoringContext } from './context.js';
export { type DailyBatchOptions, type DailyBatchReport, dailyBatch } from './daily-batch.js';
export { type LgbmForecast, predictLgbm } from './lgbm-forecast.js';
export type { LgbmRecipe } from './lgbm-recipe.js';
export { type MatchOptions, type MatchReport, matchOutcomes, type SkippedMatch } from './match-outcomes.js';
export { type ModelKind, modelKey, pooledKey } from './model-key.js';
export { type PredictionResult, type PredictOptions, predict, predictMany } from './predict.js';
export { type PredictAndStoreOptions, predictAndStore } from './predict-and-store.js';
export type { Prediction, PredictionStep } from './prediction.js';
export type { ModelMeta } from './publish-models.js';
export { matchedForecasts } from './read-matched.js';
export {
  type RetrainItem,
  type RetrainOptions,
  type RetrainReport,
  retrainWeekly,
} from './retrain-weekly.js';
export { DEFAULT_SCHEDULE, type JobName, type Schedule } from './schedule.js';
export { createScheduler, type JobRun, type Scheduler, type SchedulerOptions } from './scheduler.js';
export { type ForecastScore, type MatchedForecast, type Skill, scoreForecasts } from './score-forecasts.js';
export type { TrainingOptions } from './train-models.js';
export { type UpdateWeightsOptions, updateWeights } from './update-weights.js';

export { type BacktestOptions, type BacktestReport, backtest } from './backtest/backtest.js';
export { type BacktestRecord, backtestRecord, type ScorableForecast } from './backtest/backtest-records.js';
export { DEFAULT_HORIZONS, type ForecastContext, type Logger, type Progress, type StoringContext } from './context.js';
export { type BoosterCache, createBoosterCache } from './forecast/booster-cache.js';
export { type DailyBatchOptions, type DailyBatchReport, dailyBatch } from './forecast/daily-batch.js';
export { type LgbmForecast, predictLgbm } from './forecast/lgbm-forecast.js';
export type { NaiveForecaster } from './forecast/naive-steps.js';
export { type PredictionResult, type PredictOptions, predict, predictMany } from './forecast/predict.js';
export { type PredictAndStoreOptions, predictAndStore } from './forecast/predict-and-store.js';
export type { Prediction, PredictionStep } from './forecast/prediction.js';
export { type MatchOptions, type MatchReport, matchOutcomes, type SkippedMatch } from './outcomes/match-outcomes.js';
export { matchedForecasts } from './outcomes/read-matched.js';
export { type ForecastScore, type MatchedForecast, type Skill, scoreForecasts } from './outcomes/score-forecasts.js';
export { type UpdateWeightsOptions, updateWeights } from './outcomes/update-weights.js';
export { DEFAULT_SCHEDULE, type JobName, type Schedule } from './schedule/schedule.js';
export {
  createScheduler,
  type FanOutTick,
  type JobRun,
  type Scheduler,
  type SchedulerOptions,
} from './schedule/scheduler.js';
export type { LgbmRecipe } from './training/lgbm-recipe.js';
export { type ModelKind, modelKey, pooledKey } from './training/model-key.js';
export type { ModelMeta } from './training/publish-models.js';
export type { RetrainItem, RetrainOptions, RetrainReport } from './training/retrain-options.js';
export { retrainWeekly } from './training/retrain-weekly.js';
export type { TrainingOptions } from './training/train-models.js';

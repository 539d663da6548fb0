export { type BacktestOptions, type BacktestReport, backtest } from './backtest/backtest.js';
export { type BacktestRecord, backtestRecord, type ScorableForecast } from './backtest/backtest-records.js';
export {
  type CallOptions,
  type Context,
  type ContextParts,
  makeContext,
  type Progress,
  requireContext,
} from './context.js';
export { type DailyBatchOptions, type DailyBatchReport, dailyBatch } from './forecast/daily-batch.js';
export type { Forecast, Step, Warning } from './forecast/forecast.js';
export { type ForecastResult, type PredictOptions, predict, predictMany } from './forecast/predict.js';
export { type PredictAndStoreOptions, predictAndStore } from './forecast/predict-and-store.js';
export { type PredictMemberOptions, predictMember } from './forecast/predict-member.js';
export type { Logger } from './logger.js';
export {
  type MatchOptions,
  type MatchReport,
  matchOutcomes,
  type PendingMatch,
  type VoidMatch,
} from './outcomes/match-outcomes.js';
export { matchedForecasts } from './outcomes/read-matched.js';
export { type ForecastScore, type MatchedForecast, type Skill, scoreForecasts } from './outcomes/score-forecasts.js';
export { type UpdateWeightsOptions, updateWeights } from './outcomes/update-weights.js';
export {
  createScheduler,
  type FanOutTick,
  type JobRun,
  type Scheduler,
  type SchedulerOptions,
} from './schedule/scheduler.js';
export { type RetrainedItem, type RetrainOptions, type RetrainReport, retrain } from './training/retrain.js';

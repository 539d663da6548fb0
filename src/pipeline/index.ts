export { type BacktestOptions, type BacktestReport, backtest } from './backtest/backtest.js';
export { type BacktestRecord, backtestRecord, type ScorableForecast } from './backtest/backtest-records.js';
export type { CallOptions, Context, ContextParts, Progress } from './context.js';
export { type DailyBatchOptions, type DailyBatchReport, dailyBatch } from './forecast/daily-batch.js';
export { type ExplainOptions, type Explanation, explain } from './forecast/explain.js';
export type { Forecast, Step, Warning } from './forecast/forecast.js';
export { type OpeningBatchOptions, type OpeningBatchReport, openingBatch } from './forecast/opening-batch.js';
export { type ForecastResult, type PredictOptions, predict, predictMany } from './forecast/predict.js';
export { type PredictAndStoreOptions, predictAndStore } from './forecast/predict-and-store.js';
export { type PredictMemberOptions, predictMember } from './forecast/predict-member.js';
export type { DetailFirstLogger, Logger, MessageFirstLogger } from './logger.js';
export {
  type MatchOptions,
  type MatchReport,
  matchOutcomes,
  type PendingMatch,
  type VoidMatch,
} from './outcomes/match-outcomes.js';
export { matchedForecasts } from './outcomes/read-matched.js';
export type { PendingReason } from './outcomes/realized-closes.js';
export { type ForecastScore, type MatchedForecast, type Skill, scoreForecasts } from './outcomes/score-forecasts.js';
export { type UpdateWeightsOptions, updateWeights } from './outcomes/update-weights.js';
export type { Retention } from './schedule/retention.js';
export { createScheduler, type Scheduler } from './schedule/scheduler.js';
export type { FanOutTick, JobRun, SchedulerOptions } from './schedule/scheduler-options.js';
export { type ExportLogOptions, exportLog } from './scorecard/export-log.js';
export type { CalibrationBucket, HorizonCard, MemberEarning } from './scorecard/horizon-card.js';
export type { MeasuredShare, MeasuredSkill } from './scorecard/measured.js';
export { type Scorecard, type ScorecardOptions, scorecard } from './scorecard/scorecard.js';
export { type LogCheck, type LogFault, verifyLog } from './scorecard/verify-log.js';
export type { CountedMean, WeekChange } from './scorecard/week-change.js';
export { type Judgement, type JudgeOptions, judgeGeneration } from './training/judge-generation.js';
export type { TrainingJudgement } from './training/judge-training.js';
export { type RetrainedItem, type RetrainOptions, type RetrainReport, retrain } from './training/retrain.js';
export {
  type KeptGeneration,
  keptGenerations,
  type RollbackOptions,
  type RollbackReport,
  rollback,
} from './training/rollback.js';

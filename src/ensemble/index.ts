export { type Combine, type Combined, type CombineInput, combine, combineByVotes } from './combine.js';
export { sharesOf } from './direction.js';
export type { Contribution, ExplainedNumber } from './explanation.js';
export {
  type Calibration,
  type Direction,
  type DirectionProbabilities,
  type Distribution,
  FORECAST_LEVELS,
  type MemberFailure,
  type Weights,
} from './forecast.js';
export type {
  DriverSeries,
  ExplainRequest,
  ForecastRequest,
  Member,
  MemberAnswer,
  MemberInput,
  ModelReader,
  RetrainItem,
  RetrainJob,
  StepAnswer,
  TrainedEntry,
} from './member.js';
export { type Base, completeStatement, type Statement } from './statement.js';

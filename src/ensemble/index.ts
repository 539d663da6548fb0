export { type CombinedStep, type CombineInput, combine, effectiveWeights, pool } from './combine.js';
export { directionShares, labelDirection, normalizeDirection } from './direction.js';
export {
  type Direction,
  type DirectionProbabilities,
  type IntervalCalibration,
  MEMBER_NAMES,
  type MemberFailure,
  type MemberForecast,
  type MemberForecasts,
  type MemberName,
  type Weights,
} from './member-forecast.js';
export {
  type ChronosStep,
  chronosMember,
  type LgbmStep,
  lgbmMember,
  type NaiveStep,
  naiveMember,
} from './members.js';
export { twoPieceQuantiles } from './two-piece-quantiles.js';

export { learnCalibration } from './learn-calibration.js';
export {
  type LevelLearner,
  type LevelWeights,
  type LevelWeightsOptions,
  learnLevelWeights,
  levelLearner,
} from './learn-level-weights.js';
export {
  learnStormCalibration,
  type StormCalibration,
  type StormOptions,
  type StormTracker,
  stormTracker,
} from './learn-storm-calibration.js';
export { learnWeights } from './learn-weights.js';
export type { ScaledForecast, ScaledOutcome, ScoredForecast, ScoredInterval } from './scored-forecast.js';
export type { DatedInterval, ScoredQuantiles } from './scored-quantiles.js';

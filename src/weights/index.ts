export { learnCalibration } from './learn-calibration.js';
export { learnWeights } from './learn-weights.js';
export { type LoadedWeights, loadWeights, type WeightsSource } from './load-weights.js';
export type { ScaledForecast, ScaledOutcome, ScoredForecast, ScoredInterval } from './scored-forecast.js';

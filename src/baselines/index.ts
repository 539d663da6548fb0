export { BASELINE_LEVELS, type BaselineForecast, type BaselineOptions } from './baseline-forecast.js';
export { directionProbabilities, probabilitiesFromQuantiles, type QuantileSet } from './direction-probabilities.js';
export { RANDOM_WALK_LEAST_CLOSES, type RandomWalkOptions, randomWalkForecast } from './random-walk.js';

export { BASELINE_LEVELS, type BaselineForecast, type BaselineOptions } from './baseline-forecast.js';
export { directionClimatology } from './direction-climatology.js';
export { directionProbabilities, probabilitiesFromQuantiles, type QuantileSet } from './direction-probabilities.js';
export { type EwmaMixtureOptions, ewmaMixtureForecast, MIXTURE_LAMBDAS } from './ewma-mixture.js';
export { fitGarch, GARCH_LEAST_RETURNS, type GarchParameters } from './fit-garch.js';
export { type GarchOptions, garchForecast } from './garch.js';
export { HAR_LEAST_BARS, harRangeForecast, type RangePrices } from './har-range.js';
export { RANDOM_WALK_LEAST_CLOSES, type RandomWalkOptions, randomWalkForecast } from './random-walk.js';

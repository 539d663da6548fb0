// What other rooms of this house use of this one, and hosts do not: index.ts is what is published.

export { BASELINE_LEVELS } from './baseline-forecast.js';
export { RANDOM_WALK_LEAST_CLOSES, randomWalkSteps } from './random-walk.js';

// What other rooms of this house use of this one, and hosts do not: index.ts is what is published.

export { labelDirection, sharesOfSamples } from './direction.js';
export { YARDSTICK } from './forecast.js';
export { effectiveWeights, priorWeights, type Weighed, weightsFor } from './member-weights.js';

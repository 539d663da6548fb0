// What other rooms of this house use of this one, and hosts do not: index.ts is what is published.

export { sharesOfSamples } from './direction.js';
export { effectiveWeights, priorWeights, type Weighed, weightsFor } from './member-weights.js';

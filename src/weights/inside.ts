// What other rooms of this house use of this one, and hosts do not: index.ts is what is published.
export { type LoadedWeights, loadWeights, weightsOfRow } from './load-weights.js';

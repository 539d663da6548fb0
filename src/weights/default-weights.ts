import type { Weights } from '../ensemble/index.js';

/** The weights before anything was learned. */
export const DEFAULT_WEIGHTS: Readonly<Weights> = Object.freeze({ chronos: 0.6, lgbm: 0.4, naive: 0 });

export { compensatedSum } from './compensated-sum.js';
export { mean } from './mean.js';
export { normalCdf } from './normal-cdf.js';
export { normalQuantile } from './normal-quantile.js';
export { quantile, quantileSorted } from './quantile.js';
export { createRandom, type SeededRandom } from './seeded-random.js';

import { ascendingOrder, createRandom, type QuantileFunction } from '../../stats/index.js';

/**
 * Draws paths from the quantile functions of the steps.
 *
 * A quantile forecast says nothing of how steps hang together. Ranks are therefore taken from Gaussian random walks, whose
 * correlation between steps s < t is sqrt(s / t), as that of prices nearly is. At each step the levels are stratified: one
 * in each of `numSamples` equal slices of (0, 1), so that shares counted from few paths are close to the distribution's own.
 *
 * @param steps the quantile function of each step
 * @returns `[numSamples × steps]`, row-major
 */
export function samplePaths(steps: readonly QuantileFunction[], numSamples: number, seed: number): Float64Array {
  const random = createRandom(seed);
  const walks = new Float64Array(numSamples);
  const samples = new Float64Array(numSamples * steps.length);
  for (let step = 0; step < steps.length; step++) {
    for (let path = 0; path < numSamples; path++) walks[path] += random.normal();
    const order = ascendingOrder(walks);
    for (let rank = 0; rank < numSamples; rank++) {
      // The sum may round up to numSamples, and the quantile at level 1 is infinite.
      const level = Math.min((rank + random.uniform()) / numSamples, 1 - Number.EPSILON / 2);
      samples[order[rank] * steps.length + step] = steps[step].at(level);
    }
  }
  return samples;
}

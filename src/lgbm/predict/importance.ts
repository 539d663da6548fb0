import type { Tree } from '../text/tree.js';

/** Returns how often each feature splits with a gain above 0 [features]. */
export function splitCounts(trees: readonly Tree[], features: number): Float64Array {
  return perSplit(trees, features, () => 1);
}

/** Returns the sum of each feature's split gains above 0 [features]. */
export function splitGains(trees: readonly Tree[], features: number): Float64Array {
  return perSplit(trees, features, (gain) => gain);
}

function perSplit(trees: readonly Tree[], features: number, weigh: (gain: number) => number): Float64Array {
  const importance = new Float64Array(features);
  for (const { splitFeature, splitGain } of trees) {
    for (let node = 0; node < splitFeature.length; node++) {
      if (splitGain[node] > 0) importance[splitFeature[node]] += weigh(splitGain[node]);
    }
  }
  return importance;
}

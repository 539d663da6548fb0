import { invalid } from '../../errors.js';
import type { Dataset } from '../data/dataset.js';
import { regressionTarget, regressionText } from './label-mean.js';
import type { Objective } from './objective.js';
import { percentile, residualPercentile, weightedPercentile } from './percentile.js';

/** Returns the absolute error objective (L1). Leaves get the median of their rows' residuals after each tree. */
export function absoluteObjective({ labels, weights }: Dataset, params: { readonly reg_sqrt: boolean }): Objective {
  const target = regressionTarget(labels, params);
  return {
    text: regressionText('regression_l1', params),
    outputs: 1,
    constantHessian: weights === undefined,
    initialScore: () =>
      weights ? weightedPercentile(target, weights, 0.5) : percentile(Float32Array.from(target), 0.5),
    needsTraining: () => true,
    gradients(scores, gradients, hessians) {
      for (let i = 0; i < target.length; i++) {
        const sign = Math.sign(scores[i] - target[i]);
        gradients[i] = weights ? sign * weights[i] : sign;
        if (weights) hessians[i] = weights[i];
      }
    },
    renewLeaf: (rows, scores) => residualPercentile(rows, { scores, target, weights }, 0.5),
  };
}

/**
 * Returns the relative error objective (MAPE), in which labels within -1..1 count as 1. Leaves get a median weighted by what a row's
 * error counts.
 *
 * @throws ForecastError INVALID_DATASET for weights.
 */
export function relativeObjective({ labels, weights }: Dataset, params: { readonly reg_sqrt: boolean }): Objective {
  // native counts rows in histograms, each by the first row's weight, and weights in sums: nothing that is worth to be equal to
  if (weights) throw invalid('INVALID_DATASET', 'train', 'weights', 'absent with the mape objective', 'given');
  const target = regressionTarget(labels, params);
  const shares = target.map((y) => 1 / Math.max(1, Math.abs(y)));
  return {
    text: regressionText('mape', params),
    outputs: 1,
    constantHessian: true,
    initialScore: () => weightedPercentile(target, shares, 0.5),
    needsTraining: () => true,
    gradients(scores, gradients) {
      for (let i = 0; i < target.length; i++) gradients[i] = Math.sign(scores[i] - target[i]) * shares[i];
    },
    renewLeaf: (rows, scores) => residualPercentile(rows, { scores, target, weights: shares }, 0.5),
  };
}

import type { Dataset } from '../data/dataset.js';
import { labelMean, regressionTarget, regressionText } from './label-mean.js';
import type { Objective } from './objective.js';

/** Returns the squared error objective (L2). Its initial score is the labels' weighted mean. */
export function regressionObjective({ labels, weights }: Dataset, params: { readonly reg_sqrt: boolean }): Objective {
  const target = regressionTarget(labels, params);
  return {
    text: regressionText('regression', params),
    outputs: 1,
    constantHessian: weights === undefined,
    initialScore: () => labelMean(target, weights),
    needsTraining: () => true,
    gradients(scores, gradients, hessians) {
      const n = target.length;
      if (!weights) {
        for (let i = 0; i < n; i++) gradients[i] = scores[i] - target[i];
        return;
      }
      for (let i = 0; i < n; i++) {
        gradients[i] = Math.fround(scores[i] - target[i]) * weights[i];
        hessians[i] = weights[i];
      }
    },
  };
}

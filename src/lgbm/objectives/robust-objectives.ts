import type { Dataset } from '../data/dataset.js';
import { labelMean, regressionTarget, regressionText } from './label-mean.js';
import type { Objective } from './objective.js';

/** Returns Huber's objective: squared up to an error of `alpha`, absolute beyond. */
export function huberObjective({ labels, weights }: Dataset, { alpha }: { readonly alpha: number }): Objective {
  return {
    text: 'huber',
    outputs: 1,
    constantHessian: weights === undefined,
    initialScore: () => labelMean(labels, weights),
    needsTraining: () => true,
    gradients(scores, gradients, hessians) {
      for (let i = 0; i < labels.length; i++) {
        const error = scores[i] - labels[i];
        const w = weights ? weights[i] : 1;
        gradients[i] = Math.abs(error) <= alpha ? error * w : Math.sign(error) * w * alpha;
        if (weights) hessians[i] = w;
      }
    },
  };
}

/** Returns the fair objective: squared near 0, ever less than absolute far from it; `fair_c` is where one becomes the other. */
export function fairObjective(
  { labels, weights }: Dataset,
  params: { readonly fair_c: number; readonly reg_sqrt: boolean },
): Objective {
  const c = params.fair_c;
  const target = regressionTarget(labels, params);
  return {
    text: regressionText('fair', params),
    outputs: 1,
    constantHessian: false,
    initialScore: () => labelMean(target, weights),
    needsTraining: () => true,
    gradients(scores, gradients, hessians) {
      for (let i = 0; i < target.length; i++) {
        const error = scores[i] - target[i];
        const size = Math.abs(error) + c;
        const w = weights ? weights[i] : 1;
        gradients[i] = ((c * error) / size) * w;
        hessians[i] = ((c * c) / (size * size)) * w;
      }
    },
  };
}

import type { Dataset } from '../data/dataset.js';
import { regressionTarget, regressionText } from './label-mean.js';
import type { Objective } from './objective.js';
import { percentile, residualPercentile, weightedPercentile } from './percentile.js';

/** Returns the pinball objective of level `alpha`. Leaves get the percentile of their rows' residuals after each tree. */
export function quantileObjective(
  { labels, weights }: Dataset,
  params: { readonly alpha: number; readonly reg_sqrt: boolean },
): Objective {
  const target = regressionTarget(labels, params);
  const alpha = Math.fround(params.alpha);
  const above = Math.fround(1 - alpha);
  const below = -alpha;
  return {
    text: regressionText('quantile', params),
    outputs: 1,
    constantHessian: weights === undefined,
    initialScore: () =>
      weights ? weightedPercentile(target, weights, alpha) : percentile(Float32Array.from(target), alpha),
    needsTraining: () => true,
    gradients(scores, gradients, hessians) {
      for (let i = 0; i < target.length; i++) {
        const slope = Math.fround(scores[i] - target[i]) >= 0 ? above : below;
        gradients[i] = weights ? slope * weights[i] : slope;
        if (weights) hessians[i] = weights[i];
      }
    },
    renewLeaf: (rows, scores) => residualPercentile(rows, { scores, target, weights }, alpha),
  };
}

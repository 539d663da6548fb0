import type { Dataset } from '../data/dataset.js';
import type { Objective } from './objective.js';

/** Returns the squared error objective (L2). Its initial score is the labels' weighted mean. */
export function regressionObjective({ labels, weights }: Dataset, params: { readonly reg_sqrt: boolean }): Objective {
  const target = params.reg_sqrt ? labels.map((y) => Math.sign(y) * Math.fround(Math.sqrt(Math.abs(y)))) : labels;
  return {
    text: params.reg_sqrt ? 'regression sqrt' : 'regression',
    outputs: 1,
    constantHessian: weights === undefined,
    initialScore: () => mean(target, weights),
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

function mean(labels: Float32Array, weights: Float32Array | undefined): number {
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < labels.length; i++) {
    const w = weights ? weights[i] : 1;
    sum += labels[i] * w;
    weight += w;
  }
  return sum / weight;
}

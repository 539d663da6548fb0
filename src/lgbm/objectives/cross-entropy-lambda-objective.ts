import { invalid } from '../../errors.js';
import type { Dataset } from '../data/dataset.js';
import { accurateLog } from '../numbers/accurate-log.js';
import { exponential } from '../numbers/exponential.js';
import { exponentialMinusOne, logOnePlus } from '../numbers/small-logs.js';
import { checkProbabilities } from './cross-entropy-objective.js';
import { labelMean } from './label-mean.js';
import type { Objective } from './objective.js';

/**
 * Returns the cross entropy objective of probabilities whose weights are intensities: the probability of a row is 1 - e^(-weight × λ).
 *
 * @throws ForecastError INVALID_DATASET for labels that are no probability, and weights of 0.
 */
export function crossEntropyLambdaObjective({ labels, weights }: Dataset): Objective {
  checkProbabilities('labels', labels);
  checkIntensities('weights', weights);
  if (!labels.some((label) => label > 0)) {
    // native would start from the logarithm of 0
    throw invalid('INVALID_DATASET', 'train', 'labels', 'above 0 in at least one row', 0);
  }
  return {
    text: 'cross_entropy_lambda',
    outputs: 1,
    constantHessian: false,
    initialScore: () => accurateLog(exponentialMinusOne(labelMean(labels, weights))),
    needsTraining: () => true,
    gradients(scores, gradients, hessians) {
      for (let i = 0; i < labels.length; i++) {
        if (!weights) {
          const p = 1 / (1 + exponential(-scores[i]));
          gradients[i] = p - labels[i];
          hessians[i] = p * (1 - p);
          continue;
        }
        const w = weights[i];
        const e = exponential(scores[i]);
        const p = 1 - exponential(-w * logOnePlus(e));
        gradients[i] = ((1 - labels[i] / p) * w) / (1 + 1 / e);
        const c = 1 / (1 - p);
        const a = (w * e) / ((1 + e) * (1 + e));
        const b = (c / ((c - 1) * (c - 1))) * (1 + w * e - c);
        hessians[i] = a * (1 + labels[i] * b);
      }
    },
  };
}

/**
 * Refuses weights of 0, which are no intensities.
 *
 * @throws ForecastError INVALID_DATASET naming the row.
 */
export function checkIntensities(field: string, weights: Float32Array | undefined): void {
  const at = weights ? weights.findIndex((weight) => !(weight > 0)) : -1;
  if (at >= 0) throw invalid('INVALID_DATASET', 'train', `${field}[${at}]`, 'above 0', weights?.[at]);
}

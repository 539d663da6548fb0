import { invalid } from '../../errors.js';
import type { Dataset } from '../data/dataset.js';
import { accurateLog } from '../numbers/accurate-log.js';
import { exponential } from '../numbers/exponential.js';
import { EPSILON } from '../numbers/floats.js';
import { labelMean } from './label-mean.js';
import type { Objective } from './objective.js';

/** From here on 1 + e^score is 1 in double precision. */
const ALL_BUT_ZERO = -37;

/** Returns the cross entropy objective of probabilities as labels. */
export function crossEntropyObjective({ labels, weights }: Dataset): Objective {
  checkProbabilities('labels', labels);
  return {
    text: 'cross_entropy',
    outputs: 1,
    constantHessian: false,
    initialScore() {
      const mean = Math.max(Math.min(labelMean(labels, weights), 1 - EPSILON), EPSILON);
      return accurateLog(mean / (1 - mean));
    },
    needsTraining: () => true,
    gradients(scores, gradients, hessians) {
      for (let i = 0; i < labels.length; i++) {
        const w = weights ? weights[i] : 1;
        if (scores[i] > ALL_BUT_ZERO) {
          const e = exponential(-scores[i]);
          gradients[i] = ((Math.fround(1 - labels[i]) - labels[i] * e) / (1 + e)) * w;
          hessians[i] = (e / ((1 + e) * (1 + e))) * w;
        } else {
          const e = exponential(scores[i]);
          gradients[i] = (e - labels[i]) * w;
          hessians[i] = e * w;
        }
      }
    },
  };
}

/**
 * Refuses labels that are no probabilities.
 *
 * @throws ForecastError INVALID_DATASET naming the row.
 */
export function checkProbabilities(field: string, labels: Float32Array): void {
  const at = labels.findIndex((label) => label < 0 || label > 1);
  if (at >= 0) throw invalid('INVALID_DATASET', 'train', `${field}[${at}]`, 'a probability', labels[at]);
}

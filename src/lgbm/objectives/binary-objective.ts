import { invalid } from '../../errors.js';
import type { Dataset } from '../data/dataset.js';
import { accurateLog } from '../numbers/accurate-log.js';
import { exponential } from '../numbers/exponential.js';
import { EPSILON } from '../numbers/floats.js';
import { formatG } from '../text/format-number.js';
import type { Objective } from './objective.js';

/** What of the parameters shapes the binary objective. */
export interface BinaryParams {
  readonly sigmoid: number;
  readonly is_unbalance: boolean;
  readonly scale_pos_weight: number;
}

/** Returns the log loss objective of two classes; a label > 0 is the positive class. With one class only nothing is trained. */
export function binaryObjective({ labels, weights }: Dataset, params: BinaryParams): Objective {
  const { sigmoid } = params;
  const n = labels.length;
  for (let i = 0; i < n; i++) {
    if (labels[i] !== 0 && labels[i] !== 1)
      throw invalid('INVALID_DATASET', 'train', `labels[${i}]`, '0 or 1', labels[i]);
  }
  let positives = 0;
  for (let i = 0; i < n; i++) if (labels[i] > 0) positives++;
  const bothClasses = positives > 0 && positives < n;
  const [negativeWeight, positiveWeight] = classWeights(positives, n - positives, params);

  return {
    text: `binary sigmoid:${formatG(sigmoid, 6)}`,
    outputs: 1,
    constantHessian: false,
    initialScore() {
      let positive = 0;
      let all = 0;
      for (let i = 0; i < n; i++) {
        const w = weights ? weights[i] : 1;
        if (labels[i] > 0) positive += w;
        all += w;
      }
      const share = Math.max(Math.min(positive / all, 1 - EPSILON), EPSILON);
      return accurateLog(share / (1 - share)) / sigmoid;
    },
    needsTraining: () => bothClasses,
    gradients(scores, gradients, hessians) {
      if (!bothClasses) return;
      for (let i = 0; i < n; i++) {
        const sign = labels[i] > 0 ? 1 : -1;
        const classWeight = labels[i] > 0 ? positiveWeight : negativeWeight;
        const response = (-sign * sigmoid) / (1 + exponential(sign * sigmoid * scores[i]));
        const size = Math.abs(response);
        const w = weights ? weights[i] : 1;
        gradients[i] = response * classWeight * w;
        hessians[i] = size * (sigmoid - size) * classWeight * w;
      }
    },
  };
}

function classWeights(
  positives: number,
  negatives: number,
  params: BinaryParams,
): [negative: number, positive: number] {
  let negative = 1;
  let positive = 1;
  if (params.is_unbalance && positives > 0 && negatives > 0) {
    if (positives > negatives) negative = positives / negatives;
    else positive = negatives / positives;
  }
  return [negative, positive * params.scale_pos_weight];
}

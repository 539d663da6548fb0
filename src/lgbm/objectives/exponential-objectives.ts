import { invalid } from '../../errors.js';
import type { Dataset } from '../data/dataset.js';
import { accurateLog } from '../numbers/accurate-log.js';
import { exponential } from '../numbers/exponential.js';
import { labelMean } from './label-mean.js';
import type { Objective } from './objective.js';

/** Returns the Poisson objective: the score is the logarithm of the mean. */
export function poissonObjective(data: Dataset, params: { readonly poisson_max_delta_step: number }): Objective {
  const { labels, weights } = data;
  const widening = exponential(params.poisson_max_delta_step);
  return {
    ...logMean('poisson', data),
    gradients(scores, gradients, hessians) {
      for (let i = 0; i < labels.length; i++) {
        const mean = exponential(scores[i]);
        const w = weights ? weights[i] : 1;
        gradients[i] = (mean - labels[i]) * w;
        hessians[i] = mean * widening * w;
      }
    },
  };
}

/** Returns the gamma objective: the score is the logarithm of the mean. */
export function gammaObjective(data: Dataset): Objective {
  const { labels, weights } = data;
  return {
    ...logMean('gamma', data),
    gradients(scores, gradients, hessians) {
      for (let i = 0; i < labels.length; i++) {
        const share = labels[i] * exponential(-scores[i]);
        const w = weights ? weights[i] : 1;
        gradients[i] = (1 - share) * w;
        hessians[i] = share * w;
      }
    },
  };
}

/** Returns the Tweedie objective of a variance power from 1 (Poisson) to 2 (gamma): the score is the logarithm of the mean. */
export function tweedieObjective(data: Dataset, params: { readonly tweedie_variance_power: number }): Objective {
  const { labels, weights } = data;
  const power = params.tweedie_variance_power;
  return {
    ...logMean('tweedie', data),
    gradients(scores, gradients, hessians) {
      for (let i = 0; i < labels.length; i++) {
        const first = exponential((1 - power) * scores[i]);
        const second = exponential((2 - power) * scores[i]);
        const w = weights ? weights[i] : 1;
        gradients[i] = (-labels[i] * first + second) * w;
        hessians[i] = (-labels[i] * (1 - power) * first + (2 - power) * second) * w;
      }
    },
  };
}

function logMean(name: string, { labels, weights }: Dataset): Omit<Objective, 'gradients'> {
  const below = labels.findIndex((label) => label < 0);
  if (below >= 0) throw invalid('INVALID_DATASET', 'train', `labels[${below}]`, `>= 0 for ${name}`, labels[below]);
  if (!labels.some((label) => label > 0)) {
    throw invalid('INVALID_DATASET', 'train', 'labels', `above 0 in at least one row for ${name}`, 0);
  }
  return {
    text: name,
    outputs: 1,
    constantHessian: false,
    initialScore() {
      const mean = labelMean(labels, weights);
      return mean > 0 ? accurateLog(mean) : -Infinity;
    },
    needsTraining: () => true,
  };
}

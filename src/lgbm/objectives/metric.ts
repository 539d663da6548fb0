import type { Dataset } from '../data/dataset.js';
import type { MetricName } from '../parameters/metric-names.js';
import type { Params } from '../parameters/params.js';
import { aucOf } from './auc.js';
import { averagePrecisionOf } from './average-precision.js';
import { checkClasses } from './multiclass-objective.js';
import { outputTransform } from './output-transform.js';
import { checkMetricLabels, logLoss, pointLoss } from './point-loss.js';

/** A measure of raw scores against one dataset's labels. */
export interface Metric {
  readonly name: string;
  readonly biggerIsBetter: boolean;
  /** Returns the metric of raw scores, class-major [outputs × rows]. */
  evaluate(scores: Float64Array): number;
}

/** Returns the metric of that name for the dataset's labels and weights. Sums run in row order, as native's do on one thread. */
export function createMetric(name: MetricName, dataset: Dataset, params: Params, objectiveText: string): Metric {
  const { labels, weights } = dataset;
  const weightSum = weights ? weights.reduce((sum, w) => sum + w, 0) : dataset.rows;
  const lossless = { name, biggerIsBetter: false };
  switch (name) {
    case 'auc':
      return { name, biggerIsBetter: true, evaluate: (scores) => aucOf(scores, labels, weights, weightSum) };
    case 'average_precision':
      return {
        name,
        biggerIsBetter: true,
        evaluate: (scores) => averagePrecisionOf(scores, labels, weights, weightSum),
      };
    case 'multi_logloss':
    case 'multi_error': {
      checkClasses('valid labels', labels, params.num_class);
      const loss = name === 'multi_error' ? classError : classLogLoss;
      const probability = new Float64Array(params.num_class);
      const { convert } = outputTransform(objectiveText);
      const evaluate = (scores: Float64Array) => {
        let sum = 0;
        for (let i = 0; i < labels.length; i++) {
          for (let k = 0; k < probability.length; k++) probability[k] = scores[k * labels.length + i];
          convert(probability, 0);
          const lost = loss(labels[i], probability);
          sum += weights ? lost * weights[i] : lost;
        }
        return sum / weightSum;
      };
      return { ...lossless, evaluate };
    }
    default: {
      checkMetricLabels(name, labels);
      const loss = pointLoss(name, params);
      const { convert } = outputTransform(objectiveText);
      const output = new Float64Array(1);
      const evaluate = (scores: Float64Array) => {
        let sum = 0;
        for (let i = 0; i < labels.length; i++) {
          output[0] = scores[i];
          convert(output, 0);
          const lost = loss(labels[i], output[0]);
          sum += weights ? lost * weights[i] : lost;
        }
        if (name === 'gamma_deviance') return sum * 2;
        return name === 'rmse' ? Math.sqrt(sum / weightSum) : sum / weightSum;
      };
      return { ...lossless, evaluate };
    }
  }
}

function classLogLoss(label: number, probability: Float64Array): number {
  return logLoss(probability[label]);
}

function classError(label: number, probability: Float64Array): number {
  let atLeast = 0;
  for (const p of probability) if (p >= probability[label]) atLeast++;
  return atLeast > 1 ? 1 : 0;
}

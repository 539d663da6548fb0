import type { Dataset } from '../data/dataset.js';
import type { MetricName } from '../parameters/metric-names.js';
import type { Params } from '../parameters/params.js';
import { aucOf } from './auc.js';
import { aucMuOf } from './auc-mu.js';
import { averagePrecisionOf } from './average-precision.js';
import type { Metric } from './metric.js';
import { checkClasses } from './multiclass-objective.js';
import { outputTransform } from './output-transform.js';
import { checkMetricLabels, labelEntropy, logLoss, pointLoss } from './point-loss.js';
import { mapMetric, ndcgMetric } from './ranking-metrics.js';

/** Returns the metric of that name for the dataset's labels and weights. Sums run in row order, as native's do on one thread. */
export function createMetric(name: MetricName, dataset: Dataset, params: Params, objectiveText: string): Metric {
  const { labels, weights } = dataset;
  const weightSum = weights ? weights.reduce((sum, w) => sum + w, 0) : dataset.rows;
  switch (name) {
    case 'auc':
      return bigger(name, (scores) => aucOf(scores, labels, weights, weightSum));
    case 'average_precision':
      return bigger(name, (scores) => averagePrecisionOf(scores, labels, weights, weightSum));
    case 'auc_mu':
      checkClasses('valid labels', labels, params.num_class);
      return bigger(name, (scores) => aucMuOf(scores, labels, weights, params.aucMuWeights));
    case 'ndcg':
      return ndcgMetric(dataset, params);
    case 'map':
      return mapMetric(dataset, params);
    case 'multi_logloss':
    case 'multi_error': {
      checkClasses('valid labels', labels, params.num_class);
      const { multi_error_top_k: top } = params;
      const loss = name === 'multi_error' ? classError(top) : classLogLoss;
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
        return [sum / weightSum];
      };
      const isTop = name === 'multi_error' && top > 1;
      return { names: [isTop ? `${name}@${top}` : name], biggerIsBetter: false, evaluate };
    }
    default: {
      checkMetricLabels(name, dataset);
      const loss = pointLoss(name, params);
      const isIntensity = name === 'cross_entropy_lambda';
      const { convert } = outputTransform(objectiveText);
      const output = new Float64Array(1);
      const offset = name === 'kullback_leibler' ? labelEntropy(labels, weights) : 0;
      const whole = wholeOf(name, dataset, weightSum);
      const evaluate = (scores: Float64Array) => {
        let sum = 0;
        for (let i = 0; i < labels.length; i++) {
          output[0] = scores[i];
          convert(output, 0);
          const w = weights ? weights[i] : 1;
          const lost = loss(labels[i], output[0], w);
          sum += isIntensity ? lost : lost * w;
        }
        if (name === 'gamma_deviance') return [sum * 2];
        return [name === 'rmse' ? Math.sqrt(sum / whole) : offset + sum / whole];
      };
      return { names: [name], biggerIsBetter: false, evaluate };
    }
  }
}

function bigger(name: string, measure: (scores: Float64Array) => number): Metric {
  return { names: [name], biggerIsBetter: true, evaluate: (scores) => [measure(scores)] };
}

/** What a sum of losses is divided by. */
function wholeOf(name: MetricName, { rows, weights }: Dataset, weightSum: number): number {
  if (name === 'cross_entropy_lambda') return rows;
  if (name !== 'kullback_leibler') return weightSum;
  // native sums these weights in float32
  return weights ? weights.reduce((sum, w) => Math.fround(sum + w), 0) : Math.fround(rows);
}

function classLogLoss(label: number, probability: Float64Array): number {
  return logLoss(probability[label]);
}

function classError(top: number) {
  return (label: number, probability: Float64Array): number => {
    let atLeast = 0;
    for (const p of probability) if (p >= probability[label]) atLeast++;
    return atLeast > top ? 1 : 0;
  };
}

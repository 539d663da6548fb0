import type { Dataset } from '../data/dataset.js';
import { EPSILON } from '../numbers/floats.js';
import type { MetricName } from '../parameters/metric-names.js';
import type { Params } from '../parameters/params.js';
import { aucOf } from './auc.js';
import { checkClasses, softmaxAt } from './multiclass-objective.js';
import { outputTransform } from './output-transform.js';

/** A measure of raw scores against one dataset's labels. */
export interface Metric {
  readonly name: MetricName;
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
    case 'multi_logloss':
    case 'multi_error': {
      checkClasses('valid labels', labels, params.num_class);
      const loss = name === 'multi_error' ? classError : classLogLoss;
      const probability = new Float64Array(params.num_class);
      const evaluate = (scores: Float64Array) => {
        let sum = 0;
        for (let i = 0; i < labels.length; i++) {
          softmaxAt(scores, i, labels.length, probability);
          const lost = loss(labels[i], probability);
          sum += weights ? lost * weights[i] : lost;
        }
        return sum / weightSum;
      };
      return { ...lossless, evaluate };
    }
    default: {
      const loss = pointLoss(name, params.alpha);
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
        return name === 'rmse' ? Math.sqrt(sum / weightSum) : sum / weightSum;
      };
      return { ...lossless, evaluate };
    }
  }
}

function pointLoss(name: MetricName, alpha: number): (label: number, output: number) => number {
  switch (name) {
    case 'l1':
      return (label, output) => Math.abs(output - label);
    case 'quantile':
      return (label, output) => {
        const delta = label - output;
        return delta < 0 ? (alpha - 1) * delta : alpha * delta;
      };
    case 'binary_logloss':
      return (label, p) => logLoss(label > 0 ? p : 1 - p);
    case 'binary_error':
      return (label, p) => (p <= 0.5 === label > 0 ? 1 : 0);
    default:
      return (label, output) => (output - label) * (output - label);
  }
}

/** Native takes the logarithm of its float32 epsilon in float32. */
const WORST_LOG_LOSS = Math.fround(-Math.log(EPSILON));

function logLoss(p: number): number {
  return p > EPSILON ? -Math.log(p) : WORST_LOG_LOSS;
}

function classLogLoss(label: number, probability: Float64Array): number {
  return logLoss(probability[label]);
}

function classError(label: number, probability: Float64Array): number {
  let atLeast = 0;
  for (const p of probability) if (p >= probability[label]) atLeast++;
  return atLeast > 1 ? 1 : 0;
}

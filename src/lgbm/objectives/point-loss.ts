import { invalid } from '../../errors.js';
import type { Dataset } from '../data/dataset.js';
import { accurateLog } from '../numbers/accurate-log.js';
import { exponential } from '../numbers/exponential.js';
import { EPSILON } from '../numbers/floats.js';
import type { MetricName } from '../parameters/metric-names.js';
import { checkIntensities } from './cross-entropy-lambda-objective.js';
import { checkProbabilities } from './cross-entropy-objective.js';

/** What of the parameters shapes losses. */
export interface LossParams {
  readonly alpha: number;
  readonly fair_c: number;
  readonly tweedie_variance_power: number;
}

/** A loss of a label (float32) and a prediction in the objective's unit; the row's weight shapes what is an intensity. */
export type PointLoss = (label: number, output: number, weight: number) => number;

/** Below this native takes a mean for this: 1e-10 written as a float32. */
const SMALLEST_MEAN = Math.fround(1e-10);

/** Returns the loss whose mean is the metric of that name. */
export function pointLoss(name: MetricName, params: LossParams): PointLoss {
  const { alpha, fair_c: c, tweedie_variance_power: power } = params;
  switch (name) {
    case 'l1':
      return (label, output) => Math.abs(output - label);
    case 'quantile':
      return (label, output) => {
        const delta = label - output;
        return delta < 0 ? (alpha - 1) * delta : alpha * delta;
      };
    case 'huber':
      return (label, output) => {
        const size = Math.abs(output - label);
        return size <= alpha ? 0.5 * size * size : alpha * (size - 0.5 * alpha);
      };
    case 'fair':
      return (label, output) => {
        const size = Math.abs(output - label);
        return c * size - c * c * Math.log1p(size / c);
      };
    case 'mape':
      return (label, output) => Math.abs(label - output) / Math.max(1, Math.abs(label));
    case 'poisson':
      return (label, output) => {
        const mean = Math.max(output, SMALLEST_MEAN);
        return mean - label * accurateLog(mean);
      };
    case 'gamma':
      return (label, output) => {
        const theta = -1 / output;
        const b = -safeLog(-theta);
        // one logarithm of the label in double precision, the other in float32
        const c = safeLog(label) - Math.fround(safeLog(label));
        return -(label * theta - b + c);
      };
    case 'gamma_deviance':
      return (label, output) => {
        const ratio = label / (output + 1e-9);
        return ratio - safeLog(ratio) - 1;
      };
    case 'tweedie':
      return (label, output) => {
        const log = accurateLog(Math.max(output, SMALLEST_MEAN));
        const a = (label * exponential((1 - power) * log)) / (1 - power);
        return -a + exponential((2 - power) * log) / (2 - power);
      };
    case 'cross_entropy':
    case 'kullback_leibler':
      return crossEntropy;
    case 'cross_entropy_lambda':
      return (label, output, weight) => crossEntropy(label, 1 - exponential(-weight * output));
    case 'binary_logloss':
      return (label, p) => logLoss(label > 0 ? p : 1 - p);
    case 'binary_error':
      return (label, p) => (p <= 0.5 === label > 0 ? 1 : 0);
    default:
      return (label, output) => (output - label) * (output - label);
  }
}

/**
 * Refuses labels that a metric is not defined for.
 *
 * @throws ForecastError INVALID_DATASET naming the row.
 */
export function checkMetricLabels(name: MetricName, { labels, weights }: Dataset): void {
  if (['cross_entropy', 'cross_entropy_lambda', 'kullback_leibler'].includes(name)) {
    checkProbabilities('valid labels', labels);
  }
  if (name === 'cross_entropy_lambda') checkIntensities('valid weights', weights);
  if (name !== 'gamma' && name !== 'gamma_deviance') return;
  const at = labels.findIndex((label) => !(label > 0));
  if (at >= 0) throw invalid('INVALID_DATASET', 'train', `valid labels[${at}]`, `above 0 for ${name}`, labels[at]);
}

function safeLog(value: number): number {
  return value > 0 ? accurateLog(value) : -Infinity;
}

const LEAST_PROBABILITY = 1e-12;

function crossEntropy(label: number, p: number): number {
  const logOf = (share: number) => accurateLog(share > LEAST_PROBABILITY ? share : LEAST_PROBABILITY);
  return -(label * logOf(p) + Math.fround(1 - label) * logOf(1 - p));
}

/** Returns the mean of p ln p + (1 - p) ln(1 - p) over the labels: the least that a cross entropy can be, negated. */
export function labelEntropy(labels: Float32Array, weights: Float32Array | undefined): number {
  let sum = 0;
  let whole = 0;
  for (let i = 0; i < labels.length; i++) {
    const [p, q] = [labels[i], 1 - labels[i]];
    const w = weights ? weights[i] : 1;
    sum += ((p > 0 ? p * accurateLog(p) : 0) + (q > 0 ? q * accurateLog(q) : 0)) * w;
    whole = Math.fround(whole + w);
  }
  return sum / whole;
}

/** Native takes the logarithm of its float32 epsilon in float32. */
const WORST_LOG_LOSS = Math.fround(-Math.log(EPSILON));

/** Returns the log loss of the probability that was given to what came. */
export function logLoss(p: number): number {
  return p > EPSILON ? -Math.log(p) : WORST_LOG_LOSS;
}

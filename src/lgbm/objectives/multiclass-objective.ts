import { invalid } from '../../errors.js';
import type { Dataset } from '../data/dataset.js';
import { accurateLog } from '../numbers/accurate-log.js';
import { exponential } from '../numbers/exponential.js';
import { EPSILON } from '../numbers/floats.js';
import type { Objective } from './objective.js';

/** Returns the softmax objective of `num_class` classes; a class that no row, or every row, belongs to is not trained. */
export function multiclassObjective({ labels, weights }: Dataset, params: { readonly num_class: number }): Objective {
  const classes = params.num_class;
  const n = labels.length;
  checkClasses('labels', labels, classes);
  const classOf = Int32Array.from(labels);
  const shares = classShares(classOf, weights, classes);
  const factor = classes / (classes - 1);
  const probability = new Float64Array(classes);

  return {
    text: `multiclass num_class:${classes}`,
    outputs: classes,
    constantHessian: false,
    initialScore: (k) => accurateLog(Math.max(EPSILON, shares[k])),
    needsTraining: (k) => Math.abs(shares[k]) > EPSILON && Math.abs(shares[k]) < 1 - EPSILON,
    gradients(scores, gradients, hessians) {
      for (let i = 0; i < n; i++) {
        softmaxAt(scores, i, n, probability);
        const w = weights ? weights[i] : 1;
        for (let k = 0, at = i; k < classes; k++, at += n) {
          const p = probability[k];
          gradients[at] = (k === classOf[i] ? p - 1 : p) * w;
          hessians[at] = factor * p * (1 - p) * w;
        }
      }
    },
  };
}

/** Fills `probability` with the softmax of one row's class-major scores; sums run in class order, as native's do. */
export function softmaxAt(scores: Float64Array, row: number, rows: number, probability: Float64Array): void {
  const classes = probability.length;
  let largest = scores[row];
  for (let k = 1; k < classes; k++) largest = Math.max(scores[k * rows + row], largest);
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    const e = exponential(scores[k * rows + row] - largest);
    probability[k] = e;
    sum += e;
  }
  for (let k = 0; k < classes; k++) probability[k] /= sum;
}

/**
 * Refuses labels that are no class.
 *
 * @throws ForecastError INVALID_DATASET naming the row.
 */
export function checkClasses(field: string, labels: Float32Array, classes: number): void {
  const at = labels.findIndex((label) => !Number.isInteger(label) || label < 0 || label >= classes);
  if (at >= 0) throw invalid('INVALID_DATASET', 'train', `${field}[${at}]`, `a class 0..${classes - 1}`, labels[at]);
}

function classShares(classOf: Int32Array, weights: Float32Array | undefined, classes: number): Float64Array {
  const shares = new Float64Array(classes);
  let all = 0;
  for (let i = 0; i < classOf.length; i++) {
    const w = weights ? weights[i] : 1;
    shares[classOf[i]] += w;
    all += w;
  }
  return shares.map((share) => share / all);
}

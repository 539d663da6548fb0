import type { Dataset } from '../data/dataset.js';
import { formatG } from '../text/format-number.js';
import { type BinaryParams, binaryObjective } from './binary-objective.js';
import { checkClasses } from './multiclass-objective.js';
import type { Objective } from './objective.js';

/** Returns the objective that tells each class from all others by itself. */
export function oneVsAllObjective(dataset: Dataset, params: BinaryParams & { readonly num_class: number }): Objective {
  const { labels, rows } = dataset;
  const classes = params.num_class;
  checkClasses('labels', labels, classes);
  const binaries = Array.from({ length: classes }, (_, k) =>
    binaryObjective({ ...dataset, labels: labels.map((label) => (label === k ? 1 : 0)) }, params),
  );
  return {
    text: `multiclassova num_class:${classes} sigmoid:${formatG(params.sigmoid, 6)}`,
    outputs: classes,
    constantHessian: false,
    initialScore: (k) => binaries[k].initialScore(0),
    needsTraining: (k) => binaries[k].needsTraining(0),
    gradients(scores, gradients, hessians) {
      binaries.forEach((binary, k) => {
        const [begin, end] = [k * rows, (k + 1) * rows];
        binary.gradients(scores.subarray(begin, end), gradients.subarray(begin, end), hessians.subarray(begin, end));
      });
    },
  };
}

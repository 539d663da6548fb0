import { invalid } from '../../errors.js';
import type { Dataset } from '../data/dataset.js';
import type { Objective } from './objective.js';

/** What a loss of one's own is asked for. All arrays are class-major: [outputs × rows]. */
export interface CustomObjectiveCall {
  /** Raw scores so far. */
  readonly scores: Float64Array;
  readonly dataset: Dataset;
  /** To be filled with the loss's first derivative by the score, for every row and output. */
  readonly gradients: Float32Array;
  /** To be filled with the second derivative. */
  readonly hessians: Float32Array;
}

/** A loss of one's own: fills gradients and hessians. Weights of the dataset are its own business. */
export type CustomObjective = (call: CustomObjectiveCall) => void;

/** Returns a loss of one's own as an objective; scores start from 0, and `predict` gives raw scores. */
export function customObjective(dataset: Dataset, outputs: number, compute: CustomObjective): Objective {
  return {
    text: '',
    outputs,
    constantHessian: false,
    initialScore: () => 0,
    needsTraining: () => true,
    gradients(scores, gradients, hessians) {
      gradients.fill(Number.NaN);
      hessians.fill(Number.NaN);
      compute({ scores: scores.slice(), dataset, gradients, hessians });
      for (const [name, values] of Object.entries({ gradients, hessians })) {
        const at = values.findIndex((value) => !Number.isFinite(value));
        if (at < 0) continue;
        const field = `${name}[${at}]`;
        throw invalid('INVALID_ARGUMENT', 'train objective', field, 'filled with a finite number', values[at]);
      }
    },
  };
}

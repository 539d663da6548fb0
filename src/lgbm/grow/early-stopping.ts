import type { Params } from '../parameters/params.js';

/** One metric of one dataset after one iteration. */
export interface Evaluation {
  /** Counted from 1. */
  readonly iteration: number;
  /** `valid_1`, `valid_2`, ... or `training`. */
  readonly dataset: string;
  readonly metric: string;
  readonly value: number;
  readonly biggerIsBetter: boolean;
}

/** Where a training stopped: its best iteration, and which metric of which dataset said so. */
export interface StoppingPoint {
  readonly bestIteration: number;
  readonly evaluation: Evaluation;
}

/**
 * Watches validation metrics and says when none of the last `early_stopping_round` iterations improved one of them.
 *
 * Every metric of every validation set is watched by itself, and the first that has not improved for long enough stops the
 * training; with first_metric_only, only the first metric of each set. The training set is never watched.
 */
export class EarlyStopping {
  private readonly best = new Map<string, Evaluation>();

  constructor(private readonly params: Params) {}

  /** Takes the evaluations of one iteration, in order; returns where to stop, or undefined to go on. */
  update(evaluations: readonly Evaluation[]): StoppingPoint | undefined {
    const { early_stopping_round: rounds, early_stopping_min_delta: minDelta } = this.params;
    for (const evaluation of evaluations) {
      if (!this.isWatched(evaluation)) continue;
      const key = keyOf(evaluation);
      const best = this.best.get(key);
      if (best === undefined || signed(evaluation) - signed(best) > minDelta) this.best.set(key, evaluation);
      else if (evaluation.iteration - best.iteration >= rounds)
        return { bestIteration: best.iteration, evaluation: best };
    }
    return undefined;
  }

  /** Returns the best iteration of the first watched metric: what counts when training ends without a stop. */
  bestOfFirst(): StoppingPoint | undefined {
    for (const evaluation of this.best.values()) return { bestIteration: evaluation.iteration, evaluation };
    return undefined;
  }

  private isWatched({ dataset, metric }: Evaluation): boolean {
    return dataset !== 'training' && (!this.params.first_metric_only || metric === this.params.metric[0]);
  }
}

function keyOf({ dataset, metric }: Evaluation): string {
  return `${dataset} ${metric}`;
}

function signed({ value, biggerIsBetter }: Evaluation): number {
  return biggerIsBetter ? value : -value;
}

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

/** What of the parameters decides when to stop. */
export type StoppingParams = Pick<Params, 'early_stopping_round' | 'early_stopping_min_delta' | 'first_metric_only'>;

/**
 * Watches validation metrics and says when none of the last `early_stopping_round` iterations improved one of them: the rule of
 * LightGBM's Python package, which differs from its command line's in how `early_stopping_min_delta` is added and in the end.
 *
 * Every metric of every validation set is watched by itself, and the first that has not improved for long enough stops the
 * training; with first_metric_only, only the first metric of each set. The training set is never watched. After the last
 * iteration the first watched metric says which was the best.
 */
export class EarlyStopping {
  private readonly best = new Map<string, Evaluation>();
  private firstMetric: string | undefined;

  constructor(private readonly params: StoppingParams) {}

  /** Takes the evaluations of one iteration, in order; returns where to stop, or undefined to go on. */
  update(evaluations: readonly Evaluation[], isLast: boolean): StoppingPoint | undefined {
    const { early_stopping_round: rounds, early_stopping_min_delta: minDelta } = this.params;
    this.firstMetric ??= evaluations[0]?.metric;
    for (const evaluation of evaluations) {
      if (!this.isWatched(evaluation)) continue;
      const key = `${evaluation.dataset} ${evaluation.metric}`;
      let best = this.best.get(key);
      if (best === undefined || isBetter(evaluation, best, minDelta)) {
        this.best.set(key, evaluation);
        best = evaluation;
      }
      if (isLast || evaluation.iteration - best.iteration >= rounds) {
        return { bestIteration: best.iteration, evaluation: best };
      }
    }
    return undefined;
  }

  private isWatched({ dataset, metric }: Evaluation): boolean {
    return dataset !== 'training' && (!this.params.first_metric_only || metric === this.firstMetric);
  }
}

function isBetter({ value, biggerIsBetter }: Evaluation, best: Evaluation, minDelta: number): boolean {
  return biggerIsBetter ? value > best.value + minDelta : value < best.value - minDelta;
}

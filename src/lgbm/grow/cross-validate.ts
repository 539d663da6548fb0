import { invalid, refuseUnknown } from '../../errors.js';
import type { Dataset } from '../data/dataset.js';
import { rowsOfBins, rowsOfDataset } from '../data/row-subset.js';
import { sharedBins } from '../data/shared-bins.js';
import { newKernel } from '../kernel/default-kernel.js';
import type { CustomMetric } from '../objectives/custom-metric.js';
import type { CustomObjective } from '../objectives/custom-objective.js';
import { type Params, resolveParams, type TrainParams } from '../parameters/params.js';
import { type Booster, createBooster } from '../predict/booster.js';
import { EarlyStopping, type Evaluation } from './early-stopping.js';
import { beginTraining, type Training } from './training.js';

/** Rows to train on and rows to test by, as indices; a row may be in neither. */
export interface Fold {
  readonly train: ArrayLike<number>;
  readonly test: ArrayLike<number>;
}

/** Options of {@link cv}. */
export interface CvOptions {
  /** Two or more; `timeFolds` and `groupFolds` make some. */
  folds: readonly Fold[];
  /** A loss of one's own, instead of `objective` among the parameters. */
  objective?: CustomObjective | undefined;
  /** Measures of one's own, beside `metric` among the parameters. */
  metrics?: readonly CustomMetric[] | undefined;
  /** Checked before every iteration; when aborted, cv throws the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** One metric of all folds after one iteration. */
export interface CvEvaluation {
  /** Counted from 1. */
  readonly iteration: number;
  readonly metric: string;
  /** Over the folds' test rows. */
  readonly mean: number;
  /** Standard deviation over the folds, of all of them (not n − 1). */
  readonly deviation: number;
}

/** What {@link cv} found. */
export interface CvResult {
  /** Every metric of every iteration up to the best one. */
  readonly evaluations: readonly CvEvaluation[];
  /** The best iteration with early stopping, else the last. */
  readonly bestIteration: number;
  /** One model per fold. */
  readonly boosters: readonly Booster[];
}

/**
 * Returns how well models do that are trained on parts of the rows, on the rest: as `lightgbm.cv`, fold by fold the same models.
 *
 * All folds share the bins of the whole dataset and grow side by side; early stopping goes by the mean over folds.
 *
 * @throws ForecastError INVALID_ARGUMENT for folds that are empty, overlap, tear a query apart, or name rows that do not exist; else as
 * `train`.
 * @example
 * const { bestIteration } = cv(data, { early_stopping_round: 20 }, { folds: timeFolds(data.rows, { folds: 5, gap: 10 }) });
 */
export function cv(dataset: Dataset, params: TrainParams, options: CvOptions): CvResult {
  refuseUnknown('cv', options, ['folds', 'objective', 'metrics', 'signal']);
  const { folds, objective, metrics, signal } = options;
  checkFolds(folds, dataset.rows);
  const resolved = resolveParams(params, objective !== undefined);
  if (resolved.metric.length + (metrics?.length ?? 0) === 0) {
    throw invalid('INVALID_PARAMETER', 'cv', 'metric', 'at least one metric', 'none');
  }
  const binned = sharedBins(dataset, resolved);
  const trainings = folds.map(({ train, test }, i) => {
    const [trainRows, testRows] = [ascending(train), ascending(test)];
    return beginTraining(
      {
        dataset: rowsOfDataset(dataset, trainRows, `folds[${i}].train`),
        valid: [rowsOfDataset(dataset, testRows, `folds[${i}].test`)],
        binned: { train: rowsOfBins(binned, trainRows), valid: [rowsOfBins(binned, testRows)] },
        ...(objective && { objective }),
        ...(metrics && { metrics }),
        kernel: newKernel(),
      },
      resolved,
    );
  });
  const { evaluations, bestIteration } = advance(trainings, resolved, signal);
  return {
    evaluations: evaluations.filter(({ iteration }) => iteration <= bestIteration),
    bestIteration,
    boosters: trainings.map((training) => createBooster(training.model())),
  };
}

function advance(
  trainings: readonly Training[],
  params: Params,
  signal: AbortSignal | undefined,
): { evaluations: CvEvaluation[]; bestIteration: number } {
  const stopping = params.early_stopping_round > 0 ? new EarlyStopping(params) : undefined;
  const evaluations: CvEvaluation[] = [];
  for (let iteration = 1; iteration <= params.num_iterations; iteration++) {
    signal?.throwIfAborted();
    for (const { boosting } of trainings) boosting.next();
    const byFold = trainings.map(({ boosting }) => boosting.evaluate(iteration));
    const means = byFold[0].map((first, i) =>
      meanOf(
        first,
        byFold.map((fold) => fold[i].value),
      ),
    );
    for (const { evaluation, deviation } of means) {
      const { dataset, metric, value } = evaluation;
      if (dataset !== 'training') evaluations.push({ iteration, metric, mean: value, deviation });
    }
    const current = means.map(({ evaluation }) => evaluation);
    const stop = stopping?.update(current, iteration === params.num_iterations);
    if (stop) return { evaluations, bestIteration: stop.bestIteration };
  }
  return { evaluations, bestIteration: params.num_iterations };
}

function meanOf(first: Evaluation, values: readonly number[]): { evaluation: Evaluation; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length;
  return { evaluation: { ...first, value: mean }, deviation: Math.sqrt(spread) };
}

function ascending(rows: ArrayLike<number>): Int32Array {
  return Int32Array.from(rows).sort();
}

function checkFolds(folds: readonly Fold[], rows: number): void {
  if (!Array.isArray(folds) || folds.length < 2) {
    throw invalid('INVALID_ARGUMENT', 'cv', 'folds', 'an array of two or more', folds?.length);
  }
  for (const [i, { train, test }] of folds.entries()) {
    const seen = new Uint8Array(rows);
    for (const [name, list] of Object.entries({ train, test })) {
      if (!(list?.length > 0))
        throw invalid('INVALID_ARGUMENT', 'cv', `folds[${i}].${name}`, 'row numbers', list?.length);
      for (let k = 0; k < list.length; k++) {
        const row = list[k];
        if (Number.isInteger(row) && row >= 0 && row < rows && !seen[row]) {
          seen[row] = 1;
          continue;
        }
        const expected = `a row below ${rows} that the fold has not named before`;
        throw invalid('INVALID_ARGUMENT', 'cv', `folds[${i}].${name}[${k}]`, expected, row);
      }
    }
  }
}

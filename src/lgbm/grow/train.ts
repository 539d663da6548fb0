import { invalid } from '../../errors.js';
import type { BinMapper } from '../data/bin-mapper.js';
import type { Dataset } from '../data/dataset.js';
import { sharedBins } from '../data/shared-bins.js';
import { parametersBlock } from '../kernel/parameters-block.js';
import { plainKernel } from '../kernel/plain-split-search.js';
import type { SplitKernel } from '../kernel/split-kernel.js';
import { createObjective } from '../objectives/objective.js';
import { type Params, resolveParams, type TrainParams } from '../parameters/params.js';
import { type Booster, createBooster, type TrainingCourse } from '../predict/booster.js';
import { formatG } from '../text/format-number.js';
import type { Model } from '../text/model.js';
import { Boosting } from './boosting.js';
import { EarlyStopping, type Evaluation } from './early-stopping.js';

/** What `onIteration` is told. */
export interface IterationReport {
  /** Iterations done, counted from 1. */
  readonly iteration: number;
  /** Iterations asked for. */
  readonly numIterations: number;
  /** This iteration's metrics; empty without validation data, or between multiples of metric_freq. */
  readonly evaluations: readonly Evaluation[];
}

/** Options of {@link train} beside LightGBM's parameters. */
export interface TrainOptions {
  /** Rows to evaluate metrics on, and to stop early by; `valid_1`, `valid_2`, ... in order. */
  valid?: Dataset | readonly Dataset[];
  /** Called after every iteration. What it throws ends the training and is thrown on. */
  onIteration?: (report: IterationReport) => void;
  /** Checked before every iteration; when aborted, train throws the signal's reason. */
  signal?: AbortSignal;
  /** How splits are searched; default in plain TypeScript. Changes how long training takes, never the model. */
  kernel?: SplitKernel;
}

/**
 * Returns a booster trained on `dataset`: the same trees, to the last bit, that LightGBM 4.6 grows on one thread of an x86-64 CPU.
 *
 * Trains synchronously. With `early_stopping_round` > 0 all trees stay in the booster and its `bestIteration` says how many of
 * them `predict` and `toText` use by default, as in LightGBM's Python package. Training also ends when no tree can split.
 *
 * @throws ForecastError INVALID_PARAMETER, UNSUPPORTED_PARAMETER, see `TrainParams`.
 * @throws ForecastError INVALID_DATASET for labels the objective cannot take, or validation data of another width.
 * @example
 * const booster = train(data, { objective: 'regression', num_iterations: 100, early_stopping_round: 30 }, { valid });
 * const predicted = booster.predict(values, { rows: 1 });
 */
export function train(dataset: Dataset, params: TrainParams, options: TrainOptions = {}): Booster {
  const { model, course } = trainModel(dataset, params, options);
  return createBooster(model, course);
}

/** Returns what {@link train} makes a booster of: records that can be sent between threads. */
export function trainModel(
  dataset: Dataset,
  params: TrainParams,
  options: TrainOptions = {},
): { model: Model; course: TrainingCourse } {
  options.signal?.throwIfAborted();
  const resolved = resolveParams(params);
  const valid = options.valid === undefined ? [] : [options.valid].flat();
  const objective = createObjective(dataset, resolved);
  checkShapes(dataset, valid, objective.outputs, resolved);
  const binned = sharedBins(dataset, resolved);
  const { outputs, constantHessian } = objective;
  const kernel = options.kernel ?? plainKernel;
  const search = kernel.createSearch({ binned, outputs, constantHessian, params: resolved });
  const boosting = new Boosting({ dataset, binned, valid, objective, params: resolved, search });
  const course = iterate(boosting, resolved, options);
  const model: Model = {
    numClass: outputs,
    outputs,
    labelIndex: 0,
    objective: objective.text,
    averageOutput: false,
    featureNames: dataset.featureNames,
    featureInfos: binned.mappers.map(featureInfo),
    trees: boosting.trees,
    parameters: parametersBlock(resolved),
  };
  return { model, course };
}

function iterate(boosting: Boosting, params: Params, { onIteration, signal }: TrainOptions): TrainingCourse {
  const stopping = params.early_stopping_round > 0 ? new EarlyStopping(params) : undefined;
  const evaluations: Evaluation[] = [];
  for (let iteration = 1; iteration <= params.num_iterations; iteration++) {
    signal?.throwIfAborted();
    if (!boosting.next()) break;
    const isReported = iteration % params.metric_freq === 0;
    const current = stopping || isReported ? boosting.evaluate() : [];
    if (isReported) evaluations.push(...current);
    onIteration?.({ iteration, numIterations: params.num_iterations, evaluations: isReported ? current : [] });
    const stop = stopping?.update(current);
    if (stop) return { evaluations, stop, stoppedEarly: true };
  }
  return { evaluations, stop: stopping?.bestOfFirst(), stoppedEarly: false };
}

function checkShapes(dataset: Dataset, valid: readonly Dataset[], outputs: number, params: Params): void {
  for (const { rows, features, initScore } of [dataset, ...valid]) {
    if (features !== dataset.features) {
      throw invalid('INVALID_DATASET', 'train', 'valid', `${dataset.features} features wide`, features);
    }
    if (initScore && initScore.length !== rows * outputs) {
      throw invalid('INVALID_DATASET', 'train', 'initScore', `of length ${rows * outputs}`, initScore.length);
    }
  }
  if (params.early_stopping_round > 0 && valid.length === 0) {
    throw invalid('INVALID_DATASET', 'train', 'valid', 'given when early_stopping_round is above 0', undefined);
  }
}

function featureInfo({ trivial, min, max }: BinMapper): string {
  return trivial ? 'none' : `[${formatG(min, 17)}:${formatG(max, 17)}]`;
}

import { invalid } from '../../errors.js';
import type { BinMapper } from '../data/bin-mapper.js';
import { type BinnedDataset, binDataset } from '../data/binned-dataset.js';
import type { Dataset } from '../data/dataset.js';
import { parametersBlock } from '../kernel/parameters-block.js';
import { plainKernel } from '../kernel/plain-split-search.js';
import type { SplitKernel } from '../kernel/split-kernel.js';
import { createObjective } from '../objectives/create-objective.js';
import { checkOptionNames } from '../parameters/known-options.js';
import { checkLists } from '../parameters/parameter-lists.js';
import { type Params, resolveParams, type TrainParams } from '../parameters/params.js';
import { type Booster, createBooster, type TrainingCourse } from '../predict/booster.js';
import { formatG } from '../text/format-number.js';
import type { Model } from '../text/model.js';
import { usesBagging } from './bagging.js';
import { Boosting } from './boosting.js';
import { EarlyStopping, type Evaluation, type StoppingPoint } from './early-stopping.js';
import { FeatureSampling } from './feature-sampling.js';
import { isSmoothed } from './shaped-gain.js';
import { shapedSearch } from './shaped-search.js';

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

const TRAIN_OPTIONS = ['valid', 'onIteration', 'signal', 'kernel'];

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
  checkOptionNames('train', options, TRAIN_OPTIONS);
  options.signal?.throwIfAborted();
  const resolved = resolveParams(params);
  const valid = options.valid === undefined ? [] : [options.valid].flat();
  const objective = createObjective(dataset, resolved);
  checkShapes(dataset, valid, objective.outputs, resolved);
  checkLists(resolved, dataset);
  if (resolved.isBounded && objective.renewLeaf) {
    const expected = `not given with the ${resolved.objective} objective, whose leaves are renewed`;
    throw invalid('INVALID_PARAMETER', 'train', 'monotone_constraints', expected, resolved.monotone.join(','));
  }
  const binned = binDataset(dataset, resolved);
  const { outputs, constantHessian } = objective;
  const kernel = options.kernel ?? plainKernel;
  // a leaf has at least one row: memory follows rows, however many leaves are allowed
  const growing = { ...resolved, num_leaves: Math.min(resolved.num_leaves, Math.max(2, dataset.rows)) };
  const { boosting, course } = occupying(kernel, () => {
    const sampling = new FeatureSampling(binned.used, growing);
    const shape = { binned, outputs, constantHessian, params: growing };
    const search = needsShape(binned, growing)
      ? shapedSearch({
          ...shape,
          featuresOf: drawsByNode(growing) ? ({ branch }) => sampling.forNode(branch) : undefined,
        })
      : kernel.createSearch(shape);
    const boosting = new Boosting({ dataset, binned, valid, objective, params: growing, search, sampling });
    return { boosting, course: iterate(boosting, growing, options) };
  });
  const model: Model = {
    numClass: outputs,
    outputs,
    labelIndex: 0,
    objective: objective.text,
    averageOutput: false,
    featureNames: dataset.featureNames,
    featureInfos: binned.mappers.map(featureInfo),
    ...(resolved.isBounded && { monotoneConstraints: resolved.monotone.join(' ') }),
    trees: boosting.trees,
    parameters: parametersBlock(resolved),
  };
  return { model, course };
}

const occupied = new WeakSet<SplitKernel>();

/** Runs a training, and refuses another one on the same kernel until it ends: the two would write into one memory. */
function occupying<T>(kernel: SplitKernel, training: () => T): T {
  if (kernel.isReentrant) return training();
  if (occupied.has(kernel)) {
    throw invalid('INVALID_ARGUMENT', 'train', 'kernel', 'one that no training is running on', 'a kernel in use');
  }
  occupied.add(kernel);
  try {
    return training();
  } finally {
    occupied.delete(kernel);
  }
}

function iterate(boosting: Boosting, params: Params, { onIteration, signal }: TrainOptions): TrainingCourse {
  const stopping = params.early_stopping_round > 0 ? new EarlyStopping(params) : undefined;
  const last = params.num_iterations;
  const evaluations: Evaluation[] = [];
  for (let iteration = 1; iteration <= last; iteration++) {
    signal?.throwIfAborted();
    const grew = boosting.next();
    if (!grew && !drawsAnew(params)) {
      return { evaluations, stop: stopping && settle(stopping, boosting, iteration, last), stoppedEarly: false };
    }
    const isReported = iteration % params.metric_freq === 0;
    const current = stopping || isReported ? boosting.evaluate(iteration) : [];
    if (isReported) evaluations.push(...current);
    onIteration?.({ iteration, numIterations: last, evaluations: isReported ? current : [] });
    const stop = stopping?.update(current, iteration === last);
    if (stop) return { evaluations, stop, stoppedEarly: iteration < last };
  }
  return { evaluations, stoppedEarly: false };
}

/** Whether a tree that found no split can be followed by one that does, because it sees other rows or features. */
function drawsAnew(params: Params): boolean {
  return usesBagging(params) || params.feature_fraction < 1 || params.feature_fraction_bynode < 1 || params.extra_trees;
}

/** Whether splits are to be found that kernels know nothing of. */
function needsShape({ mappers, used }: BinnedDataset, params: Params): boolean {
  return (
    used.some((feature) => mappers[feature].categories) ||
    params.extra_trees ||
    drawsByNode(params) ||
    isSmoothed(params) ||
    params.isBounded ||
    params.contributions.length > 0
  );
}

function drawsByNode(params: Params): boolean {
  return params.feature_fraction_bynode < 1 || params.interactionGroups.length > 0;
}

/** Says where patience would have ended had training gone on without a change, which is what the Python package does. */
function settle(stopping: EarlyStopping, boosting: Boosting, from: number, last: number): StoppingPoint | undefined {
  const evaluations = boosting.evaluate(from);
  for (let iteration = from; iteration <= last; iteration++) {
    const same = evaluations.map((evaluation) => ({ ...evaluation, iteration }));
    const stop = stopping.update(same, iteration === last);
    if (stop) return stop;
  }
  return undefined;
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
  if (params.early_stopping_round > 0 && params.metric.length === 0) {
    const expected = 'at least one metric when early_stopping_round is above 0';
    throw invalid('INVALID_PARAMETER', 'train', 'metric', expected, 'none');
  }
}

function featureInfo({ trivial, categories, min, max }: BinMapper): string {
  if (!trivial && categories) return categories.join(':');
  return trivial ? 'none' : `[${formatG(min, 17)}:${formatG(max, 17)}]`;
}

import { invalid, refuseUnknown } from '../../errors.js';
import type { Dataset } from '../data/dataset.js';
import { threadKernel } from '../kernel/default-kernel.js';
import { plainKernel } from '../kernel/plain-split-search.js';
import type { SplitKernel } from '../kernel/split-kernel.js';
import type { CustomMetric } from '../objectives/custom-metric.js';
import type { CustomObjective } from '../objectives/custom-objective.js';
import { type Params, resolveParams, type TrainParams } from '../parameters/params.js';
import { type Booster, createBooster, modelOf, type TrainingCourse } from '../predict/booster.js';
import type { Model } from '../text/model.js';
import { readModel } from '../text/parse-model.js';
import { usesBagging } from './bagging.js';
import { EarlyStopping, type Evaluation, type StoppingPoint } from './early-stopping.js';
import { beginTraining, type Training } from './training.js';

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
  valid?: Dataset | readonly Dataset[] | undefined;
  /** A model to add trees to: a booster, or its text. Scores start from its predictions, by all its trees. */
  initModel?: Booster | string | undefined;
  /** A loss of one's own, instead of `objective` among the parameters. */
  objective?: CustomObjective | undefined;
  /** Measures of one's own, beside `metric` among the parameters. */
  metrics?: readonly CustomMetric[] | undefined;
  /** Called after every iteration. What it throws ends the training and is thrown on. */
  onIteration?: ((report: IterationReport) => void) | undefined;
  /** Checked before every iteration; when aborted, train throws the signal's reason. */
  signal?: AbortSignal | undefined;
  /**
   * How splits are searched; default by WebAssembly with SIMD where the engine has it, else in plain TypeScript. Changes how long training
   * takes, never the model. Categories, constraints and whatever else kernels do not know are searched in plain TypeScript in any case.
   */
  kernel?: SplitKernel | undefined;
}

const TRAIN_OPTIONS = ['valid', 'initModel', 'objective', 'metrics', 'onIteration', 'signal', 'kernel'];

/**
 * Returns a booster trained on `dataset`: the same trees, to the last bit, that LightGBM 4.6 grows on one thread of an x86-64 CPU.
 *
 * Trains synchronously. With `early_stopping_round` > 0 all trees stay in the booster and its `bestIteration` says how many of
 * them `predict` and `toText` use by default, as in LightGBM's Python package. Training also ends when no tree can split.
 *
 * @throws ForecastError INVALID_PARAMETER, UNSUPPORTED_PARAMETER, see `TrainParams`.
 * @throws ForecastError INVALID_DATASET for labels the objective cannot take, or validation data of another width.
 * @throws ForecastError INVALID_ARGUMENT for an option that does not exist, a kernel in use, a model that cannot be added to, or
 * gradients that are not finite.
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
  refuseUnknown('train', options, TRAIN_OPTIONS);
  const { valid = [], initModel, objective, metrics, kernel = freeKernel(), signal } = options;
  signal?.throwIfAborted();
  const resolved = resolveParams(params, objective !== undefined);
  const parts = {
    dataset,
    valid: [valid].flat(),
    kernel,
    ...(objective && { objective }),
    ...(metrics && { metrics }),
    ...(initModel !== undefined && {
      initModel: typeof initModel === 'string' ? readModel(initModel) : modelOf(initModel, 'train'),
    }),
  };
  return occupying(kernel, () => {
    const training = beginTraining(parts, resolved);
    const course = iterate(training, resolved, options);
    return { model: training.model(), course };
  });
}

const occupied = new WeakSet<SplitKernel>();

/** Returns this thread's kernel, or from within a training on it one that both can run on. */
function freeKernel(): SplitKernel {
  const kernel = threadKernel();
  return occupied.has(kernel) ? plainKernel : kernel;
}

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

function iterate(training: Training, params: Params, { onIteration, signal }: TrainOptions): TrainingCourse {
  const { boosting, earlier } = training;
  const stopping = params.early_stopping_round > 0 ? new EarlyStopping(params) : undefined;
  const { num_iterations: count } = params;
  const last = earlier + count;
  const evaluations: Evaluation[] = [];
  for (let iteration = earlier + 1; iteration <= last; iteration++) {
    signal?.throwIfAborted();
    const grew = boosting.next();
    // a first tree that cannot split may bring the labels' average into the scores, from where the next one can
    const isSettled = iteration > 1 || params.boost_from_average;
    if (!grew && isSettled && !drawsAnew(params)) {
      return { evaluations, stop: stopping && settle(stopping, training, iteration, last), stoppedEarly: false };
    }
    const isReported = iteration % params.metric_freq === 0;
    const current = stopping || isReported ? boosting.evaluate(iteration) : [];
    if (isReported) evaluations.push(...current);
    onIteration?.({ iteration: iteration - earlier, numIterations: count, evaluations: isReported ? current : [] });
    const stop = stopping?.update(current, iteration === last);
    if (stop) return { evaluations, stop, stoppedEarly: iteration < last };
  }
  return { evaluations, stoppedEarly: false };
}

/** Whether a tree that found no split can be followed by one that does, because it sees other rows, features or roundings. */
function drawsAnew(params: Params): boolean {
  return (
    usesBagging(params) ||
    params.data_sample_strategy === 'goss' ||
    params.boosting !== 'gbdt' ||
    params.feature_fraction < 1 ||
    params.feature_fraction_bynode < 1 ||
    params.extra_trees ||
    (params.use_quantized_grad && params.stochastic_rounding)
  );
}

/** Says where patience would have ended had training gone on without a change, which is what the Python package does. */
function settle(
  stopping: EarlyStopping,
  { boosting }: Training,
  from: number,
  last: number,
): StoppingPoint | undefined {
  const evaluations = boosting.evaluate(from);
  for (let iteration = from; iteration <= last; iteration++) {
    const same = evaluations.map((evaluation) => ({ ...evaluation, iteration }));
    const stop = stopping.update(same, iteration === last);
    if (stop) return stop;
  }
  return undefined;
}

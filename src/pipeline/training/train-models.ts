import { ForecastError } from '../../errors.js';
import { buildFeatures } from '../../features/index.js';
import { type Booster, createDataset, type SplitKernel, type TrainParams, train } from '../../lgbm/index.js';
import type { PriceSeries } from '../../series/index.js';
import type { ForecastContext } from '../context.js';

/** How the models of one instrument and horizon are trained. */
export interface TrainingOptions {
  /** Share of the labelled rows, the newest, on which early stopping looks; default 0.2. */
  validationShare?: number;
  /** Rounds without improvement after which training stops; default 30. */
  earlyStoppingRounds?: number;
  /** LightGBM parameters beside the objective, in LightGBM's names; added to (and overriding) the defaults. */
  params?: TrainParams;
}

/** What both models of a (code, horizon) were trained on. */
export interface TrainingRecord {
  horizon: number;
  featureNames: string[];
  trainRows: number;
  validationRows: number;
  /** Date of the newest bar that any row or target reaches. */
  trainedThrough: string;
}

/** One trained model beside the constant forecast that it must not lose to. */
export interface TrainedModel {
  booster: Booster;
  bestIteration: number;
  /** On the validation rows: mean squared error (reg) or mean log loss (cls). */
  validationLoss: number;
  /** The same of the constant that fits the training rows: their mean, or their class shares. */
  constantLoss: number;
}

export interface TrainedPair {
  record: TrainingRecord;
  regressor: TrainedModel;
  classifier: TrainedModel;
}

/** A young stock's model is worth nothing below so many rows. */
export const MIN_TRAIN_ROWS = 100;
export const MIN_VALIDATION_ROWS = 20;

const DEFAULT_PARAMS: TrainParams = {
  num_iterations: 300,
  learning_rate: 0.05,
  num_leaves: 31,
  min_data_in_leaf: 20,
};

/**
 * Trains the regressor of the h-bar return and the classifier of its direction.
 *
 * Rows are split by time: the newest labelled rows validate, and the training rows whose target reaches into them are purged.
 * The models keep the iterations up to the best one.
 *
 * @param series bars oldest first; nothing after the last one exists for the training
 * @throws ForecastError `SERIES_TOO_SHORT` when fewer than 100 training or 20 validation rows are left
 */
export function trainPair(
  series: PriceSeries,
  horizon: number,
  options: TrainingOptions & Pick<ForecastContext, 'features' | 'flatBand' | 'signal'> & { kernel?: SplitKernel } = {},
): TrainedPair {
  const { features, flatBand, validationShare = 0.2 } = options;
  const matrix = buildFeatures(series, { horizons: [horizon], withTargets: true, features, flatBand });
  const { returns, directions } = matrix.targets!.get(horizon)!;
  const labelled = series.length - horizon;
  const split = Math.floor(labelled * (1 - validationShare));
  // The target of row t is known at bar t + horizon, which must lie before the first validation row.
  const trainRows = split - horizon;
  const validationRows = labelled - split;
  if (trainRows < MIN_TRAIN_ROWS || validationRows < MIN_VALIDATION_ROWS) {
    const needed = `at least ${MIN_TRAIN_ROWS} training and ${MIN_VALIDATION_ROWS} validation rows`;
    throw new ForecastError(
      'SERIES_TOO_SHORT',
      `train: expected ${needed}, got ${Math.max(trainRows, 0)} and ${Math.max(validationRows, 0)} of ${series.length} bars`,
      { field: 'bars', expected: needed, actual: `${series.length} bars` },
    );
  }
  const record: TrainingRecord = {
    horizon,
    featureNames: matrix.names,
    trainRows,
    validationRows,
    trainedThrough: series.dates[series.length - 1],
  };
  const rows = (labels: ArrayLike<number>, from: number, to: number): Rows => ({
    values: matrix.values.subarray(from * matrix.names.length, to * matrix.names.length),
    rows: to - from,
    labels: Float64Array.from({ length: to - from }, (_, i) => labels[from + i]),
    featureNames: matrix.names,
  });
  const trainOn = (labels: ArrayLike<number>, task: Task) =>
    trainOne(rows(labels, 0, trainRows), rows(labels, split, labelled), task, options);
  return { record, regressor: trainOn(returns, RETURN_TASK), classifier: trainOn(directions, DIRECTION_TASK) };
}

interface Rows {
  values: Float64Array;
  rows: number;
  labels: Float64Array;
  featureNames: string[];
}

/** What a model is trained for, and how a forecast of it is scored: the mean loss over the rows. */
interface Task {
  params: TrainParams;
  /** The forecast that knows only the training labels, one row. */
  constant(labels: Float64Array): ArrayLike<number>;
  loss(label: number, forecast: ArrayLike<number>): number;
}

const RETURN_TASK: Task = {
  params: { objective: 'regression', metric: 'l2' },
  constant: (labels) => [labels.reduce((sum, label) => sum + label, 0) / labels.length],
  loss: (label, forecast) => (label - forecast[0]) ** 2,
};

const DIRECTION_TASK: Task = {
  params: { objective: 'multiclass', num_class: 3, metric: 'multi_logloss' },
  constant: (labels) =>
    [0, 1, 2].map((direction) => labels.filter((label) => label === direction).length / labels.length),
  loss: (label, shares) => -Math.log(Math.max(shares[label], 1e-15)),
};

function trainOne(
  training: Rows,
  validation: Rows,
  task: Task,
  {
    params,
    earlyStoppingRounds = 30,
    signal,
    kernel,
  }: TrainingOptions & { signal?: AbortSignal; kernel?: SplitKernel },
): TrainedModel {
  const settings = { ...DEFAULT_PARAMS, early_stopping_round: earlyStoppingRounds, ...params, ...task.params };
  const booster = train(createDataset(training), settings, { valid: createDataset(validation), signal, kernel });
  const predicted = booster.predict(validation.values, { rows: validation.rows });
  const constant = task.constant(training.labels);
  return {
    booster,
    bestIteration: booster.bestIteration,
    validationLoss: meanLoss(validation, task, (row) => predicted.subarray(row * booster.outputs)),
    constantLoss: meanLoss(validation, task, () => constant),
  };
}

function meanLoss({ labels }: Rows, task: Task, forecastOf: (row: number) => ArrayLike<number>): number {
  return labels.reduce((sum, label, row) => sum + task.loss(label, forecastOf(row)), 0) / labels.length;
}

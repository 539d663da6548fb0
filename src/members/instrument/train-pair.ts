import { ForecastError } from '../../errors.js';
import { type Booster, createDataset, type TrainParams, type TrainTask } from '../../lgbm/index.js';
import { MIN_TRAIN_ROWS, MIN_VALIDATION_ROWS } from '../lgbm/least-rows.js';
import { type Trainer, trainAll } from '../lgbm/trainer.js';
import type { LgbmSettings } from '../lgbm/training-options.js';
import { featuresOf, type PairRows } from './pair-rows.js';

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
  /** The bar of the first validation row; the last one is `horizon` before the newest bar. */
  validationFrom: number;
  regressor: TrainedModel;
  classifier: TrainedModel;
}

const DEFAULT_PARAMS: TrainParams = {
  num_iterations: 300,
  learning_rate: 0.05,
  num_leaves: 31,
  min_data_in_leaf: 20,
};

/**
 * Trains the regressor of the h-bar return and the classifier of its direction on the oldest `bars` bars.
 *
 * Rows are split by time: the newest labelled rows validate, and the training rows whose target reaches into them are purged.
 * The models keep the iterations up to the best one.
 *
 * @param bars nothing after the last of them exists for the training
 * @throws ForecastError `SERIES_TOO_SHORT` when fewer than 100 training or 20 validation rows are left; what the engine refuses
 */
export async function trainPair(
  pair: PairRows,
  bars: number,
  options: { settings: LgbmSettings; trainer: Trainer; signal: AbortSignal },
): Promise<TrainedPair> {
  const { settings } = options;
  const { horizon, featureNames, returns, directions } = pair;
  const { trainRows, validationRows, split, labelled } = splitRows(bars, horizon, settings.validationShare);
  if (trainRows < MIN_TRAIN_ROWS || validationRows < MIN_VALIDATION_ROWS) {
    const needed = `at least ${MIN_TRAIN_ROWS} training and ${MIN_VALIDATION_ROWS} validation rows`;
    throw new ForecastError(
      'SERIES_TOO_SHORT',
      `train: expected ${needed}, got ${Math.max(trainRows, 0)} and ${Math.max(validationRows, 0)} of ${bars} bars`,
      { field: 'bars', expected: needed, actual: `${bars} bars` },
    );
  }
  const record: TrainingRecord = {
    horizon,
    featureNames,
    trainRows,
    validationRows,
    trainedThrough: pair.series.dates[bars - 1],
  };
  const rows = (labels: ArrayLike<number>, from: number, to: number): Rows => ({
    values: featuresOf(pair, from, to),
    rows: to - from,
    labels: Float64Array.from({ length: to - from }, (_, i) => labels[from + i]),
    featureNames,
  });
  const halve = (labels: ArrayLike<number>): Halves => ({
    training: rows(labels, 0, trainRows),
    validation: rows(labels, split, labelled),
  });
  const [ofReturns, ofDirections] = [halve(returns), halve(directions)];
  const [regressor, classifier] = await trainAll(
    options.trainer,
    [
      taskOf(`h${horizon} return`, ofReturns, RETURN_GOAL, settings),
      taskOf(`h${horizon} direction`, ofDirections, DIRECTION_GOAL, settings),
    ],
    options.signal,
  );
  return {
    record,
    validationFrom: split,
    regressor: judge(regressor, ofReturns, RETURN_GOAL),
    classifier: judge(classifier, ofDirections, DIRECTION_GOAL),
  };
}

/** Whether so many bars leave enough rows to train and to validate on. */
export function hasEnoughRows(bars: number, horizon: number, validationShare: number): boolean {
  const { trainRows, validationRows } = splitRows(bars, horizon, validationShare);
  return trainRows >= MIN_TRAIN_ROWS && validationRows >= MIN_VALIDATION_ROWS;
}

/** Returns where the validation rows begin, and how many there are of each kind. */
function splitRows(bars: number, horizon: number, validationShare: number) {
  const labelled = bars - horizon;
  const split = Math.floor(labelled * (1 - validationShare));
  // The target of row t is known at bar t + horizon, which must lie before the first validation row.
  return { labelled, split, trainRows: split - horizon, validationRows: labelled - split };
}

interface Rows {
  values: Float64Array;
  rows: number;
  labels: Float64Array;
  featureNames: string[];
}

/** The rows of one target: the older ones train, the newest validate. */
interface Halves {
  training: Rows;
  validation: Rows;
}

/** What a model is trained for, and how a forecast of it is scored: the mean loss over the rows. */
interface Goal {
  params: TrainParams;
  /** The forecast that knows only the training labels, one row. */
  constant(labels: Float64Array): ArrayLike<number>;
  loss(label: number, forecast: ArrayLike<number>): number;
}

const RETURN_GOAL: Goal = {
  params: { objective: 'regression', metric: 'l2' },
  constant: (labels) => [labels.reduce((sum, label) => sum + label, 0) / labels.length],
  loss: (label, forecast) => (label - forecast[0]) ** 2,
};

const DIRECTION_GOAL: Goal = {
  params: { objective: 'multiclass', num_class: 3, metric: 'multi_logloss' },
  constant: (labels) =>
    [0, 1, 2].map((direction) => labels.filter((label) => label === direction).length / labels.length),
  loss: (label, shares) => -Math.log(Math.max(shares[label], 1e-15)),
};

function taskOf(
  key: string,
  { training, validation }: Halves,
  goal: Goal,
  { params, earlyStoppingRounds }: LgbmSettings,
): TrainTask {
  const early = { early_stopping_round: earlyStoppingRounds };
  return {
    key,
    dataset: createDataset(training),
    params: { ...DEFAULT_PARAMS, ...early, ...params, ...goal.params },
    valid: createDataset(validation),
  };
}

/** Returns the model beside the constant forecast, both on the validation rows. */
function judge(booster: Booster, { training, validation }: Halves, goal: Goal): TrainedModel {
  const predicted = booster.predict(validation.values, { rows: validation.rows });
  const constant = goal.constant(training.labels);
  return {
    booster,
    bestIteration: booster.bestIteration,
    validationLoss: meanLoss(validation, goal, (row) => predicted.subarray(row * booster.outputs)),
    constantLoss: meanLoss(validation, goal, () => constant),
  };
}

function meanLoss({ labels }: Rows, goal: Goal, forecastOf: (row: number) => ArrayLike<number>): number {
  return labels.reduce((sum, label, row) => sum + goal.loss(label, forecastOf(row)), 0) / labels.length;
}

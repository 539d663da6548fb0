import { definedOf, ForecastError } from '../../errors.js';
import {
  type Booster,
  createDataset,
  type Dataset,
  type TrainParams,
  type TrainTask,
  withLabels,
} from '../../lgbm/index.js';
import { MIN_TRAIN_ROWS, MIN_VALIDATION_ROWS } from '../lgbm/least-rows.js';
import { sharedDoubles } from '../lgbm/shared-doubles.js';
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

/** Small trees: a thousand rows of daily returns hold little more, and 31 leaves of all features took four times as long to say no more. */
const DEFAULT_PARAMS: TrainParams = {
  num_iterations: 300,
  learning_rate: 0.05,
  num_leaves: 7,
  min_data_in_leaf: 50,
  feature_fraction: 0.3,
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
  const cut = (from: number, to: number) => {
    const values = sharedDoubles((to - from) * featureNames.length);
    values.set(featuresOf(pair, from, to));
    return values;
  };
  const [seen, unseen] = [cut(0, trainRows), cut(split, labelled)];
  const rows = (values: Float64Array, labels: ArrayLike<number>, from: number, to: number): Rows => ({
    values,
    rows: to - from,
    labels: Float64Array.from({ length: to - from }, (_, i) => labels[from + i]),
    featureNames,
  });
  const halve = (labels: ArrayLike<number>): Halves => ({
    training: rows(seen, labels, 0, trainRows),
    validation: rows(unseen, labels, split, labelled),
  });
  const [ofReturns, ofDirections] = [halve(returns), halve(directions)];
  const forReturns = { training: createDataset(ofReturns.training), validation: createDataset(ofReturns.validation) };
  // the same rows: one binning serves both
  const forDirections = {
    training: withLabels(forReturns.training, { labels: ofDirections.training.labels }),
    validation: withLabels(forReturns.validation, { labels: ofDirections.validation.labels }),
  };
  const [regressor, classifier] = await trainAll(
    options.trainer,
    [
      taskOf(`h${horizon} return`, forReturns, RETURN_GOAL, settings),
      taskOf(`h${horizon} direction`, forDirections, DIRECTION_GOAL, settings),
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
  { training, validation }: Record<keyof Halves, Dataset>,
  goal: Goal,
  { params, earlyStoppingRounds }: LgbmSettings,
): TrainTask {
  const early = { early_stopping_round: earlyStoppingRounds };
  return {
    key,
    dataset: training,
    params: { ...DEFAULT_PARAMS, ...early, ...definedOf(params), ...goal.params },
    valid: validation,
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

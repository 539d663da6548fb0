import { ForecastError } from '../errors.js';
import { buildFeatures } from '../features/index.js';
import { type Booster, createDataset, type Dataset, parseModel, type TrainParams, train } from '../lgbm/index.js';
import type { PriceSeries } from '../series/index.js';
import type { ForecastContext } from './context.js';

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
const MIN_TRAIN_ROWS = 100;
const MIN_VALIDATION_ROWS = 20;

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
  options: TrainingOptions & Pick<ForecastContext, 'features' | 'flatBand' | 'signal'> = {},
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
  const width = matrix.names.length;
  const rows = (labels: ArrayLike<number>, from: number, to: number) =>
    createDataset({
      values: matrix.values.subarray(from * width, to * width),
      rows: to - from,
      labels: Float64Array.from({ length: to - from }, (_, i) => labels[from + i]),
      featureNames: matrix.names,
    });
  const parts = (labels: ArrayLike<number>) => ({
    training: rows(labels, 0, trainRows),
    validation: rows(labels, split, labelled),
    trainLabels: Array.from({ length: trainRows }, (_, i) => labels[i]),
    validationLabels: Array.from({ length: validationRows }, (_, i) => labels[split + i]),
  });
  const record: TrainingRecord = {
    horizon,
    featureNames: matrix.names,
    trainRows,
    validationRows,
    trainedThrough: series.dates[series.length - 1],
  };
  return {
    record,
    regressor: trainOne(parts(returns), { objective: 'regression', metric: 'l2' }, meanSquaredError, options),
    classifier: trainOne(
      parts(directions),
      { objective: 'multiclass', num_class: 3, metric: 'multi_logloss' },
      shareLogLoss,
      options,
    ),
  };
}

interface Parts {
  training: Dataset;
  validation: Dataset;
  trainLabels: number[];
  validationLabels: number[];
}

function trainOne(
  parts: Parts,
  objective: TrainParams,
  constantLossOf: (fitted: number[], scored: number[]) => number,
  { params, earlyStoppingRounds = 30, signal }: TrainingOptions & { signal?: AbortSignal },
): TrainedModel {
  const settings = { ...DEFAULT_PARAMS, early_stopping_round: earlyStoppingRounds, ...params, ...objective };
  const trained = train(parts.training, settings, { valid: parts.validation, signal });
  // What is scored is what is stored: the text, read back.
  const booster = parseModel(trained.toText());
  const validationLoss = trained.bestScore!;
  return {
    booster,
    bestIteration: trained.bestIteration,
    validationLoss,
    constantLoss: constantLossOf(parts.trainLabels, parts.validationLabels),
  };
}

function meanSquaredError(fitted: number[], scored: number[]): number {
  const mean = fitted.reduce((sum, label) => sum + label, 0) / fitted.length;
  return scored.reduce((sum, label) => sum + (label - mean) ** 2, 0) / scored.length;
}

function shareLogLoss(fitted: number[], scored: number[]): number {
  const shares = [0, 1, 2].map((cls) => fitted.filter((label) => label === cls).length / fitted.length);
  return scored.reduce((sum, label) => sum - Math.log(Math.max(shares[label], 1e-15)), 0) / scored.length;
}

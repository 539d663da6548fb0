import { BASELINE_LEVELS } from '../../baselines/index.js';
import { definedOf, ForecastError } from '../../errors.js';
import { type Booster, createDataset, type Dataset, type TrainParams } from '../../lgbm/index.js';
import { pinballLoss } from '../../scoring/index.js';
import { quantileSorted } from '../../stats/index.js';
import { MIN_TRAIN_ROWS, MIN_VALIDATION_ROWS } from '../lgbm/least-rows.js';
import { sharedDoubles } from '../lgbm/shared-doubles.js';
import { type Trainer, trainAll } from '../lgbm/trainer.js';
import type { LgbmSettings } from '../lgbm/training-options.js';
import type { PooledQuantiles } from './pooled-quantiles.js';
import { logVarianceRatio, type PooledInstrument, type PooledRow, scaledReturn, splitByDate } from './pooled-rows.js';

/** What the pool learned of one horizon. */
export interface PooledModel {
  /** Forecasts ln(variance of the bars ahead / EWMA variance). */
  scale: Booster;
  /** Of the return per unit of the volatility so forecast, over all the rows with either sign: symmetric about 0. */
  quantiles: PooledQuantiles;
  trainRows: number;
  validationRows: number;
  /** Date of the newest bar that any row or target reaches. */
  trainedThrough: string;
  /** On the validation rows, quantiles from the training rows: mean pinball loss at the deciles, in EWMA volatilities. */
  validationLoss: number;
  /** The same without the booster: EWMA volatility and the quantiles of its rows. */
  constantLoss: number;
}

/** The levels that the gate compares forecasts at. */
const DECILES: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** See docs/lgbm-recipes.md for how they were found. */
const POOLED_PARAMS: TrainParams = {
  num_iterations: 300,
  learning_rate: 0.1,
  num_leaves: 15,
  min_data_in_leaf: 200,
  lambda_l2: 1,
  feature_fraction: 0.5,
};

/**
 * Trains one horizon's models on the rows of all instruments: how volatile the bars ahead are, and how returns spread per unit of
 * that volatility.
 *
 * The variance of the bars ahead is measured from their ranges, which say more of it than one return does. Where the booster loses to the EWMA
 * volatility on validation the quantiles are those without it.
 *
 * @param pool no bar after the cutoff; the same features in each
 * @throws ForecastError `SERIES_TOO_SHORT` when fewer than 100 training or 20 validation rows are left; what the engine refuses
 */
export async function trainPooled(
  pool: readonly PooledInstrument[],
  horizon: number,
  { settings: member, trainer, signal }: { settings: LgbmSettings; trainer: Trainer; signal: AbortSignal },
): Promise<PooledModel> {
  const { validationShare, earlyStoppingRounds, params } = member;
  const { training, validation } = splitByDate(pool, { horizon, validationShare });
  if (training.length < MIN_TRAIN_ROWS || validation.length < MIN_VALIDATION_ROWS) {
    const expected = `at least ${MIN_TRAIN_ROWS} training and ${MIN_VALIDATION_ROWS} validation rows`;
    const actual = `${training.length} and ${validation.length} of ${pool.length} instruments`;
    throw new ForecastError('SERIES_TOO_SHORT', `train pooled h${horizon}: expected ${expected}, got ${actual}`, {
      field: 'bars',
      expected,
      actual,
    });
  }
  const seen = datasetOf(training, horizon);
  const unseen = datasetOf(validation, horizon);
  const early = { early_stopping_round: earlyStoppingRounds };
  const settings = { ...POOLED_PARAMS, ...early, ...definedOf(params), objective: 'regression', metric: 'l2' };
  const task = { key: `pooled h${horizon}`, dataset: seen, params: settings, valid: unseen };
  const [scale] = await trainAll(trainer, [task], signal);
  const [before, after] = [seen, unseen].map(({ values, rows }) => volatilityRatios(scale, values, rows));

  const returns = (rows: readonly PooledRow[]) => Float64Array.from(rows, (row) => scaledReturn(row, horizon));
  const [known, later] = [returns(training), returns(validation)];
  const perUnit = (values: Float64Array, ratios: Float64Array) => values.map((value, row) => value / ratios[row]);
  const shape = mirroredQuantiles(perUnit(known, before), DECILES);
  const constant = mirroredQuantiles(known, DECILES);
  const all = new Float64Array(known.length + later.length);
  const validationLoss = meanPinball(later, (row) => shape.map((value) => value * after[row]));
  const constantLoss = meanPinball(later, () => constant);
  // Not `>`: a loss that is no number is no reason to trust the booster.
  const withoutBooster = !(validationLoss <= constantLoss);
  all.set(withoutBooster ? known : perUnit(known, before));
  all.set(withoutBooster ? later : perUnit(later, after), known.length);
  return {
    scale,
    quantiles: {
      levels: [...BASELINE_LEVELS],
      values: mirroredQuantiles(all, BASELINE_LEVELS),
      ...(withoutBooster && { withoutBooster }),
    },
    trainRows: training.length,
    validationRows: validation.length,
    trainedThrough: newestDate(pool),
    validationLoss,
    constantLoss,
  };
}

/** Returns the forecast volatility of the bars ahead per unit of the EWMA volatility, [rows]. */
export function volatilityRatios(scale: Booster, values: Float64Array, rows: number): Float64Array {
  return scale.predict(values, { rows }).map((logVariance) => Math.exp(logVariance / 2));
}

function datasetOf(rows: readonly PooledRow[], horizon: number): Dataset {
  const { featureNames } = rows[0].instrument;
  const width = featureNames.length;
  const values = sharedDoubles(rows.length * width);
  rows.forEach(({ instrument, bar }, row) => {
    values.set(instrument.features.subarray(bar * width, (bar + 1) * width), row * width);
  });
  const labels = Float64Array.from(rows, (row) => logVarianceRatio(row, horizon));
  return createDataset({ values, rows: rows.length, labels, featureNames });
}

/**
 * Returns the quantiles of the values together with their mirror images: how far returns go, without a view on which way. A year's
 * trend, which a pool of instruments shares, would otherwise be taken for the next one's.
 */
function mirroredQuantiles(values: Float64Array, levels: readonly number[]): number[] {
  const sorted = values.map(Math.abs).sort();
  return levels.map((level) => Math.sign(level - 0.5) * quantileSorted(sorted, Math.abs(2 * level - 1)));
}

function meanPinball(actuals: Float64Array, decilesAt: (row: number) => readonly number[]): number {
  let sum = 0;
  actuals.forEach((actual, row) => {
    decilesAt(row).forEach((value, i) => {
      sum += pinballLoss(actual, value, DECILES[i]);
    });
  });
  return sum / (actuals.length * DECILES.length);
}

function newestDate(pool: readonly PooledInstrument[]): string {
  return pool.reduce((newest, { dates }) => (dates[dates.length - 1] > newest ? dates[dates.length - 1] : newest), '');
}

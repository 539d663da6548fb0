import { BASELINE_LEVELS } from '../../baselines/inside.js';
import { definedOf, ForecastError } from '../../errors.js';
import {
  type Booster,
  createDataset,
  type Dataset,
  type TrainParams,
  type TrainTask,
  withLabels,
} from '../../lgbm/index.js';
import { mean, quantileSorted } from '../../stats/index.js';
import { DECILES, decileLoss } from '../lgbm/decile-loss.js';
import { MIN_TRAIN_ROWS, MIN_VALIDATION_ROWS } from '../lgbm/least-rows.js';
import { sharedDoubles } from '../lgbm/shared-doubles.js';
import { type Trainer, trainAll } from '../lgbm/trainer.js';
import type { LgbmSettings } from '../lgbm/training-options.js';
import { type Lean, learnLean } from './lean.js';
import { fitLinear, type LinearScale, predictLinear } from './linear-scale.js';
import { type PooledMarket, pooledMarket } from './market-references.js';
import { MARKET_INPUTS } from './market-state.js';
import { FALL_INPUTS, RANGE_INPUTS } from './own-inputs.js';
import type { PooledQuantiles } from './pooled-quantiles.js';
import {
  inputsOf,
  logVarianceRatio,
  type PooledInstrument,
  type PooledRow,
  scaledReturn,
  splitByDate,
} from './pooled-rows.js';
import { walkedRows } from './walk-loss.js';

/** What the pool learned of one horizon. */
export interface PooledModel {
  /** Forecasts ln(variance of the bars ahead / EWMA variance), beyond what the linear regression says, where there is one. */
  scale: Booster;
  /** Of the return per unit of the volatility so forecast, over all the rows with either sign: symmetric about 0. */
  quantiles: PooledQuantiles;
  trainRows: number;
  validationRows: number;
  /** Date of the newest bar that any row or target reaches. */
  trainedThrough: string;
  /** What was chosen, and on the validation rows, quantiles from the training rows, each one's mean pinball loss at the deciles, in EWMA volatilities. */
  chosen: ScaleName | 'walk';
  losses: Readonly<Partial<Record<ScaleName, number>>>;
  /** The chosen one's loss on up to 2,000 of the validation rows, and that of the random walk. */
  validationLoss: number;
  constantLoss: number;
  /** Its view on which way, where it earned one. */
  lean: Lean | undefined;
}

/**
 * Ways to forecast the scale: trees; a linear regression of the instrument's own ranges, the same with its falls, and with the market's as well; and
 * trees that start from the regression that was chosen.
 */
export type ScaleName = 'trees' | 'ranges' | 'falls' | 'market' | 'both';

/** Models of one horizon that are trained side by side: trees, and trees on top of a regression. */
export const MODELS_AT_ONCE = 2;

/** More inputs must save at least this share of the loss; the market's cost every forecast the prices of its reference instruments. */
const LEAST_GAIN = 0.0003;

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
 * The variance of the bars ahead is measured from their ranges, which say more of it than one return does. Validation chooses among a linear
 * regression, trees, and trees on top of the regression; where the best of them loses to the random walk there, the answer is the random walk.
 *
 * @param pool by code; no bar after the cutoff; the same features in each
 * @throws ForecastError `SERIES_TOO_SHORT` when fewer than 100 training or 20 validation rows are left; what the engine refuses
 */
export async function trainPooled(
  pool: ReadonlyMap<string, PooledInstrument>,
  horizon: number,
  { settings, trainer, signal }: { settings: LgbmSettings; trainer: Trainer; signal: AbortSignal },
): Promise<PooledModel> {
  const instruments = [...pool.values()];
  const { training, validation } = splitByDate(instruments, { horizon, validationShare: settings.validationShare });
  if (training.length < MIN_TRAIN_ROWS || validation.length < MIN_VALIDATION_ROWS) {
    const expected = `at least ${MIN_TRAIN_ROWS} training and ${MIN_VALIDATION_ROWS} validation rows`;
    const actual = `${training.length} and ${validation.length} of ${pool.size} instruments`;
    throw new ForecastError('SERIES_TOO_SHORT', `train pooled h${horizon}: expected ${expected}, got ${actual}`, {
      field: 'bars',
      expected,
      actual,
    });
  }
  const returns = (rows: readonly PooledRow[]) => Float64Array.from(rows, (row) => scaledReturn(row, horizon));
  const halves: Halves = { training, validation, known: returns(training), later: returns(validation) };
  const market = pooledMarket(pool);
  const scales = await scalesOf(halves, horizon, { market, settings, trainer, signal });
  // A wider regression that was not worth its inputs is no candidate.
  const best = scales.filter(({ worth }) => worth).reduce((least, scale) => (scale.loss < least.loss ? scale : least));

  const walked = await walkedRows(validation, horizon, signal);
  const constantLoss = mean(walked.map(({ loss }) => loss));
  const validationLoss = mean(walked.map(({ place }) => best.lossAt(place)));
  // Not `>`: a loss that is no number is no reason to leave the random walk.
  const randomWalk = !(validationLoss <= constantLoss);
  const [known, later] = [scaledBy(halves.known, best.before), scaledBy(halves.later, best.after)];
  const perUnit = new Float64Array(training.length + validation.length);
  perUnit.set(known);
  perUnit.set(later, training.length);
  const both = { training: { rows: training, perUnit: known }, validation: { rows: validation, perUnit: later } };
  const lean = randomWalk || market === undefined ? undefined : learnLean(both, { horizon, states: market.states });
  return {
    scale: best.booster,
    quantiles: {
      levels: [...BASELINE_LEVELS],
      values: mirroredQuantiles(perUnit, BASELINE_LEVELS),
      ...(randomWalk && { randomWalk }),
      ...(best.linear && { linear: best.linear }),
      ...((best.seesMarket || lean) && { references: market!.codes }),
      ...(lean && { lean: lean.weight }),
      ...(!best.grown && { withoutTrees: true as const }),
    },
    trainRows: training.length,
    validationRows: validation.length,
    trainedThrough: newestDate(instruments),
    chosen: randomWalk ? 'walk' : best.name,
    losses: Object.fromEntries(scales.map(({ name, loss }) => [name, loss])),
    validationLoss,
    constantLoss,
    lean,
  };
}

interface Halves {
  training: readonly PooledRow[];
  validation: readonly PooledRow[];
  /** Log returns in EWMA volatilities × √horizon: of the training rows, and of the validation rows. */
  known: Float64Array;
  later: Float64Array;
}

/** A way to forecast the scale, tried on the validation rows. */
interface TriedScale {
  readonly name: ScaleName;
  readonly linear: LinearScale | undefined;
  readonly seesMarket: boolean;
  /** What is stored as the scale, and whether its trees are used. */
  readonly booster: Booster;
  readonly grown: boolean;
  /** Volatilities per unit of the EWMA's: of the training rows, and of the validation rows. */
  readonly before: Float64Array;
  readonly after: Float64Array;
  readonly loss: number;
  /** Whether it may be chosen: of the regressions the one whose inputs earn their place. */
  readonly worth: boolean;
  lossAt(row: number): number;
}

async function scalesOf(
  halves: Halves,
  horizon: number,
  {
    market,
    settings,
    trainer,
    signal,
  }: { market: PooledMarket | undefined; settings: LgbmSettings; trainer: Trainer; signal: AbortSignal },
): Promise<TriedScale[]> {
  const { training, validation } = halves;
  const seen = datasetOf(training, horizon);
  const unseen = datasetOf(validation, horizon);
  const regress = (name: ScaleName, names: readonly string[], states?: PooledMarket['states']) => {
    const [inside, outside] = [training, validation].map((rows) => inputsOf(rows, names, states));
    const linear = fitLinear(inside, Float64Array.from(seen.labels), names);
    const [logBefore, logAfter] = [inside, outside].map((values) => predictLinear(linear, values));
    const tried = tryScale(halves, logBefore, logAfter);
    return { name, linear, seesMarket: states !== undefined, logBefore, logAfter, ...tried };
  };
  const own = [...RANGE_INPUTS, ...FALL_INPUTS];
  const regressions = [regress('ranges', RANGE_INPUTS), regress('falls', own)];
  if (market !== undefined) regressions.push(regress('market', [...own, ...MARKET_INPUTS], market.states));
  const start = regressions.reduce((chosen, wider) => (wider.loss <= chosen.loss * (1 - LEAST_GAIN) ? wider : chosen));

  const { earlyStoppingRounds, params } = settings;
  const early = { early_stopping_round: earlyStoppingRounds };
  const learning = { ...POOLED_PARAMS, ...early, ...definedOf(params), objective: 'regression', metric: 'l2' };
  const task = (key: string, dataset: Dataset, valid: Dataset): TrainTask => ({
    key,
    dataset,
    params: learning,
    valid,
  });
  const [trees, onTop] = await trainAll(
    trainer,
    [
      task(`pooled h${horizon}`, seen, unseen),
      task(`pooled h${horizon} on a regression`, startingAt(seen, start.logBefore), startingAt(unseen, start.logAfter)),
    ],
    signal,
  );
  const grow = (booster: Booster, from?: { logBefore: Float64Array; logAfter: Float64Array }) => {
    const add = ({ values, rows }: Dataset, begun: Float64Array | undefined) => {
      const grown = booster.predict(values, { rows });
      return begun === undefined ? grown : grown.map((value, row) => value + begun[row]);
    };
    return {
      booster,
      grown: true,
      ...tryScale(halves, add(seen, from?.logBefore), add(unseen, from?.logAfter)),
    };
  };
  return [
    { name: 'trees', linear: undefined, seesMarket: false, worth: true, ...grow(trees) },
    ...regressions.map((regression) => ({ ...regression, worth: regression === start, booster: onTop, grown: false })),
    { name: 'both', linear: start.linear, seesMarket: start.seesMarket, worth: true, ...grow(onTop, start) },
  ];
}

/** Returns the volatilities that go with forecast log variances, and what they lose on validation with quantiles from the training rows. */
function tryScale({ known, later }: Halves, logBefore: Float64Array, logAfter: Float64Array) {
  const [before, after] = [logBefore, logAfter].map(toRatios);
  const shape = mirroredQuantiles(scaledBy(known, before), DECILES);
  const lossAt = (row: number) =>
    decileLoss(
      later[row],
      shape.map((value) => value * after[row]),
    );
  return { before, after, lossAt, loss: mean(Float64Array.from(later, (_, row) => lossAt(row))) };
}

/** Returns volatilities per unit of the EWMA's. */
function toRatios(logVariances: Float64Array): Float64Array {
  return logVariances.map((logVariance) => Math.exp(logVariance / 2));
}

function scaledBy(returns: Float64Array, ratios: Float64Array): Float64Array {
  return returns.map((value, row) => value / ratios[row]);
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

function startingAt(dataset: Dataset, initScore: Float64Array): Dataset {
  return withLabels(dataset, { labels: dataset.labels, initScore });
}

/**
 * Returns the quantiles of the values together with their mirror images: how far returns go, without a view on which way. A year's
 * trend, which a pool of instruments shares, would otherwise be taken for the next one's.
 */
function mirroredQuantiles(values: Float64Array, levels: readonly number[]): number[] {
  const sorted = values.map(Math.abs).sort();
  return levels.map((level) => Math.sign(level - 0.5) * quantileSorted(sorted, Math.abs(2 * level - 1)));
}

function newestDate(pool: readonly PooledInstrument[]): string {
  return pool.reduce((newest, { dates }) => (dates[dates.length - 1] > newest ? dates[dates.length - 1] : newest), '');
}

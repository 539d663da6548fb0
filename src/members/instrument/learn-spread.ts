import { sharesOf } from '../../ensemble/index.js';
import type { Booster } from '../../lgbm/index.js';
import { type DatedLoss, type LossSkill, lossSkill, pinballLoss } from '../../scoring/index.js';
import { mean, quantileFunction } from '../../stats/index.js';
import type { Trainer } from '../lgbm/trainer.js';
import type { LgbmSettings } from '../lgbm/training-options.js';
import { type InstrumentSpread, LEAST_NARROWING, movedQuantiles } from './instrument-spread.js';
import { featuresOf, type PairRows } from './pair-rows.js';
import { hasEnoughRows, type TrainedPair, trainPair } from './train-pair.js';
import { DECILES, type WalkRow, walkRows } from './walk-rows.js';

/** What was found of a pair of models, and by what. */
export interface LearnedSpread {
  readonly spread: InstrumentSpread;
  /** Pinball loss / the random walk's on the days of the gate, of what would be stated without it; 1 where there are too few of them. */
  readonly lossRatio: number;
  /** The skill on those days with its 95 % interval, which must lie above 0; undefined where there are too few of them. */
  readonly gate: LossSkill | undefined;
}

/** How much of a predicted return is kept: what validation likes best. */
const PULLS: readonly number[] = [0, 0.25, 0.5, 0.75, 1];

/** Classes of the classifier: down, flat, up. */
const CLASSES = 3;

/** A share is never taken for less than this. */
const LEAST_SHARE = 1e-15;

interface LearnOptions {
  settings: LgbmSettings;
  flatBand: number;
  trainer: Trainer;
  signal: AbortSignal;
}

/**
 * Returns how far a pair of models may move an instrument's random walk, and narrow it.
 *
 * Validation rows choose: the share of the predicted return that loses least (pinball at the deciles), and how wide its errors are beside
 * the returns, both in units of the random walk's own width. They also stopped the training, so they are no judge. Judged is the whole procedure, on days
 * that none of it saw: two earlier trainings, on the bars before the newest fifth and before the two newest fifths, choose in the
 * same way and forecast the fifth after. Unless they lose less than the random walk there by more than the 95 % interval of the difference, the answer
 * is the random walk. The classifier's shares are judged alike, beside those of what is then stated.
 *
 * @param newest the pair trained on all the bars
 */
export async function learnSpread(pair: PairRows, newest: TrainedPair, options: LearnOptions): Promise<LearnedSpread> {
  const { series, horizon } = pair;
  const folds = await earlierPairs(pair, options);
  const firstNeeded = Math.min(newest.validationFrom, ...folds.map(({ trained }) => trained.validationFrom));
  const rows = await walkRows(series, { horizon, from: firstNeeded, to: series.length, signal: options.signal });
  const between = (from: number, to: number) => rows.filter(({ bar }) => bar >= from && bar < to);
  const judged = folds.flatMap(({ trained, bars, end }) => {
    const chosen = choose(between(trained.validationFrom, bars - horizon), trained.regressor.booster, pair);
    // Made at the close of the fold's newest bar at the earliest: no outcome that the fold knows.
    return judgedRows(between(bars - 1, end), trained, { pair, chosen, flatBand: options.flatBand });
  });
  const gate = lossSkill(judged, horizon);
  const own = choose(between(newest.validationFrom, series.length - horizon), newest.regressor.booster, pair);
  const moved = gate?.verdict === 'better' && own.pull > 0;
  const directions = judged.map(({ date, shareLoss, movedShareLoss, walkShareLoss }) => ({
    date,
    loss: shareLoss,
    reference: moved ? movedShareLoss : walkShareLoss,
  }));
  const shares = lossSkill(directions, horizon)?.verdict === 'better';
  return {
    spread: { ...(moved ? own : { pull: 0, narrowing: 1 }), shares },
    lossRatio: lossRatioOf(judged),
    gate,
  };
}

/** A pair that knows the oldest `bars` bars, and the bar that its days of judgement end before. */
interface Fold {
  readonly trained: TrainedPair;
  readonly bars: number;
  readonly end: number;
}

async function earlierPairs(pair: PairRows, options: LearnOptions): Promise<Fold[]> {
  const { length } = pair.series;
  const { validationShare } = options.settings;
  const cuts = [2, 1, 0].map((tails) => Math.floor(length * (1 - tails * validationShare)));
  const folds: Fold[] = [];
  for (const [i, bars] of cuts.slice(0, 2).entries()) {
    // A young instrument has one fold, or none, and then too few days to be told from the random walk.
    if (!hasEnoughRows(bars, pair.horizon, validationShare)) continue;
    folds.push({ trained: await trainPair(pair, bars, options), bars, end: cuts[i + 1] - (i === 0 ? 1 : 0) });
  }
  return folds;
}

/** Returns the pull that loses least on the rows, and the narrowing that goes with it. */
function choose(rows: readonly WalkRow[], regressor: Booster, pair: PairRows): { pull: number; narrowing: number } {
  const predicted = predictRows(regressor, rows, pair);
  const away = (pull: number) =>
    mean(rows.map(({ actual, width }, i) => Math.abs(actual - Math.log1p(pull * predicted[i])) / width));
  const whole = away(0);
  let best = { pull: 0, narrowing: 1, loss: Number.POSITIVE_INFINITY };
  for (const pull of PULLS) {
    const narrowing = pull === 0 ? 1 : Math.min(1, Math.max(LEAST_NARROWING, away(pull) / whole));
    const loss = mean(
      rows.map((row, i) => decileLoss(row, movedQuantiles(row.walk, predicted[i], { pull, narrowing }))),
    );
    // Not `>=`: a loss that is no number (no rows at all) is no reason to leave the random walk.
    if (loss < best.loss) best = { pull, narrowing, loss };
  }
  return { pull: best.pull, narrowing: best.narrowing };
}

/** A day of judgement: pinball losses, and log losses of the shares of the classifier, of the moved quantiles and of the random walk's. */
interface JudgedRow extends DatedLoss {
  readonly shareLoss: number;
  readonly movedShareLoss: number;
  readonly walkShareLoss: number;
}

function judgedRows(
  rows: readonly WalkRow[],
  { regressor, classifier }: TrainedPair,
  { pair, chosen, flatBand }: { pair: PairRows; chosen: { pull: number; narrowing: number }; flatBand: number },
): JudgedRow[] {
  const predicted = predictRows(regressor.booster, rows, pair);
  const shares = predictRows(classifier.booster, rows, pair);
  return rows.map((row, i) => {
    const moved = movedQuantiles(row.walk, predicted[i], chosen);
    const came = pair.directions[row.bar];
    const shareLoss = (share: number) => -Math.log(Math.max(share, LEAST_SHARE));
    return {
      date: row.date,
      loss: decileLoss(row, moved),
      reference: decileLoss(row, row.walk),
      shareLoss: shareLoss(shares[i * CLASSES + came]),
      movedShareLoss: shareLoss(impliedShares(moved, flatBand)[came]),
      walkShareLoss: shareLoss(impliedShares(row.walk, flatBand)[came]),
    };
  });
}

/** Down, flat and up as the quantiles of a log return have them. */
function impliedShares(logReturns: Float64Array, flatBand: number): number[] {
  const { probDown, probFlat, probUp } = sharesOf(quantileFunction(DECILES, logReturns.map(Math.exp)), {
    baseClose: 1,
    flatBand,
  });
  return [probDown, probFlat, probUp];
}

function decileLoss({ actual, width }: WalkRow, quantiles: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < DECILES.length; i++) sum += pinballLoss(actual, quantiles[i], DECILES[i]);
  return sum / (DECILES.length * width);
}

function lossRatioOf(rows: readonly DatedLoss[]): number {
  const [loss, reference] = [mean(rows.map((row) => row.loss)), mean(rows.map((row) => row.reference))];
  return rows.length === 0 || loss === reference ? 1 : loss / reference;
}

/** Returns the booster's outputs at the bars of the rows, [rows × outputs]. */
function predictRows(booster: Booster, rows: readonly WalkRow[], pair: PairRows): Float64Array {
  const width = pair.featureNames.length;
  const values = new Float64Array(rows.length * width);
  rows.forEach(({ bar }, i) => {
    values.set(featuresOf(pair, bar, bar + 1), i * width);
  });
  return booster.predict(values, { rows: rows.length });
}

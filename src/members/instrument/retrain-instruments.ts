import { letOthersRun, mapConcurrently } from '../../concurrency/index.js';
import type { RetrainItem, RetrainJob, TrainedEntry } from '../../ensemble/index.js';
import { encodeModel } from '../../lgbm/index.js';
import { leakIn } from '../lgbm/leak-in.js';
import { type ModelKind, modelKey } from '../lgbm/model-key.js';
import { type Trainer, trainerOf } from '../lgbm/trainer.js';
import type { LgbmSettings } from '../lgbm/training-options.js';
import { wasPublished } from '../lgbm/was-published.js';
import { spreadToCompact, spreadToText } from './instrument-spread.js';
import { type LearnedSpread, learnSpread, MOST_EARLIER_TRAININGS } from './learn-spread.js';
import { type InstrumentRows, instrumentRows, pairRows } from './pair-rows.js';
import { type TrainedModel, type TrainedPair, trainPair } from './train-pair.js';

/** How the instruments' models are trained. */
interface InstrumentSettings {
  readonly settings: LgbmSettings;
  /** Whether validation says how far a pair is trusted; without it the pair is published as it is. */
  readonly learnsSpread: boolean;
}

/** The same, and what they are trained on. */
interface InstrumentTraining extends InstrumentSettings {
  readonly trainer: Trainer;
}

/**
 * Trains the pair of models of every code and horizon, learns how far each is to be trusted, and publishes those of a code at once, so that a reader finds the horizons of one
 * training.
 *
 * A code whose bars foretell the next day fails (`LOOKAHEAD`). One item's failure is reported and does not stop the rest; its old models stay. So do those whose successors the gate turns down.
 */
export async function retrainInstruments(
  job: RetrainJob,
  { settings, learnsSpread }: InstrumentSettings,
): Promise<void> {
  const { codes, horizons } = job;
  const pairs = codes.length * horizons.length * (learnsSpread ? 1 + MOST_EARLIER_TRAININGS : 1);
  const trainer = await trainerOf(settings, 2 * pairs);
  // one instrument more than the threads can train, so that none waits for the last model of another
  const atOnce = trainer.threads === 1 ? 1 : 1 + Math.ceil(trainer.threads / (2 * horizons.length));
  const results: (RetrainItem[] | undefined)[] = codes.map(() => undefined);
  const running: Promise<void>[] = [];
  let reported = 0;
  let isOver = false;
  /** Reports what there is to report in the order of the codes, whatever the order in which they end. */
  const report = () => {
    for (let items = results[reported]; items !== undefined && !isOver; items = results[++reported]) job.report(items);
  };
  const retrainAt = async (at: number) => {
    results[at] = await retrainInstrument(codes[at], job, { settings, learnsSpread, trainer });
    report();
    await letOthersRun();
  };
  try {
    await mapConcurrently([...codes.keys()], atOnce, (at) => {
      const work = retrainAt(at);
      running.push(work);
      return work;
    });
  } finally {
    // nothing is reported any more once the run is over
    isOver = true;
    trainer.close();
    await Promise.allSettled(running);
  }
}

async function retrainInstrument(code: string, job: RetrainJob, training: InstrumentTraining): Promise<RetrainItem[]> {
  const { settings, trainer } = training;
  let built: Promise<InstrumentRows> | undefined;
  const rows = () => {
    built ??= job.history(code, settings.trainingBars).then((series) => {
      const leak = leakIn(series, code);
      if (leak !== undefined) throw leak;
      return instrumentRows(series, settings);
    });
    return built;
  };
  const sideBySide = trainer.threads === 1 ? 1 : job.horizons.length;
  const outcomes = await mapConcurrently(job.horizons, sideBySide, async (horizon): Promise<Outcome> => {
    job.signal.throwIfAborted();
    try {
      return await retrainItem({ code, horizon, rows }, job, training);
    } catch (error) {
      job.signal.throwIfAborted();
      return { item: { code, horizon, status: 'failed', error } };
    }
  });
  job.signal.throwIfAborted();
  return publishTogether(code, outcomes, { job, name: settings.name });
}

/** What became of a (code, horizon), and what is to be published of it. */
interface Outcome {
  item: RetrainItem;
  pair?: TrainedPair;
  /** Beside the pair, where it was learned. */
  learned?: LearnedSpread;
}

async function retrainItem(
  { code, horizon, rows }: { code: string; horizon: number; rows: () => Promise<InstrumentRows> },
  job: RetrainJob,
  { settings, learnsSpread, trainer }: InstrumentTraining,
): Promise<Outcome> {
  const { name, gateTolerance } = settings;
  const { signal, market } = job;
  if (await wasPublished(job, modelKey(name, { code, horizon, kind: 'cls' }))) {
    return { item: { code, horizon, status: 'resumed' } };
  }
  const { flatBand } = market;
  const instrument = await rows();
  const targets = pairRows(instrument, horizon, flatBand);
  const options = { settings, flatBand, trainer, signal };
  const pair = await trainPair(targets, instrument.series.length, options);
  const lossRatios = { reg: lossRatio(pair.regressor), cls: lossRatio(pair.classifier) };
  const ended = (status: 'kept' | 'published', ratios: RetrainItem['lossRatios']): RetrainItem => ({
    code,
    horizon,
    status,
    lossRatios: ratios,
  });
  if (!learnsSpread) {
    // Not `>`: a ratio that is no number must not pass.
    if (!(Math.max(lossRatios.reg, lossRatios.cls) <= 1 + gateTolerance)) return { item: ended('kept', lossRatios) };
    return { item: ended('published', lossRatios), pair };
  }
  const learned = await learnSpread(targets, pair, options);
  const all = { ...lossRatios, pinball: learned.lossRatio };
  if (!(learned.lossRatio <= 1 + gateTolerance)) return { item: ended('kept', all) };
  return { item: ended('published', all), pair, learned };
}

/** Publishes a code's pairs in one go and returns what became of each item. */
async function publishTogether(
  code: string,
  outcomes: readonly Outcome[],
  { job, name }: { job: RetrainJob; name: string },
): Promise<RetrainItem[]> {
  const trainedAt = job.now().toISOString();
  const keepsCompact = job.models.getCompact !== undefined;
  const entries = outcomes.flatMap(({ item: { horizon }, pair, learned }) => {
    if (pair === undefined) return [];
    const meta = { code, ...pair.record, featureNames: undefined, trainedAt };
    const keyOf = (kind: ModelKind) => modelKey(name, { code, horizon, kind });
    return [
      entryOf(keyOf('reg'), pair.regressor, meta, keepsCompact),
      entryOf(keyOf('cls'), pair.classifier, meta, keepsCompact),
      ...(learned === undefined ? [] : [spreadEntry(keyOf('spr'), learned, meta, keepsCompact)]),
    ];
  });
  let isPublished: boolean;
  try {
    isPublished = entries.length === 0 || (await job.publish(entries, [code]));
  } catch (error) {
    job.signal.throwIfAborted();
    return outcomes.map(({ item, pair }) => (pair === undefined ? item : { ...item, status: 'failed', error }));
  }
  return outcomes.map(({ item, pair }) => (pair === undefined || isPublished ? item : { ...item, status: 'kept' }));
}

/** A loss of exactly nothing on both sides (a constant price) is no worse than the constant. */
function lossRatio({ validationLoss, constantLoss }: TrainedModel): number {
  return validationLoss === constantLoss ? 1 : validationLoss / constantLoss;
}

function entryOf(key: string, model: TrainedModel, shared: object, keepsCompact: boolean): TrainedEntry {
  const { booster, bestIteration, validationLoss, constantLoss } = model;
  const text = booster.toText();
  const meta = { ...shared, bestIteration, validationLoss, constantLoss };
  return { key, text, meta, ...(keepsCompact && { compact: encodeModel(text) }) };
}

/** The compact form is there for the pair's: all that is read of a generation is read at one moment. */
function spreadEntry(
  key: string,
  { spread, gate }: LearnedSpread,
  shared: object,
  keepsCompact: boolean,
): TrainedEntry {
  const meta = { ...shared, ...spread, gate };
  return { key, text: spreadToText(spread), meta, ...(keepsCompact && { compact: spreadToCompact(spread) }) };
}

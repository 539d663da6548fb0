import { letOthersRun, mapConcurrently } from '../../concurrency/index.js';
import type { RetrainItem, RetrainJob, TrainedEntry } from '../../ensemble/index.js';
import { encodeModel } from '../../lgbm/index.js';
import type { PriceSeries } from '../../series/index.js';
import { modelKey } from '../lgbm/model-key.js';
import { type Trainer, trainerOf } from '../lgbm/trainer.js';
import type { LgbmSettings } from '../lgbm/training-options.js';
import { wasPublished } from '../lgbm/was-published.js';
import { type TrainedModel, trainPair } from './train-pair.js';

/**
 * Trains the pair of models of every code and horizon and publishes each pair at once.
 *
 * One item's failure is reported and does not stop the rest; its old models stay. So do those whose successors the gate turns down.
 */
export async function retrainInstruments(job: RetrainJob, settings: LgbmSettings): Promise<void> {
  const { codes, horizons } = job;
  const trainer = await trainerOf(settings, 2 * codes.length * horizons.length);
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
    results[at] = await retrainInstrument(codes[at], job, { settings, trainer });
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
    // nothing is reported or published any more once the run is over
    isOver = true;
    trainer.close();
    await Promise.allSettled(running);
  }
}

async function retrainInstrument(
  code: string,
  job: RetrainJob,
  { settings, trainer }: { settings: LgbmSettings; trainer: Trainer },
): Promise<RetrainItem[]> {
  let fetched: Promise<PriceSeries> | undefined;
  const series = () => {
    fetched ??= job.history(code, settings.trainingBars);
    return fetched;
  };
  const sideBySide = trainer.threads === 1 ? 1 : job.horizons.length;
  return mapConcurrently(job.horizons, sideBySide, async (horizon): Promise<RetrainItem> => {
    job.signal.throwIfAborted();
    try {
      return { code, horizon, ...(await retrainItem({ code, horizon, series }, job, { settings, trainer })) };
    } catch (error) {
      job.signal.throwIfAborted();
      return { code, horizon, status: 'failed', error };
    }
  });
}

async function retrainItem(
  { code, horizon, series }: { code: string; horizon: number; series: () => Promise<PriceSeries> },
  job: RetrainJob,
  { settings, trainer }: { settings: LgbmSettings; trainer: Trainer },
): Promise<Pick<RetrainItem, 'status' | 'lossRatios'>> {
  const { name, gateTolerance } = settings;
  const keyOf = (kind: 'reg' | 'cls') => modelKey(name, { code, horizon, kind });
  if (await wasPublished(job, keyOf('cls'))) return { status: 'resumed' };
  const { signal, market } = job;
  const { flatBand } = market;
  const { record, regressor, classifier } = await trainPair(await series(), horizon, {
    settings,
    flatBand,
    trainer,
    signal,
  });
  const lossRatios = { reg: lossRatio(regressor), cls: lossRatio(classifier) };
  // Not `>`: a ratio that is no number must not pass.
  if (!(Math.max(lossRatios.reg, lossRatios.cls) <= 1 + gateTolerance)) return { status: 'kept', lossRatios };
  const meta = { code, ...record, featureNames: undefined, trainedAt: job.now().toISOString() };
  const keepsCompact = job.models.getCompact !== undefined;
  const entry = (kind: 'reg' | 'cls', model: TrainedModel) => entryOf(keyOf(kind), model, meta, keepsCompact);
  await job.publish([entry('reg', regressor), entry('cls', classifier)]);
  return { status: 'published', lossRatios };
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

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
  const trainer = await trainerOf(settings.trainPool);
  const sideBySide = settings.trainPool ? job.horizons.length : 1;
  for (const code of job.codes) {
    let fetched: Promise<PriceSeries> | undefined;
    const series = () => {
      fetched ??= job.history(code, settings.trainingBars);
      return fetched;
    };
    const items = await mapConcurrently(job.horizons, sideBySide, async (horizon): Promise<RetrainItem> => {
      job.signal.throwIfAborted();
      try {
        return { code, horizon, ...(await retrainItem({ code, horizon, series }, job, { settings, trainer })) };
      } catch (error) {
        job.signal.throwIfAborted();
        return { code, horizon, status: 'failed', error };
      }
    });
    job.report(items);
    await letOthersRun();
  }
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

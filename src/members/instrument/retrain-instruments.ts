import { letOthersRun, mapConcurrently } from '../../concurrency/index.js';
import type { RetrainItem, RetrainJob, TrainedEntry } from '../../ensemble/index.js';
import type { PriceSeries } from '../../series/index.js';
import { type ModelKind, modelKey } from '../lgbm/model-key.js';
import { type Trainer, trainerOf } from '../lgbm/trainer.js';
import type { LgbmSettings } from '../lgbm/training-options.js';
import { wasPublished } from '../lgbm/was-published.js';
import { spreadToText } from './instrument-spread.js';
import { learnSpread } from './learn-spread.js';
import { pairRows } from './pair-rows.js';
import { type TrainedModel, trainPair } from './train-pair.js';

/** How the instruments' models are trained. */
interface InstrumentSettings {
  readonly settings: LgbmSettings;
  /** Whether validation says how far a pair is trusted; without it the pair is published as it is. */
  readonly learnsSpread: boolean;
}

/**
 * Trains the pair of models of every code and horizon and publishes each pair at once.
 *
 * One item's failure is reported and does not stop the rest; its old models stay. So do those whose successors the gate turns down.
 */
export async function retrainInstruments(
  job: RetrainJob,
  { settings, learnsSpread }: InstrumentSettings,
): Promise<void> {
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
        return {
          code,
          horizon,
          ...(await retrainItem({ code, horizon, series }, job, { settings, trainer, learnsSpread })),
        };
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
  { settings, trainer, learnsSpread }: InstrumentSettings & { trainer: Trainer },
): Promise<Pick<RetrainItem, 'status' | 'lossRatios'>> {
  const { name, gateTolerance, features } = settings;
  const keyOf = (kind: ModelKind) => modelKey(name, { code, horizon, kind });
  if (await wasPublished(job, keyOf('cls'))) return { status: 'resumed' };
  const { signal, market } = job;
  const { flatBand } = market;
  const bars = await series();
  const pair = pairRows(bars, horizon, { features, flatBand });
  const options = { settings, flatBand, trainer, signal };
  const newest = await trainPair(pair, bars.length, options);
  const { record, regressor, classifier } = newest;
  const lossRatios = { reg: lossRatio(regressor), cls: lossRatio(classifier) };
  const meta = { code, ...record, featureNames: undefined, trainedAt: job.now().toISOString() };
  const entries = [entry(keyOf('reg'), regressor, meta), entry(keyOf('cls'), classifier, meta)];
  if (!learnsSpread) {
    // Not `>`: a ratio that is no number must not pass.
    if (!(Math.max(lossRatios.reg, lossRatios.cls) <= 1 + gateTolerance)) return { status: 'kept', lossRatios };
    await job.publish(entries);
    return { status: 'published', lossRatios };
  }
  const learned = await learnSpread(pair, newest, options);
  const { spread, gate } = learned;
  const all = { ...lossRatios, pinball: learned.lossRatio };
  if (!(learned.lossRatio <= 1 + gateTolerance)) return { status: 'kept', lossRatios: all };
  await job.publish([
    ...entries,
    { key: keyOf('spr'), text: spreadToText(spread), meta: { ...meta, ...spread, gate } },
  ]);
  return { status: 'published', lossRatios: all };
}

/** A loss of exactly nothing on both sides (a constant price) is no worse than the constant. */
function lossRatio({ validationLoss, constantLoss }: TrainedModel): number {
  return validationLoss === constantLoss ? 1 : validationLoss / constantLoss;
}

function entry(key: string, model: TrainedModel, meta: object): TrainedEntry {
  const { booster, bestIteration, validationLoss, constantLoss } = model;
  return { key, text: booster.toText(), meta: { ...meta, bestIteration, validationLoss, constantLoss } };
}

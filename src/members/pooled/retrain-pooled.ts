import { letOthersRun } from '../../concurrency/index.js';
import type { RetrainItem, RetrainJob } from '../../ensemble/index.js';
import { pooledKey } from '../lgbm/model-key.js';
import { type Trainer, trainerOf } from '../lgbm/trainer.js';
import type { LgbmSettings } from '../lgbm/training-options.js';
import { wasPublished } from '../lgbm/was-published.js';
import { quantilesToText } from './pooled-quantiles.js';
import { type PooledInstrument, pooledInstrument } from './pooled-rows.js';
import { type PooledModel, trainPooled } from './train-pooled.js';

/**
 * Trains the pooled models of every horizon on the codes together and publishes both parts of a horizon at once.
 *
 * A code whose prices cannot be had is left out of the pool and its items fail; a horizon that fails, or that the gate turns down,
 * does so for all of its codes and keeps its old models.
 */
export async function retrainPooled(job: RetrainJob, settings: LgbmSettings): Promise<void> {
  const { codes, horizons, signal } = job;
  const due: number[] = [];
  for (const horizon of horizons) {
    if (await wasPublished(job, pooledKey(settings.name, horizon, 'scale'))) {
      job.report(codes.map((code) => ({ code, horizon, status: 'resumed' })));
    } else due.push(horizon);
  }
  if (due.length === 0) return;
  const pool = new Map<string, PooledInstrument>();
  for (const code of codes) {
    try {
      pool.set(code, pooledInstrument(await job.history(code, settings.trainingBars), settings));
    } catch (error) {
      signal.throwIfAborted();
      job.report(due.map((horizon) => ({ code, horizon, status: 'failed', error })));
    }
    await letOthersRun();
  }
  if (pool.size === 0) return;
  const trainer = await trainerOf(settings.trainPool);
  for (const horizon of due) {
    const outcome = await retrainHorizon(pool, horizon, { job, settings, trainer });
    job.report([...pool.keys()].map((code) => ({ code, horizon, ...outcome })));
  }
}

interface Training {
  job: RetrainJob;
  settings: LgbmSettings;
  trainer: Trainer;
}

async function retrainHorizon(
  pool: ReadonlyMap<string, PooledInstrument>,
  horizon: number,
  { job, settings, trainer }: Training,
): Promise<Omit<RetrainItem, 'code' | 'horizon'>> {
  try {
    const trained = await trainPooled(pool, horizon, { settings, trainer, signal: job.signal });
    const { validationLoss, constantLoss } = trained;
    const pinball = validationLoss === constantLoss ? 1 : validationLoss / constantLoss;
    // Not `>`: a ratio that is no number must not pass.
    if (!(pinball <= 1 + settings.gateTolerance)) return { status: 'kept', lossRatios: { pinball } };
    await job.publish(
      entriesOf(trained, horizon, { codes: [...pool.keys()], name: settings.name, trainedAt: job.now() }),
    );
    return { status: 'published', lossRatios: { pinball } };
  } catch (error) {
    job.signal.throwIfAborted();
    return { status: 'failed', error };
  }
}

function entriesOf(
  { scale, quantiles, ...record }: PooledModel,
  horizon: number,
  { codes, name, trainedAt }: { codes: readonly string[]; name: string; trainedAt: Date },
) {
  const meta = { codes, horizon, ...record, bestIteration: scale.bestIteration, trainedAt: trainedAt.toISOString() };
  return [
    { key: pooledKey(name, horizon, 'scale'), text: scale.toText(), meta },
    { key: pooledKey(name, horizon, 'quantiles'), text: quantilesToText(quantiles), meta },
  ];
}

import { letOthersRun } from '../../concurrency/index.js';
import type { RetrainItem, RetrainJob } from '../../ensemble/index.js';
import type { ForecastError } from '../../errors.js';
import { leakIn } from '../lgbm/leak-in.js';
import { pooledKey } from '../lgbm/model-key.js';
import { type Trainer, trainerOf } from '../lgbm/trainer.js';
import type { LgbmSettings } from '../lgbm/training-options.js';
import { wasPublished } from '../lgbm/was-published.js';
import { quantilesToText } from './pooled-quantiles.js';
import { type PooledInstrument, pooledInstrument } from './pooled-rows.js';
import { MODELS_AT_ONCE, type PooledModel, trainPooled } from './train-pooled.js';

/**
 * Trains the pooled models of every horizon on the codes together and publishes them at once, so that a reader finds the horizons of one
 * training.
 *
 * A code whose bars foretell the next day (`wickLeak`) is left out of the pool with a warning, and forecast with what the others taught, since the scale would be learned
 * from a range that holds what is to be forecast. A code whose prices cannot be had is left out and its items fail; a horizon that fails, or that the gate turns down,
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
  const leaking = new Map<string, ForecastError>();
  for (const code of codes) {
    try {
      const series = await job.history(code, settings.trainingBars);
      const leak = leakIn(series, code);
      if (leak === undefined) pool.set(code, pooledInstrument(series, settings));
      else leaking.set(code, leak);
    } catch (error) {
      signal.throwIfAborted();
      job.report(due.map((horizon) => ({ code, horizon, status: 'failed', error })));
    }
    await letOthersRun();
  }
  if (leaking.size > 0) {
    const left = [...leaking.keys()];
    job.warn?.(
      `${settings.name}: left out of the pool, their highs and lows foretell the next return: ${left.join(', ')}`,
    );
  }
  if (pool.size === 0) {
    for (const [code, error] of leaking) job.report(due.map((horizon) => ({ code, horizon, status: 'failed', error })));
    return;
  }
  // one horizon at a time: the rows of a pool are large
  const trainer = await trainerOf(settings, MODELS_AT_ONCE);
  const trained: Trained[] = [];
  try {
    for (const horizon of due) {
      trained.push(await retrainHorizon(pool, horizon, { job, settings, trainer }));
    }
  } finally {
    trainer.close();
  }
  const outcomes = await publishTogether(trained, job, { codes: [...pool.keys()], name: settings.name });
  const served = [...pool.keys(), ...leaking.keys()];
  for (const outcome of outcomes) job.report(served.map((code) => ({ code, ...outcome })));
}

/** What became of a horizon, and what is to be published of it. */
interface Trained {
  outcome: Omit<RetrainItem, 'code'>;
  model?: PooledModel;
}

async function retrainHorizon(
  pool: ReadonlyMap<string, PooledInstrument>,
  horizon: number,
  { job, settings, trainer }: { job: RetrainJob; settings: LgbmSettings; trainer: Trainer },
): Promise<Trained> {
  try {
    const model = await trainPooled(pool, horizon, { settings, trainer, signal: job.signal });
    const { validationLoss, constantLoss } = model;
    const pinball = validationLoss === constantLoss ? 1 : validationLoss / constantLoss;
    const lossRatios = { pinball };
    // Not `>`: a ratio that is no number must not pass.
    if (!(pinball <= 1 + settings.gateTolerance)) return { outcome: { horizon, status: 'kept', lossRatios } };
    return { outcome: { horizon, status: 'published', lossRatios }, model };
  } catch (error) {
    job.signal.throwIfAborted();
    return { outcome: { horizon, status: 'failed', error } };
  }
}

/** Publishes the models in one go and returns what became of each horizon. */
async function publishTogether(
  trained: readonly Trained[],
  job: RetrainJob,
  { codes, name }: { codes: readonly string[]; name: string },
): Promise<Trained['outcome'][]> {
  const trainedAt = job.now();
  const entries = trained.flatMap(({ outcome: { horizon }, model }) =>
    model === undefined ? [] : entriesOf(model, horizon, { codes, name, trainedAt }),
  );
  let isPublished: boolean;
  try {
    isPublished = entries.length === 0 || (await job.publish(entries));
  } catch (error) {
    job.signal.throwIfAborted();
    return trained.map(({ outcome, model }) =>
      model === undefined ? outcome : { ...outcome, status: 'failed', error },
    );
  }
  return trained.map(({ outcome, model }) =>
    model === undefined || isPublished ? outcome : { ...outcome, status: 'kept' },
  );
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

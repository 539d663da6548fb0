import { fetchSeries } from '../fetch-series.js';
import { isStoreDown } from '../store-down.js';
import { pooledKey } from './model-key.js';
import { quantilesToText } from './pooled-quantiles.js';
import { type PooledInstrument, pooledInstrument } from './pooled-rows.js';
import { publishModels, wasPublished } from './publish-models.js';
import type { RetrainItem, RetrainJob, RetrainOptions } from './retrain-options.js';
import { type PooledModel, trainPooled } from './train-pooled.js';

/**
 * Trains the pooled models of every horizon on the codes together and publishes both parts of a horizon at once.
 *
 * A code whose prices cannot be had is left out of the pool and its items fail; a horizon that fails, or that the gate turns down,
 * does so for all of its codes and keeps its old models.
 *
 * @param finish called with the items of the codes left out, then with each horizon's
 */
export async function retrainPooled(
  codes: readonly string[],
  job: RetrainJob,
  options: RetrainOptions,
  finish: (items: readonly RetrainItem[]) => void,
): Promise<void> {
  const { horizons, models, resumeFrom } = job;
  const { signal } = options;
  const due: number[] = [];
  for (const horizon of horizons) {
    if (await wasPublished(models, pooledKey(horizon, 'scale'), resumeFrom)) {
      finish(codes.map((code) => ({ code, horizon, status: 'resumed' })));
    } else due.push(horizon);
  }
  if (due.length === 0) return;
  const pool = new Map<string, PooledInstrument>();
  for (const code of codes) {
    try {
      const series = await fetchSeries(options, code, { limit: options.trainingBars ?? 1250 });
      pool.set(code, pooledInstrument(series, options));
    } catch (error) {
      signal?.throwIfAborted();
      if (isStoreDown(error)) throw error;
      finish(due.map((horizon) => ({ code, horizon, status: 'failed', error })));
    }
  }
  const members = [...pool.keys()];
  for (const horizon of due) {
    if (members.length === 0) return;
    const outcome = await retrainHorizon(pool, horizon, { job, options });
    finish(members.map((code) => ({ code, horizon, ...outcome })));
  }
}

async function retrainHorizon(
  pool: ReadonlyMap<string, PooledInstrument>,
  horizon: number,
  { job, options }: { job: RetrainJob; options: RetrainOptions },
): Promise<Omit<RetrainItem, 'code' | 'horizon'>> {
  try {
    const trained = await trainPooled([...pool.values()], horizon, { ...options, trainer: job.trainer });
    const { validationLoss, constantLoss } = trained;
    const pinballRatio = validationLoss === constantLoss ? 1 : validationLoss / constantLoss;
    // Not `>`: a ratio that is no number must not pass.
    if (!(pinballRatio <= 1 + job.gateTolerance)) return { status: 'kept', pinballRatio };
    await publish(trained, horizon, { codes: [...pool.keys()], job, options });
    return { status: 'published', pinballRatio };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (isStoreDown(error)) throw error;
    return { status: 'failed', error };
  }
}

function publish(
  { scale, quantiles, ...record }: PooledModel,
  horizon: number,
  { codes, job, options }: { codes: string[]; job: RetrainJob; options: RetrainOptions },
): Promise<void> {
  const trainedAt = (options.clock ?? (() => new Date()))().toISOString();
  const meta = { codes, horizon, ...record, bestIteration: scale.bestIteration, trainedAt };
  return publishModels(job.models, [
    { key: pooledKey(horizon, 'scale'), text: scale.toText(), meta },
    { key: pooledKey(horizon, 'quantiles'), text: quantilesToText(quantiles), meta },
  ]);
}

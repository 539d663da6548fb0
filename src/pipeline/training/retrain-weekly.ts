import { invalid } from '../../errors.js';
import type { ModelEntry } from '../../store/model-store.js';
import { checkCodes, checkHorizons, requirePart } from '../check-request.js';
import { DEFAULT_HORIZONS } from '../context.js';
import { fetchSeries, todayOf } from '../fetch-series.js';
import { letOthersRun } from '../let-others-run.js';
import { mapConcurrently } from '../map-concurrently.js';
import { measurePerformance } from '../outcomes/model-performance.js';
import { isStoreDown } from '../store-down.js';
import { fastKernel } from './fast-kernel.js';
import { checkRecipe } from './lgbm-recipe.js';
import { modelKey } from './model-key.js';
import { publishModels, wasPublished } from './publish-models.js';
import type { RetrainItem, RetrainJob, RetrainOptions, RetrainReport } from './retrain-options.js';
import { retrainPooled } from './retrain-pooled.js';
import { type TrainedModel, trainPair } from './train-models.js';
import { callingThread } from './trainer.js';

/**
 * Retrains the models of every code and horizon and publishes each pair at once; then records how the forecasts did.
 *
 * With `lgbmRecipe: 'pooled'` the codes share one pair of models a horizon: a code whose prices fail is reported and left out.
 *
 * One item's failure is reported and does not stop the rest; its old models stay. So do those whose successors the gate turns
 * down. A run that was cut off goes on with `resumeFrom` set to its start.
 *
 * @throws ForecastError for a faulty call, or when the store is gone; the signal's reason when aborted (what was published stays)
 */
export async function retrainWeekly(options: RetrainOptions): Promise<RetrainReport> {
  const models = requirePart('retrainWeekly', 'models', options.models);
  const codes = checkCodes('retrainWeekly', options.codes);
  const horizons = checkHorizons('retrainWeekly', options.horizons ?? DEFAULT_HORIZONS);
  const { signal, logger, onProgress, clock = () => new Date(), resumeFrom, gateTolerance = 0.1, trainPool } = options;
  if (!(gateTolerance >= 0)) throw invalid('INVALID_ARGUMENT', 'retrainWeekly', 'gateTolerance', '>= 0', gateTolerance);
  const report: RetrainReport = { startedAt: clock(), items: [], performanceFailures: [] };
  const finish = (items: readonly RetrainItem[]) => {
    for (const item of items) {
      const name = `${item.code} h${item.horizon}`;
      report.items.push(item);
      if (item.error !== undefined) logger?.warn(`retrainWeekly: ${name} failed`, { error: item.error });
      onProgress?.({ done: report.items.length, total: codes.length * horizons.length, item: name });
    }
    signal?.throwIfAborted();
  };
  const trainer = trainPool ?? callingThread(await fastKernel(logger));
  const sideBySide = trainPool ? horizons.length : 1;
  const job: RetrainJob = { horizons, models, resumeFrom, gateTolerance, trainer, sideBySide };
  if (checkRecipe('retrainWeekly', options.lgbmRecipe) === 'pooled') await retrainPooled(codes, job, options, finish);
  else {
    for (const code of codes) {
      finish(await retrainCode(code, job, options));
      await letOthersRun();
    }
  }
  report.performanceFailures = await recordPerformance(codes, horizons, options);
  logger?.info('retrainWeekly', { published: report.items.filter(({ status }) => status === 'published').length });
  return report;
}

async function retrainCode(code: string, job: RetrainJob, options: RetrainOptions): Promise<RetrainItem[]> {
  let fetched: ReturnType<typeof fetchSeries> | undefined;
  const series = () => {
    fetched ??= fetchSeries(options, code, { limit: options.trainingBars ?? 1250 });
    return fetched;
  };
  return mapConcurrently(job.horizons, job.sideBySide, async (horizon): Promise<RetrainItem> => {
    options.signal?.throwIfAborted();
    try {
      return { code, horizon, ...(await retrainItem({ code, horizon, series }, job, options)) };
    } catch (error) {
      options.signal?.throwIfAborted();
      if (isStoreDown(error)) throw error;
      return { code, horizon, status: 'failed', error };
    }
  });
}

async function retrainItem(
  { code, horizon, series }: { code: string; horizon: number; series: () => ReturnType<typeof fetchSeries> },
  { models, trainer, resumeFrom, gateTolerance }: RetrainJob,
  options: RetrainOptions,
): Promise<Pick<RetrainItem, 'status' | 'lossRatios'>> {
  if (await wasPublished(models, modelKey(code, horizon, 'cls'), resumeFrom)) return { status: 'resumed' };
  const { record, regressor, classifier } = await trainPair(await series(), horizon, { ...options, trainer });
  const lossRatios = { reg: lossRatio(regressor), cls: lossRatio(classifier) };
  // Not `>`: a ratio that is no number must not pass.
  if (!(Math.max(lossRatios.reg, lossRatios.cls) <= 1 + gateTolerance)) return { status: 'kept', lossRatios };
  const trainedAt = (options.clock ?? (() => new Date()))().toISOString();
  const meta = { code, ...record, featureNames: undefined, trainedAt };
  await publishModels(models, [
    entry(modelKey(code, horizon, 'reg'), regressor, meta),
    entry(modelKey(code, horizon, 'cls'), classifier, meta),
  ]);
  return { status: 'published', lossRatios };
}

/** A loss of exactly nothing on both sides (a constant price) is no worse than the constant. */
function lossRatio({ validationLoss, constantLoss }: TrainedModel): number {
  return validationLoss === constantLoss ? 1 : validationLoss / constantLoss;
}

function entry(key: string, model: TrainedModel, meta: object): ModelEntry {
  const { booster, bestIteration, validationLoss, constantLoss } = model;
  return { key, text: booster.toText(), meta: { ...meta, bestIteration, validationLoss, constantLoss } };
}

async function recordPerformance(codes: readonly string[], horizons: readonly number[], options: RetrainOptions) {
  const { store, performanceDays: windowDays = 30, signal, logger } = options;
  const failures: RetrainReport['performanceFailures'] = [];
  if (store === undefined) return failures;
  const asOf = todayOf(options);
  for (const code of codes) {
    signal?.throwIfAborted();
    try {
      const records = [];
      for (const horizon of horizons)
        records.push(await measurePerformance(store, { code, horizon, asOf, windowDays }));
      await store.putPerformance(records);
    } catch (error) {
      signal?.throwIfAborted();
      if (isStoreDown(error)) throw error;
      failures.push({ code, error });
      logger?.warn(`retrainWeekly: ${code} has no performance`, { error });
    }
    await letOthersRun();
  }
  return failures;
}

import { invalid } from '../../errors.js';
import type { ModelEntry } from '../../store/model-store.js';
import { checkCodes, checkHorizons, requirePart } from '../check-request.js';
import { DEFAULT_HORIZONS } from '../context.js';
import { fetchSeries, todayOf } from '../fetch-series.js';
import { letOthersRun } from '../let-others-run.js';
import { measurePerformance } from '../outcomes/model-performance.js';
import { isStoreDown } from '../store-down.js';
import { fastKernel } from './fast-kernel.js';
import { checkRecipe } from './lgbm-recipe.js';
import { modelKey } from './model-key.js';
import { publishModels, wasPublished } from './publish-models.js';
import type { RetrainItem, RetrainJob, RetrainOptions, RetrainReport } from './retrain-options.js';
import { retrainPooled } from './retrain-pooled.js';
import { type TrainedModel, trainPair } from './train-models.js';

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
  const { signal, logger, onProgress, clock = () => new Date(), resumeFrom, gateTolerance = 0.1 } = options;
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
  const kernel = await fastKernel(logger);
  const job: RetrainJob = { horizons, models, resumeFrom, gateTolerance, kernel };
  if (checkRecipe('retrainWeekly', options.lgbmRecipe) === 'pooled') await retrainPooled(codes, job, options, finish);
  else for (const code of codes) finish(await retrainCode(code, job, options));
  report.performanceFailures = await recordPerformance(codes, horizons, options);
  logger?.info('retrainWeekly', { published: report.items.filter(({ status }) => status === 'published').length });
  return report;
}

async function retrainCode(code: string, job: RetrainJob, options: RetrainOptions): Promise<RetrainItem[]> {
  const { signal } = options;
  const items: RetrainItem[] = [];
  let series: Awaited<ReturnType<typeof fetchSeries>> | undefined;
  for (const horizon of job.horizons) {
    signal?.throwIfAborted();
    try {
      if (await wasPublished(job.models, modelKey(code, horizon, 'cls'), job.resumeFrom)) {
        items.push({ code, horizon, status: 'resumed' });
        continue;
      }
      series ??= await fetchSeries(options, code, { limit: options.trainingBars ?? 1250 });
      const { record, regressor, classifier } = trainPair(series, horizon, { ...options, kernel: job.kernel });
      const lossRatios = { reg: lossRatio(regressor), cls: lossRatio(classifier) };
      const passes = Math.max(lossRatios.reg, lossRatios.cls) <= 1 + job.gateTolerance;
      if (passes) {
        const trainedAt = (options.clock ?? (() => new Date()))().toISOString();
        const meta = { code, ...record, featureNames: undefined, trainedAt };
        await publishModels(job.models, [
          entry(modelKey(code, horizon, 'reg'), regressor, meta),
          entry(modelKey(code, horizon, 'cls'), classifier, meta),
        ]);
      }
      items.push({ code, horizon, status: passes ? 'published' : 'kept', lossRatios });
    } catch (error) {
      signal?.throwIfAborted();
      if (isStoreDown(error)) throw error;
      items.push({ code, horizon, status: 'failed', error });
    }
    // Training is synchronous: let timers and aborts through between two items.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return items;
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

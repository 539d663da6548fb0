import type { LgbmStep } from '../../ensemble/index.js';
import { ForecastError, invalid } from '../../errors.js';
import { checkCode, checkHorizons, requirePart } from '../check-request.js';
import type { ForecastContext } from '../context.js';
import { fetchSeries } from '../fetch-series.js';
import { checkRecipe, type LgbmRecipe } from '../training/lgbm-recipe.js';
import { modelKey } from '../training/model-key.js';
import { type BoosterCache, createBoosterCache } from './booster-cache.js';
import { featuresFor, type NewestBar, newestBar } from './newest-bar.js';
import { pooledForecast } from './pooled-forecast.js';

/** What the LightGBM models of one (code, horizon) say of the newest bar. */
export interface LgbmForecast extends LgbmStep {
  /** Simple return over the horizon. */
  predictedReturn: number;
}

/**
 * Returns what the trained models of one instrument and horizon say, or undefined while there are none (cold start).
 *
 * @throws ForecastError `MODEL_INCOMPLETE` if only one of the two models, or parts of the pooled one, is there; `INVALID_MODEL`; `UNKNOWN_CODE` and the
 *   other codes of fetching prices
 */
export async function predictLgbm(
  code: string,
  horizon: number,
  context: ForecastContext,
): Promise<LgbmForecast | undefined> {
  checkCode('predictLgbm', code);
  checkHorizons('predictLgbm', [horizon]);
  const models = requirePart('predictLgbm', 'models', context.models);
  const series = await fetchSeries(context, code, { limit: context.lookbackDays ?? 400, signal: context.signal });
  const { lgbmRecipe, flatBand } = context;
  checkRecipe('predictLgbm', lgbmRecipe);
  const newest = newestBar(series, context);
  return lgbmForecast(createBoosterCache(models), { code, horizon, newest, lgbmRecipe, flatBand });
}

interface LgbmRequest {
  code: string;
  horizon: number;
  newest: NewestBar;
  lgbmRecipe: LgbmRecipe | undefined;
  flatBand: number | undefined;
}

/** As `predictLgbm`, on features that are there already. */
export async function lgbmForecast(
  boosters: BoosterCache,
  { code, horizon, newest, lgbmRecipe, flatBand }: LgbmRequest,
): Promise<LgbmForecast | undefined> {
  if (lgbmRecipe === 'pooled') return pooledForecast(boosters, { horizon, newest, flatBand });
  const keys = [modelKey(code, horizon, 'reg'), modelKey(code, horizon, 'cls')];
  const [regressor, classifier] = await Promise.all(keys.map((key) => boosters.get(key)));
  if (regressor === undefined && classifier === undefined) return undefined;
  if (regressor === undefined || classifier === undefined) {
    const missing = keys[regressor === undefined ? 0 : 1];
    throw new ForecastError('MODEL_INCOMPLETE', `lgbm(${code}): ${missing} is missing beside its pair`, {
      field: 'models',
      expected: keys.join(' and '),
      actual: `no ${missing}`,
    });
  }
  const [predictedReturn] = regressor.predict(featuresFor(regressor, keys[0], newest), { rows: 1 });
  const shares = classifier.predict(featuresFor(classifier, keys[1], newest), { rows: 1 });
  if (shares.length !== 3) throw invalid('INVALID_MODEL', keys[1], 'num_class', '3', shares.length);
  return {
    predictedReturn,
    predictedClose: newest.close * (1 + predictedReturn),
    probDown: shares[0],
    probFlat: shares[1],
    probUp: shares[2],
  };
}

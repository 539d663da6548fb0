import type { LgbmStep } from '../ensemble/index.js';
import { ForecastError, invalid } from '../errors.js';
import { newestFeatures } from '../features/index.js';
import type { Booster } from '../lgbm/index.js';
import type { PriceSeries } from '../series/index.js';
import { type BoosterCache, createBoosterCache } from './booster-cache.js';
import { checkCode, checkHorizons, requirePart } from './check-request.js';
import type { ForecastContext } from './context.js';
import { fetchSeries } from './fetch-series.js';
import { modelKey } from './model-key.js';

/** What the two LightGBM models of one (code, horizon) say of the newest bar. */
export interface LgbmForecast extends LgbmStep {
  /** Simple return over the horizon. */
  predictedReturn: number;
}

/** The newest bar's features by name, and the close that returns start from. */
export interface NewestBar {
  close: number;
  names: readonly string[];
  values: Float64Array;
}

/**
 * Returns what the trained models of one instrument and horizon say, or undefined while there are none (cold start).
 *
 * @throws ForecastError `MODEL_INCOMPLETE` if only one of the two models is there; `INVALID_MODEL`; `UNKNOWN_CODE` and the
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
  return lgbmForecast(createBoosterCache(models), { code, horizon, newest: newestBar(series, context) });
}

/** Returns the features of the series' last bar, and its close. */
export function newestBar(series: PriceSeries, { features }: Pick<ForecastContext, 'features'>): NewestBar {
  const { names, values } = newestFeatures(series, { features });
  return { close: series.close[series.length - 1], names, values };
}

/** As `predictLgbm`, on features that are there already. */
export async function lgbmForecast(
  boosters: BoosterCache,
  { code, horizon, newest }: { code: string; horizon: number; newest: NewestBar },
): Promise<LgbmForecast | undefined> {
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
  const [predictedReturn] = regressor.predict(row(regressor, keys[0], newest), { rows: 1 });
  const shares = classifier.predict(row(classifier, keys[1], newest), { rows: 1 });
  if (shares.length !== 3) throw invalid('INVALID_MODEL', keys[1], 'num_class', '3', shares.length);
  return {
    predictedReturn,
    predictedClose: newest.close * (1 + predictedReturn),
    probDown: shares[0],
    probFlat: shares[1],
    probUp: shares[2],
  };
}

/** Returns the newest features in the order that the model was trained on. */
function row(booster: Booster, key: string, { names, values }: NewestBar): Float64Array {
  return Float64Array.from(booster.featureNames, (name) => {
    const column = names.indexOf(name);
    if (column < 0) throw invalid('INVALID_MODEL', key, 'feature_names', 'features that are built here', name);
    return values[column];
  });
}

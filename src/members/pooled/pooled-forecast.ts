import { directionProbabilities } from '../../baselines/index.js';
import { ForecastError } from '../../errors.js';
import { pooledKey } from '../training/model-key.js';
import { parseQuantiles } from '../training/pooled-quantiles.js';
import { volatilityRatios } from '../training/train-pooled.js';
import type { BoosterCache } from './booster-cache.js';
import type { LgbmForecast } from './lgbm-forecast.js';
import { featuresFor, type NewestBar } from './newest-bar.js';

/**
 * Returns what the pooled models of a horizon say of an instrument's newest bar, or undefined while there are none (cold start).
 *
 * Quantile of the close = close × exp(pooled quantile × forecast volatility × √horizon); the point is the median.
 *
 * @param request.flatBand half-width of the flat band as a simple return; default 0.003
 * @throws ForecastError `MODEL_INCOMPLETE` if only one of the two parts is there; `INVALID_MODEL`
 */
export async function pooledForecast(
  boosters: BoosterCache,
  { horizon, newest, flatBand }: { horizon: number; newest: NewestBar; flatBand?: number },
): Promise<LgbmForecast | undefined> {
  const keys = { scale: pooledKey(horizon, 'scale'), quantiles: pooledKey(horizon, 'quantiles') };
  const [scale, text] = await Promise.all([boosters.get(keys.scale), boosters.text(keys.quantiles)]);
  if (scale === undefined && text === undefined) return undefined;
  if (scale === undefined || text === undefined) {
    const missing = scale === undefined ? keys.scale : keys.quantiles;
    throw new ForecastError('MODEL_INCOMPLETE', `lgbm pooled h${horizon}: ${missing} is missing beside its pair`, {
      field: 'models',
      expected: `${keys.scale} and ${keys.quantiles}`,
      actual: `no ${missing}`,
    });
  }
  const { levels, values } = parseQuantiles(text, keys.quantiles);
  const [ratio] = volatilityRatios(scale, featuresFor(scale, keys.scale, newest), 1);
  const unit = newest.sigma * ratio * Math.sqrt(horizon);
  const quantiles = values.map((value) => newest.close * Math.exp(value * unit));
  const at = (level: number) => quantiles[levels.indexOf(level)];
  const predictedClose = at(0.5);
  return {
    predictedReturn: predictedClose / newest.close - 1,
    predictedClose,
    q10: at(0.1),
    q90: at(0.9),
    levels,
    quantiles,
    ...directionProbabilities({ levels, values: quantiles }, newest.close, flatBand),
  };
}

import { letOthersRun } from '../../concurrency/index.js';
import type { Member, MemberInput, StepAnswer } from '../../ensemble/index.js';
import { ForecastError } from '../../errors.js';
import { createBoosterCache, readTogether } from '../lgbm/booster-cache.js';
import { pooledKey } from '../lgbm/model-key.js';
import { featuresFor, newestBar } from '../lgbm/newest-bar.js';
import { type LgbmMemberOptions, lgbmSettings } from '../lgbm/training-options.js';
import { causalVolatility } from './causal-volatility.js';
import { explainScale } from './explain-scale.js';
import { parseQuantiles } from './pooled-quantiles.js';
import { retrainPooled } from './retrain-pooled.js';
import { volatilityRatios } from './train-pooled.js';

export type PooledLgbmOptions = LgbmMemberOptions;

/**
 * Returns the LightGBM member whose models are shared by all instruments: one volatility model a horizon, trained on the rows of all of
 * them, and the quantiles of their returns per unit of that volatility (docs/lgbm-recipes.md).
 *
 * Stored under '_pooled_h{H}_scale' and '_pooled_h{H}_quantiles', with the member's name in front unless that is 'lgbm'.
 *
 * @throws ForecastError `INVALID_ARGUMENT` naming the option at fault
 */
export function pooledLgbm(options: PooledLgbmOptions = {}): Member {
  const settings = lgbmSettings('pooledLgbm', options);
  const { name, prior, features } = settings;
  const boosters = createBoosterCache(32);
  const keysOf = (horizon: number) => [pooledKey(name, horizon, 'scale'), pooledKey(name, horizon, 'quantiles')];
  return {
    name,
    prior,
    async forecast(batch, { horizons, models, signal }) {
      if (models === undefined) return batch.map(() => new Map());
      const parts = new Map<number, PooledParts | { error: unknown } | undefined>();
      // of all horizons at once: they are of one training
      const texts = await readTogether(models, horizons.flatMap(keysOf));
      for (const [i, horizon] of horizons.entries()) {
        try {
          parts.set(horizon, parseParts(texts.slice(2 * i, 2 * i + 2), keysOf(horizon), boosters));
        } catch (error) {
          parts.set(horizon, { error });
        }
      }
      signal.throwIfAborted();
      const answers = [];
      for (const input of batch) {
        const steps = new Map<number, StepAnswer>();
        try {
          if ([...parts.values()].some((part) => part !== undefined)) answerSteps(input, parts, steps);
          answers.push(steps);
        } catch (error) {
          answers.push({ error });
        }
        await letOthersRun();
        signal.throwIfAborted();
      }
      return answers;
    },
    async explain({ series }, { horizon, models }) {
      const keys = keysOf(horizon);
      const parts = parseParts(await readTogether(models, keys), keys, boosters);
      if (parts === undefined) return undefined;
      return [explainScale(featuresFor(parts.scale, parts.key, newestBar(series, features)), parts)];
    },
    learnsTogether: true,
    retrain: (job) => retrainPooled(job, settings),
  };

  function answerSteps(
    { series }: MemberInput,
    parts: ReadonlyMap<number, PooledParts | { error: unknown } | undefined>,
    steps: Map<number, StepAnswer>,
  ): void {
    const newest = newestBar(series, features);
    const sigma = causalVolatility(series.close)[series.length - 1];
    for (const [horizon, part] of parts) {
      if (part === undefined) continue;
      try {
        if ('error' in part) throw part.error;
        const { scale, key, levels, values, withoutBooster } = part;
        // Quantile of the close = close × exp(pooled quantile × forecast volatility × √horizon).
        const [ratio] = withoutBooster ? [1] : volatilityRatios(scale, featuresFor(scale, key, newest), 1);
        const unit = sigma * ratio * Math.sqrt(horizon);
        const quantiles = values.map((value) => newest.close * Math.exp(value * unit));
        steps.set(horizon, { levels, quantiles, source: `${name}_h${horizon}` });
      } catch (error) {
        steps.set(horizon, { error });
      }
    }
  }
}

/** Both parts of one horizon's model. */
type PooledParts = ReturnType<typeof parseParts> & {};

function parseParts(
  [scale, text]: readonly (string | undefined)[],
  [scaleKey, quantilesKey]: string[],
  boosters: ReturnType<typeof createBoosterCache>,
) {
  if (scale === undefined && text === undefined) return undefined;
  if (scale === undefined || text === undefined) {
    const missing = scale === undefined ? scaleKey : quantilesKey;
    throw new ForecastError('MODEL_INCOMPLETE', `pooledLgbm: ${missing} is missing beside its pair`, {
      field: 'models',
      expected: `${scaleKey} and ${quantilesKey}`,
      actual: `no ${missing}`,
    });
  }
  return { key: scaleKey, scale: boosters.parse(scaleKey, scale), ...parseQuantiles(text, quantilesKey) };
}

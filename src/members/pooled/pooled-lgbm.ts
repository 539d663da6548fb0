import { randomWalkSteps } from '../../baselines/inside.js';
import { letOthersRun } from '../../concurrency/index.js';
import type { ForecastRequest, Member, MemberInput, StepAnswer } from '../../ensemble/index.js';
import { ForecastError } from '../../errors.js';
import { createBoosterCache, readTogether } from '../lgbm/booster-cache.js';
import { pooledKey } from '../lgbm/model-key.js';
import { featuresFor, type NewestBar, newestBar } from '../lgbm/newest-bar.js';
import { type LgbmMemberOptions, lgbmSettings } from '../lgbm/training-options.js';
import { explainLean, explainScale } from './explain-scale.js';
import { besideMarket } from './lean.js';
import { predictLinear } from './linear-scale.js';
import { inputsNamed, type NewestInputs, newestInputs } from './newest-inputs.js';
import { type PooledQuantiles, parseQuantiles } from './pooled-quantiles.js';
import { type RequestMarket, requestMarket } from './request-market.js';
import { retrainPooled } from './retrain-pooled.js';

export type PooledLgbmOptions = LgbmMemberOptions;

/**
 * Returns the LightGBM member whose models are shared by all instruments: one volatility model a horizon, trained on the rows of all of
 * them, and the quantiles of their returns per unit of that volatility (docs/lgbm-recipes.md).
 *
 * Validation chooses among trees, a linear regression of ranges, and trees on top of that; what loses to the random walk there is the random walk.
 * Where closes near the high or the low of their days said something of the next days, beside the market's closes, the forecast is moved by it.
 * Where the regression or this looks at the market, a forecast asks for the prices of its reference instruments, a dozen at most; a code's
 * forecast is the same alone and in any batch. `notes` tell which of them had no prices.
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
    async forecast(batch, { horizons, models, history, signal }) {
      if (models === undefined) return batch.map(() => new Map());
      const parts = new Map<number, HorizonParts>();
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
      const markets = await marketsOf(parts, { history, signal });
      const answers = [];
      for (const input of batch) {
        const steps = new Map<number, StepAnswer>();
        try {
          if ([...parts.values()].some((part) => part !== undefined)) answerSteps(input, { parts, markets, steps });
          answers.push(steps);
        } catch (error) {
          answers.push({ error });
        }
        await letOthersRun();
        signal.throwIfAborted();
      }
      return answers;
    },
    async explain({ series }, { horizon, models, history, signal, warn }) {
      const keys = keysOf(horizon);
      const part = parseParts(await readTogether(models, keys), keys, boosters);
      if (part === undefined) return undefined;
      const market = (await marketsOf(new Map([[horizon, part]]), { history, signal })).get(part);
      const own = newestInputs(series);
      const said = inputsNamed(part.linear?.names ?? [], own, market);
      for (const note of said.notes) warn?.(`${name}: ${note}`);
      const trees = () => featuresFor(part.scale, part.key, newestBar(series, features));
      const scale = explainScale(part, { inputs: said.values, trees });
      const shift = part.randomWalk ? 0 : shiftOf(part, own, market);
      const volatility = own.sigma * Math.exp(scale.total / 2) * Math.sqrt(horizon);
      return shift === 0 ? [scale] : [scale, explainLean(shift, { volatility, value: shift / part.lean! })];
    },
    learnsTogether: true,
    retrain: (job) => retrainPooled(job, settings),
  };

  function answerSteps(
    { series }: MemberInput,
    { parts, markets, steps }: { parts: Parts; markets: Markets; steps: Map<number, StepAnswer> },
  ): void {
    let newest: NewestBar | undefined;
    let own: NewestInputs | undefined;
    for (const [horizon, part] of parts) {
      if (part === undefined) continue;
      const source = `${name}_h${horizon}`;
      try {
        if ('error' in part) throw part.error;
        if (part.randomWalk) {
          const { median, levels, quantiles } = randomWalkSteps(series.close, [horizon]);
          const walk = quantiles.subarray(-levels.length);
          steps.set(horizon, { levels, quantiles: walk, pointClose: median[horizon - 1], source });
          continue;
        }
        own ??= newestInputs(series);
        let logRatio = 0;
        const market = part.references && markets.get(part);
        const said = inputsNamed(part.linear?.names ?? [], own, market);
        if (part.linear !== undefined) logRatio += predictLinear(part.linear, said.values)[0];
        if (!part.withoutTrees) {
          newest ??= newestBar(series, features);
          const { scale, key } = part;
          logRatio += scale.predict(featuresFor(scale, key, newest), { rows: 1 })[0];
        }
        // Quantile of the close = close × exp((pooled quantile + shift) × forecast volatility × √horizon).
        const unit = own.sigma > 0 ? own.sigma * Math.exp(logRatio / 2) * Math.sqrt(horizon) : 0;
        const close = series.close[series.length - 1];
        const shift = shiftOf(part, own, market);
        const quantiles = part.values.map((value) => close * Math.exp((value + shift) * unit));
        steps.set(horizon, { levels: part.levels, quantiles, source, notes: said.notes });
      } catch (error) {
        steps.set(horizon, { error });
      }
    }
  }
}

/** Returns by how many forecast volatilities × √horizon the close's place in its range moves the forecast. */
function shiftOf({ lean }: PooledQuantiles, own: NewestInputs, market: RequestMarket | undefined): number {
  return lean === undefined ? 0 : lean * besideMarket(own.location, market?.states.get(own.date));
}

type HorizonParts = PooledParts | { error: unknown } | undefined;
type Parts = ReadonlyMap<number, HorizonParts>;
type Markets = ReadonlyMap<HorizonParts, RequestMarket>;

/** Returns the market that each horizon's regression looks at; horizons of one generation share their reference instruments. */
async function marketsOf(parts: Parts, request: Pick<ForecastRequest, 'history' | 'signal'>): Promise<Markets> {
  const known = new Map<string, Promise<RequestMarket>>();
  const markets = new Map<HorizonParts, RequestMarket>();
  for (const part of parts.values()) {
    if (part === undefined || 'error' in part || part.references === undefined || part.randomWalk) continue;
    const list = JSON.stringify(part.references);
    const market = known.get(list) ?? requestMarket(part.references, request);
    known.set(list, market);
    markets.set(part, await market);
  }
  return markets;
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

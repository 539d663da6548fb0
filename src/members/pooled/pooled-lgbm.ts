import { randomWalkForecast } from '../../baselines/index.js';
import { letOthersRun } from '../../concurrency/index.js';
import type { ForecastRequest, Member, MemberInput, ModelReader, StepAnswer } from '../../ensemble/index.js';
import { ForecastError } from '../../errors.js';
import type { PriceSeries } from '../../series/index.js';
import { createBoosterCache, readTogether } from '../lgbm/booster-cache.js';
import { pooledKey } from '../lgbm/model-key.js';
import { featuresFor, type NewestBar, newestBar } from '../lgbm/newest-bar.js';
import { type LgbmMemberOptions, lgbmSettings } from '../lgbm/training-options.js';
import { predictLinear } from './linear-scale.js';
import { MARKET_INPUTS } from './market-state.js';
import { OWN_INPUTS, ownInputs } from './own-inputs.js';
import { parseQuantiles } from './pooled-quantiles.js';
import { instrumentHistory } from './pooled-rows.js';
import { type RequestMarket, requestMarket } from './request-market.js';
import { retrainPooled } from './retrain-pooled.js';

export type PooledLgbmOptions = LgbmMemberOptions;

/**
 * Returns the LightGBM member whose models are shared by all instruments: one volatility model a horizon, trained on the rows of all of
 * them, and the quantiles of their returns per unit of that volatility (docs/lgbm-recipes.md).
 *
 * Validation chooses among trees, a linear regression of ranges, and trees on top of that; what loses to the random walk there is the random walk.
 * Where the regression looks at the market, a forecast asks for the prices of its reference instruments, a dozen at most; a code's
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
  return {
    name,
    prior,
    async forecast(batch, { horizons, models, history, signal }) {
      if (models === undefined) return batch.map(() => new Map());
      const parts = new Map<number, HorizonParts>();
      for (const horizon of horizons) {
        const keys = [pooledKey(name, horizon, 'scale'), pooledKey(name, horizon, 'quantiles')];
        parts.set(horizon, await readParts(models, keys, boosters).catch((error) => ({ error })));
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
          const { median, levels, quantiles } = randomWalkForecast(series.close, { horizon });
          const walk = quantiles.subarray(-levels.length);
          steps.set(horizon, { levels, quantiles: walk, pointClose: median[horizon - 1], source });
          continue;
        }
        own ??= newestInputs(series);
        let logRatio = 0;
        let notes: readonly string[] = [];
        if (part.linear !== undefined) {
          const market = part.references && markets.get(part);
          const said = inputsNamed(part.linear.names, own, market);
          logRatio += predictLinear(part.linear, said.values)[0];
          notes = said.notes;
        }
        if (!part.withoutTrees) {
          newest ??= newestBar(series, features);
          const { scale, key } = part;
          logRatio += scale.predict(featuresFor(scale, key, newest), { rows: 1 })[0];
        }
        // Quantile of the close = close × exp(pooled quantile × forecast volatility × √horizon).
        const unit = own.sigma > 0 ? own.sigma * Math.exp(logRatio / 2) * Math.sqrt(horizon) : 0;
        const close = series.close[series.length - 1];
        const quantiles = part.values.map((value) => close * Math.exp(value * unit));
        steps.set(horizon, { levels: part.levels, quantiles, source, notes });
      } catch (error) {
        steps.set(horizon, { error });
      }
    }
  }
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

/** What a linear regression sees of an instrument's newest bar itself, by name, and the bar's volatility. */
interface NewestInputs {
  readonly date: string;
  readonly sigma: number;
  readonly values: ReadonlyMap<string, number>;
}

function newestInputs(series: PriceSeries): NewestInputs {
  const { sigma, history } = instrumentHistory(series);
  const row = ownInputs(history, sigma).subarray(-OWN_INPUTS.length);
  const last = series.length - 1;
  return {
    date: series.dates[last],
    sigma: sigma[last],
    values: new Map(OWN_INPUTS.map((name, k) => [name, row[k]])),
  };
}

/** Returns the named inputs, NaN for those of a market that has no state on the day, which the notes then tell. */
function inputsNamed(
  names: readonly string[],
  { date, values }: NewestInputs,
  market: RequestMarket | undefined,
): { values: Float64Array; notes: readonly string[] } {
  const state = market?.states.get(date);
  const notes = market === undefined ? [] : [...market.notes];
  if (market !== undefined && state === undefined) {
    notes.push(`market left out: fewer than half of its reference instruments have a bar of ${date}`);
  }
  return {
    notes,
    values: Float64Array.from(names, (name) => values.get(name) ?? state?.[MARKET_INPUTS.indexOf(name)] ?? Number.NaN),
  };
}

/** Both parts of one horizon's model. */
type PooledParts = Awaited<ReturnType<typeof readParts>> & {};

async function readParts(
  models: ModelReader,
  [scaleKey, quantilesKey]: string[],
  boosters: ReturnType<typeof createBoosterCache>,
) {
  const [scale, text] = await readTogether(models, [scaleKey, quantilesKey]);
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

import { randomWalkForecast } from '../../baselines/index.js';
import { letOthersRun } from '../../concurrency/index.js';
import {
  type DirectionProbabilities,
  FORECAST_LEVELS,
  type Member,
  type ModelReader,
  type Statement,
  type StepAnswer,
} from '../../ensemble/index.js';
import { ForecastError, invalid } from '../../errors.js';
import type { PriceSeries } from '../../series/index.js';
import { normalQuantile } from '../../stats/index.js';
import { createBoosterCache, readTogether } from '../lgbm/booster-cache.js';
import { modelKey } from '../lgbm/model-key.js';
import { featuresFor, type NewestBar, newestBar } from '../lgbm/newest-bar.js';
import { type LgbmMemberOptions, lgbmSettings } from '../lgbm/training-options.js';
import { type InstrumentSpread, movedQuantiles, parseSpread } from './instrument-spread.js';
import { retrainInstruments } from './retrain-instruments.js';

export interface InstrumentLgbmOptions extends LgbmMemberOptions {
  /**
   * Half-width of its 80 % interval as a share of the predicted close, in (0, 1), as the system first asked for has it (0.03): the pair is then
   * taken at its word. Default: validation says how far it is to be trusted.
   */
  halfWidth?: number;
  /** Parsed models kept in memory; default 256. */
  cachedModels?: number;
}

/**
 * Returns the LightGBM member of the system first asked for: for each code and horizon a regressor of the return and a classifier of its
 * direction in three classes.
 *
 * It states the random walk's distribution, moved to the predicted close and narrowed as far as validation days say (docs/lgbm-recipes.md), and the
 * classifier's shares if they earned it. A pair that did not beat the random walk on days that its training never saw is the random walk.
 * Stored under '{code}_h{H}_reg', '{code}_h{H}_cls' and '{code}_h{H}_spr', with the member's name in front unless that is 'lgbm'.
 *
 * With `halfWidth` it states the predicted close, normal quantiles around it through ± `halfWidth` at 0.1 and 0.9, and the classifier's shares,
 * whatever they are worth; nothing is stored under '_spr' then.
 *
 * @throws ForecastError `INVALID_ARGUMENT` naming the option at fault
 */
export function instrumentLgbm(options: InstrumentLgbmOptions = {}): Member {
  const { halfWidth, cachedModels = 256 } = options;
  const settings = lgbmSettings('instrumentLgbm', options, ['halfWidth', 'cachedModels']);
  if (halfWidth !== undefined && !(halfWidth > 0 && halfWidth < 1)) {
    throw invalid('INVALID_ARGUMENT', 'instrumentLgbm', 'halfWidth', 'in (0, 1)', halfWidth);
  }
  if (!(Number.isInteger(cachedModels) && cachedModels >= 1)) {
    throw invalid('INVALID_ARGUMENT', 'instrumentLgbm', 'cachedModels', 'a whole number >= 1', cachedModels);
  }
  const { name, prior, features } = settings;
  const boosters = createBoosterCache(cachedModels);
  const parts = halfWidth === undefined ? (['reg', 'cls', 'spr'] as const) : (['reg', 'cls'] as const);
  return {
    name,
    prior,
    async forecast(batch, { horizons, models, signal }) {
      if (models === undefined) return batch.map(() => new Map());
      const answers = [];
      for (const { code, series } of batch) {
        const steps = new Map<number, StepAnswer>();
        let newest: NewestBar | undefined;
        for (const horizon of horizons) {
          try {
            const keys = parts.map((kind) => modelKey(name, { code, horizon, kind }));
            const texts = await readPair(models, keys);
            if (texts === undefined) continue;
            const pair: Pair = {
              predict: (place) => {
                newest ??= newestBar(series, features);
                const booster = boosters.parse(keys[place], texts[place]);
                return booster.predict(featuresFor(booster, keys[place], newest), { rows: 1 });
              },
              keys,
            };
            const statement =
              halfWidth === undefined
                ? stateSpread(pair, parseSpread(texts[2], keys[2]), { series, horizon })
                : statePair(pair, series, halfWidth);
            steps.set(horizon, { ...statement, source: `${name}_h${horizon}` });
          } catch (error) {
            signal.throwIfAborted();
            steps.set(horizon, { error });
          }
        }
        answers.push(steps);
        await letOthersRun();
        signal.throwIfAborted();
      }
      return answers;
    },
    retrain: (job) => retrainInstruments(job, { settings, learnsSpread: halfWidth === undefined }),
  };
}

/** A pair of models, each parsed when it is asked. */
interface Pair {
  /** Returns the outputs of the regressor (0) or the classifier (1) at the newest bar. */
  predict(place: 0 | 1): Float64Array;
  keys: readonly string[];
}

/** Returns the texts under the keys; undefined where there is none of them. */
async function readPair(models: ModelReader, keys: readonly string[]): Promise<string[] | undefined> {
  const texts = await readTogether(models, keys);
  if (texts.every((text) => text === undefined)) return undefined;
  return texts.map((text, i) => {
    if (text !== undefined) return text;
    const missing = keys[i];
    throw new ForecastError('MODEL_INCOMPLETE', `instrumentLgbm: ${missing} is missing beside its pair`, {
      field: 'models',
      expected: keys.join(' and '),
      actual: `no ${missing}`,
    });
  });
}

/** The random walk of the series, moved and narrowed as far as its pair of models may; to the bit the random walk where that is not at all. */
function stateSpread(
  pair: Pair,
  spread: InstrumentSpread,
  { series: { close, length }, horizon }: { series: PriceSeries; horizon: number },
): Statement {
  const base = close[length - 1];
  const { median, levels, quantiles } = randomWalkForecast(close, { horizon });
  const walk = quantiles.subarray(-levels.length);
  const shares = spread.shares ? { shares: sharesOf(pair) } : {};
  if (spread.pull === 0) return { levels, quantiles: walk, pointClose: median[horizon - 1], ...shares };
  const [predicted] = pair.predict(0);
  const logReturns = walk.map((price) => Math.log(price / base));
  const moved = movedQuantiles(logReturns, predicted, spread);
  return {
    levels,
    quantiles: moved.map((logReturn) => base * Math.exp(logReturn)),
    pointClose: base * (1 + spread.pull * predicted),
    ...shares,
  };
}

/** Standard normal quantiles in units of the one at 0.9. */
const SCORES = FORECAST_LEVELS.map((level) => normalQuantile(level) / normalQuantile(0.9));

function statePair(pair: Pair, { close, length }: PriceSeries, halfWidth: number): Statement {
  const [predictedReturn] = pair.predict(0);
  const shares = sharesOf(pair);
  const pointClose = close[length - 1] * (1 + predictedReturn);
  return {
    pointClose,
    levels: FORECAST_LEVELS,
    quantiles: FORECAST_LEVELS.map((level, i) => {
      // in the words of the specification, so that its numbers come out to the last bit
      if (level === 0.1) return pointClose * (1 - halfWidth);
      if (level === 0.9) return pointClose * (1 + halfWidth);
      return pointClose * (1 + halfWidth * SCORES[i]);
    }),
    shares,
  };
}

function sharesOf(pair: Pair): DirectionProbabilities {
  const shares = pair.predict(1);
  if (shares.length !== 3) throw invalid('INVALID_MODEL', pair.keys[1], 'num_class', '3', shares.length);
  return { probDown: shares[0], probFlat: shares[1], probUp: shares[2] };
}

import { randomWalkSteps } from '../../baselines/inside.js';
import { letOthersRun } from '../../concurrency/index.js';
import {
  type DirectionProbabilities,
  FORECAST_LEVELS,
  type Member,
  type MemberAnswer,
  type Statement,
  type StepAnswer,
} from '../../ensemble/index.js';
import { invalid } from '../../errors.js';
import type { Booster } from '../../lgbm/index.js';
import type { PriceSeries } from '../../series/index.js';
import { normalQuantile } from '../../stats/index.js';
import { createBoosterCache, reportUnusable, type UnusableForm } from '../lgbm/booster-cache.js';
import { featuresFor, type NewestBar, newestBar } from '../lgbm/newest-bar.js';
import { type LgbmMemberOptions, lgbmSettings } from '../lgbm/training-options.js';
import { explainPair } from './explain-pair.js';
import { type InstrumentSpread, movedQuantiles } from './instrument-spread.js';
import { type Pair, readPairs, readPairsOfAll } from './read-pairs.js';
import { retrainInstruments } from './retrain-instruments.js';

export interface InstrumentLgbmOptions extends LgbmMemberOptions {
  /**
   * Half-width of its 80 % interval as a share of the predicted close, in (0, 1), as the system first asked for has it (0.03): the pair is then
   * taken at its word. Default: validation says how far it is to be trusted.
   */
  halfWidth?: number | undefined;
  /** Parsed models kept in memory; default 256. */
  cachedModels?: number | undefined;
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
  const withSpread = halfWidth === undefined;
  return {
    name,
    prior,
    async forecast(batch, { horizons, models, signal, warn }) {
      if (models === undefined) return batch.map(() => new Map());
      const answers: MemberAnswer[] = [];
      const unusable: UnusableForm[] = [];
      const codes = batch.map(({ code }) => code);
      const reading = { name, withSpread, models, boosters, unusable };
      for await (const pairs of readPairsOfAll(codes, horizons, reading)) {
        const { series } = batch[answers.length];
        if ('error' in pairs) {
          signal.throwIfAborted();
          answers.push(pairs);
          continue;
        }
        const steps = new Map<number, StepAnswer>();
        let known: NewestBar | undefined;
        const newest = () => {
          known ??= newestBar(series, features);
          return known;
        };
        for (const [horizon, pair] of pairs) {
          try {
            if ('error' in pair) throw pair.error;
            const asked = { pair, series, horizon, newest };
            const statement = halfWidth === undefined ? stateSpread(asked, pair.spread!) : statePair(asked, halfWidth);
            steps.set(horizon, { ...statement, source: `${name}_h${horizon}` });
          } catch (error) {
            steps.set(horizon, { error });
          }
        }
        answers.push(steps);
        await letOthersRun();
        signal.throwIfAborted();
      }
      reportUnusable(name, unusable, warn);
      return answers;
    },
    async explain({ code, series }, { horizon, models, warn }) {
      const unusable: UnusableForm[] = [];
      const pairs = await readPairs(code, [horizon], { name, withSpread, models, boosters, unusable });
      reportUnusable(name, unusable, warn);
      const pair = pairs.get(horizon);
      if (pair === undefined) return undefined;
      if ('error' in pair) throw pair.error;
      return explainPair(pair, newestBar(series, features));
    },
    retrain: (job) => retrainInstruments(job, { settings, learnsSpread: withSpread }),
  };
}

/** A pair that is asked of an instrument's newest bar, whose features are built when a model needs them. */
interface Asked {
  readonly pair: Pair;
  readonly series: PriceSeries;
  readonly horizon: number;
  newest(): NewestBar;
}

/** The random walk of the series, moved and narrowed as far as its pair of models may; to the bit the random walk where that is not at all. */
function stateSpread(asked: Asked, spread: InstrumentSpread): Statement {
  const { close, length } = asked.series;
  const { horizon } = asked;
  const base = close[length - 1];
  const { median, levels, quantiles } = randomWalkSteps(close, [horizon]);
  const walk = quantiles.subarray(-levels.length);
  const shares = spread.shares ? { shares: sharesOf(asked) } : {};
  if (spread.pull === 0) return { levels, quantiles: walk, pointClose: median[horizon - 1], ...shares };
  const predicted = returnOf(asked);
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

function statePair(asked: Asked, halfWidth: number): Statement {
  const { close, length } = asked.series;
  const predictedReturn = returnOf(asked);
  const shares = sharesOf(asked);
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

function returnOf({ pair, newest }: Asked): number {
  return ask(pair.regressor(), pair.keys[0], newest)[0];
}

function sharesOf({ pair, newest }: Asked): DirectionProbabilities {
  const shares = ask(pair.classifier(), pair.keys[1], newest);
  if (shares.length !== 3) throw invalid('INVALID_MODEL', pair.keys[1], 'num_class', '3', shares.length);
  return { probDown: shares[0], probFlat: shares[1], probUp: shares[2] };
}

function ask(booster: Booster, key: string, newest: () => NewestBar): Float64Array {
  return booster.predict(featuresFor(booster, key, newest()), { rows: 1 });
}

import { letOthersRun } from '../../concurrency/index.js';
import { FORECAST_LEVELS, type Member, type MemberAnswer, type StepAnswer } from '../../ensemble/index.js';
import { invalid } from '../../errors.js';
import { normalQuantile } from '../../stats/index.js';
import { createBoosterCache, reportUnusable, type UnusableForm } from '../lgbm/booster-cache.js';
import { featuresFor, type NewestBar, newestBar } from '../lgbm/newest-bar.js';
import { type LgbmMemberOptions, lgbmSettings } from '../lgbm/training-options.js';
import { explainPair } from './explain-pair.js';
import { type Pair, type PairRead, pairKeys, readPairs } from './read-pairs.js';
import { retrainInstruments } from './retrain-instruments.js';

export interface InstrumentLgbmOptions extends LgbmMemberOptions {
  /** Half-width of its 80 % interval as a share of the predicted close, in (0, 1); default 0.03. */
  halfWidth?: number | undefined;
  /** Parsed models kept in memory; default 256. */
  cachedModels?: number | undefined;
}

/**
 * Returns the LightGBM member of the system first asked for: for each code and horizon a regressor of the return and a classifier of its
 * direction in three classes.
 *
 * It states the predicted close, normal quantiles around it through ± `halfWidth` at 0.1 and 0.9, and the classifier's shares. Stored under
 * '{code}_h{H}_reg' and '{code}_h{H}_cls', with the member's name in front unless that is 'lgbm'.
 *
 * @throws ForecastError `INVALID_ARGUMENT` naming the option at fault
 */
export function instrumentLgbm(options: InstrumentLgbmOptions = {}): Member {
  const { halfWidth = 0.03, cachedModels = 256 } = options;
  const settings = lgbmSettings('instrumentLgbm', options, ['halfWidth', 'cachedModels']);
  if (!(halfWidth > 0 && halfWidth < 1)) {
    throw invalid('INVALID_ARGUMENT', 'instrumentLgbm', 'halfWidth', 'in (0, 1)', halfWidth);
  }
  if (!(Number.isInteger(cachedModels) && cachedModels >= 1)) {
    throw invalid('INVALID_ARGUMENT', 'instrumentLgbm', 'cachedModels', 'a whole number >= 1', cachedModels);
  }
  const { name, prior, features } = settings;
  const boosters = createBoosterCache(cachedModels);
  return {
    name,
    prior,
    async forecast(batch, { horizons, models, signal, warn }) {
      if (models === undefined) return batch.map(() => new Map());
      const answers: MemberAnswer[] = [];
      const unusable: UnusableForm[] = [];
      for (const { code, series } of batch) {
        const steps = new Map<number, StepAnswer>();
        let newest: NewestBar | undefined;
        let pairs: ReadonlyMap<number, PairRead>;
        try {
          pairs = await readPairs(code, horizons, { name, models, boosters, unusable });
        } catch (error) {
          signal.throwIfAborted();
          answers.push({ error });
          continue;
        }
        for (const [horizon, pair] of pairs) {
          try {
            if ('error' in pair) throw pair.error;
            newest ??= newestBar(series, features);
            const keys = pairKeys(name, code, horizon);
            steps.set(horizon, { ...statePair(pair, keys, newest, halfWidth), source: `${name}_h${horizon}` });
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
      const pairs = await readPairs(code, [horizon], { name, models, boosters, unusable });
      reportUnusable(name, unusable, warn);
      const pair = pairs.get(horizon);
      if (pair === undefined) return undefined;
      if ('error' in pair) throw pair.error;
      return explainPair(pair, pairKeys(name, code, horizon), newestBar(series, features));
    },
    retrain: (job) => retrainInstruments(job, settings),
  };
}

/** Standard normal quantiles in units of the one at 0.9. */
const SCORES = FORECAST_LEVELS.map((level) => normalQuantile(level) / normalQuantile(0.9));

function statePair({ regressor, classifier }: Pair, keys: readonly string[], newest: NewestBar, halfWidth: number) {
  const [predictedReturn] = regressor.predict(featuresFor(regressor, keys[0], newest), { rows: 1 });
  const shares = classifier.predict(featuresFor(classifier, keys[1], newest), { rows: 1 });
  if (shares.length !== 3) throw invalid('INVALID_MODEL', keys[1], 'num_class', '3', shares.length);
  const pointClose = newest.close * (1 + predictedReturn);
  return {
    pointClose,
    levels: FORECAST_LEVELS,
    quantiles: FORECAST_LEVELS.map((level, i) => {
      // in the words of the specification, so that its numbers come out to the last bit
      if (level === 0.1) return pointClose * (1 - halfWidth);
      if (level === 0.9) return pointClose * (1 + halfWidth);
      return pointClose * (1 + halfWidth * SCORES[i]);
    }),
    shares: { probDown: shares[0], probFlat: shares[1], probUp: shares[2] },
  };
}

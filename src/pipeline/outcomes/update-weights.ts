import { type Calibration, type Distribution, FORECAST_LEVELS, type Weights } from '../../ensemble/index.js';
import { effectiveWeights, priorWeights, YARDSTICK } from '../../ensemble/inside.js';
import { type ForecastError, invalid, refuseUnknown } from '../../errors.js';
import { fromEpochDay, toEpochDay } from '../../series/index.js';
import { groupBy, quantileFunction } from '../../stats/index.js';
import type { ForecastLoss, IssuedForecast, WeightsRecord } from '../../store/records.js';
import {
  type DatedInterval,
  learnCalibration,
  learnLevelWeights,
  learnStormCalibration,
  type ScoredQuantiles,
} from '../../weights/index.js';
import { CALL_OPTIONS, type CallOptions, type Context, requireStoring, type StoringContext } from '../context.js';
import { todayOf } from '../fetch-series.js';
import { matchedForecasts } from './read-matched.js';
import type { MatchedForecast } from './score-forecasts.js';

export interface UpdateWeightsOptions extends CallOptions {
  /** Calendar days of outcomes to learn from; default 365. */
  windowDays?: number | undefined;
}

/** Calendar days of outcomes that are learned from unless told otherwise. */
export const LEARNING_DAYS = 365;

/** (0.9 quantile - 0.1 quantile) / this is a standard deviation, were the returns normal. */
const INTERVAL_SIGMAS = 2 * 1.2815515655446004;

/** What a member starts with at least: without a foothold it could never gain any weight. */
const FOOTHOLD = { yardstick: 0.1, other: 0.02 };

/** No evidence stretches an interval beyond these. */
const STRETCHES = { least: 0.5, most: 3 };

/** A matched forecast, with what the stored rows say of hits. */
interface Matched extends ScoredQuantiles {
  horizon: number;
  baseDate: string;
  /** By name, at FORECAST_LEVELS, in sigmas. */
  members: Record<string, Float64Array>;
  hits: Record<string, boolean>;
}

/**
 * Learns ensemble weights and interval calibration from matched outcomes and stores them, one row a (code, horizon) that has
 * outcomes, as of the newest outcome's date.
 *
 * Weights are pooled over the instruments of a horizon: the mean over the levels of `learnLevelWeights`. The interval's stretch is the pool's,
 * which follows a storm (`learnStormCalibration`), times what the instrument's own long run asks beside the pool's (`learnCalibration`). It is learned
 * from the intervals that these weights would have made of the members' forecasts, whatever weights were in force then.
 * Forecasts issued before the open count as what was issued at the close before them: the two kinds are never mixed, and one without the
 * other is left out. So are forecasts without the yardstick, and rows that cannot be read back, which are logged.
 *
 * @returns the rows stored; none if there is nothing to learn from
 */
export async function updateWeights(context: Context, options: UpdateWeightsOptions = {}): Promise<WeightsRecord[]> {
  const storing = requireStoring('updateWeights', context, options);
  refuseUnknown('updateWeights', options, [...CALL_OPTIONS, 'windowDays']);
  const { windowDays = LEARNING_DAYS, signal } = options;
  checkWindow('updateWeights', 'windowDays', windowDays);
  const { store, logger, members } = storing;
  const prior = withFootholds(priorWeights(members));
  const today = todayOf(storing);
  const from = fromEpochDay(toEpochDay(today) - windowDays);
  const matched = await readMatched(storing, { from, to: today, signal });

  const records: WeightsRecord[] = [];
  for (const [horizon, forecasts] of groupBy(matched, (forecast) => forecast.horizon)) {
    signal?.throwIfAborted();
    const { shares } = learnLevelWeights(forecasts, {
      horizon,
      members: Object.keys(prior),
      levels: FORECAST_LEVELS,
      prior,
    });
    const weights = meanShares(shares);
    const intervals = forecasts.map(pooledBy(weights));
    const pooled = {
      storm: learnStormCalibration(intervals, { horizon }),
      longRun: learnCalibration(intervals, { horizon }),
    };
    const asOf = forecasts.reduce((newest, { actualDate }) => (actualDate > newest ? actualDate : newest), from);
    for (const [code, own] of groupBy(forecasts, ({ code }) => code)) {
      records.push(record(code, horizon, { asOf, weights, pooled, own }));
    }
  }
  if (records.length > 0) await store.putWeights(records);
  logger?.info('updateWeights', { rows: records.length });
  return records;
}

/** @throws ForecastError `INVALID_ARGUMENT` unless it is a whole number >= 1 */
export function checkWindow(where: string, field: string, days: number): number {
  if (Number.isInteger(days) && days >= 1) return days;
  throw invalid('INVALID_ARGUMENT', where, field, 'a whole number of days >= 1', days);
}

function record(
  code: string,
  horizon: number,
  learned: {
    asOf: string;
    weights: Weights;
    pooled: { storm: Calibration; longRun: Calibration };
    own: Matched[];
  },
): WeightsRecord {
  const { asOf, weights, pooled, own } = learned;
  const hitRates: WeightsRecord['hitRates'] = {};
  for (const name of ['ensemble', ...Object.keys(weights)]) {
    const hits = own.flatMap((forecast) => forecast.hits[name] ?? []);
    if (hits.length > 0) hitRates[name] = hits.filter(Boolean).length / hits.length;
  }
  const { storm, longRun } = pooled;
  const alone = learnCalibration(own.map(pooledBy(weights)), { horizon, towards: longRun });
  const calibration = {
    low: bounded((storm.low * alone.low) / longRun.low),
    high: bounded((storm.high * alone.high) / longRun.high),
  };
  return { code, horizon, asOf, weights, hitRates, calibration, sampleCount: own.length };
}

async function readMatched(
  { store, logger, members }: StoringContext,
  { from, to, signal }: { from: string; to: string; signal: AbortSignal | undefined },
): Promise<Matched[]> {
  const names = members.map(({ name }) => name);
  const matched: Matched[] = [];
  const onCorruptRow = (error: ForecastError) => logger?.warn('updateWeights: a row cannot be read back', { error });
  for await (const page of matchedForecasts(store, { fromActualDate: from, toActualDate: to, onCorruptRow })) {
    signal?.throwIfAborted();
    matched.push(...page.flatMap((row) => standardize(row, names) ?? []));
  }
  return matched;
}

/** Returns the priors with each raised to its foothold, at the others' cost in proportion. */
function withFootholds(priors: Weights): Weights {
  const raised = Object.entries(priors).map(([name, prior]): [string, number] => [
    name,
    Math.max(prior, name === YARDSTICK ? FOOTHOLD.yardstick : FOOTHOLD.other),
  ]);
  const lifted = raised.filter(([name, share]) => share > priors[name]);
  const given = lifted.reduce((sum, [, share]) => sum + share, 0);
  const others = raised.reduce((sum, [, share]) => sum + share, 0) - given;
  // Where all are lifted there is nobody to take from: they share the whole.
  const scale = others > 0 ? (1 - given) / others : 1 / given;
  const isLifted = (name: string) => others > 0 && lifted.some(([one]) => one === name);
  return Object.fromEntries(raised.map(([name, share]) => [name, isLifted(name) ? share : share * scale]));
}

/** Returns the mean share over the levels, together 1. */
function meanShares(shares: { readonly [name: string]: readonly number[] }): Weights {
  const means = Object.entries(shares).map(
    ([name, byLevel]) => [name, byLevel.reduce((sum, share) => sum + share, 0) / byLevel.length] as const,
  );
  const total = means.reduce((sum, [, share]) => sum + share, 0);
  return Object.fromEntries(means.map(([name, share]) => [name, share / total]));
}

function bounded(stretch: number): number {
  return Math.max(STRETCHES.least, Math.min(STRETCHES.most, stretch));
}

const [LOW, MIDDLE, HIGH] = [0.1, 0.5, 0.9].map((level) => FORECAST_LEVELS.indexOf(level));

/** Returns the ensemble's forecast under the weights, before calibration. */
function pooledBy(weights: Weights): (forecast: Matched) => DatedInterval {
  return ({ baseDate, actualDate, actual, members }) => {
    const present = Object.keys(members);
    const effective = effectiveWeights(weights, present);
    const at = (place: number) => present.reduce((total, name) => total + effective[name] * members[name][place], 0);
    return { baseDate, actualDate, actual, point: at(MIDDLE), low: at(LOW), high: at(HIGH) };
  };
}

/** Returns a matched forecast in sigmas of the yardstick, or undefined without one. */
function standardize({ prediction, outcome }: MatchedForecast, names: readonly string[]): Matched | undefined {
  const { baseClose } = prediction;
  const issued: IssuedForecast | undefined = prediction.issue === 'close' ? prediction : prediction.earlier;
  const lost: ForecastLoss | undefined = prediction.issue === 'close' ? outcome : outcome.earlier;
  if (issued === undefined || lost === undefined) return undefined;
  const yardstick = issued.members[YARDSTICK];
  const sigma = yardstick && (yardstick.ciHigh - yardstick.ciLow) / baseClose / INTERVAL_SIGMAS;
  if (sigma === undefined || !(sigma > 0)) return undefined;
  const inSigmas = (price: number, base: number) => (price / base - 1) / sigma;
  const members: Matched['members'] = {};
  const hits: Matched['hits'] = { ensemble: lost.directionHit };
  for (const name of names) {
    const member = issued.members[name];
    if (member) members[name] = pricesAtLevels(member).map((price) => inSigmas(price, baseClose));
    const loss = lost.members[name];
    if (loss) hits[name] = loss.directionHit;
  }
  return {
    code: prediction.code,
    horizon: prediction.horizon,
    baseDate: prediction.baseDate,
    actualDate: outcome.actualDate,
    actual: inSigmas(outcome.actualClose, outcome.baseClose),
    sigma,
    members,
    hits,
  };
}

function pricesAtLevels({ levels, quantiles }: Distribution): Float64Array {
  // Nearly every row: a year of many instruments is read each day.
  if (levels.length === FORECAST_LEVELS.length && levels.every((level, i) => level === FORECAST_LEVELS[i])) {
    return Float64Array.from(quantiles);
  }
  const known = quantileFunction(levels, quantiles);
  return Float64Array.from(FORECAST_LEVELS, (level) => known.at(level));
}

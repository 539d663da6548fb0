import {
  effectiveWeights,
  type IntervalCalibration,
  MEMBER_NAMES,
  type MemberName,
  type Weights,
} from '../../ensemble/index.js';
import type { ForecastError } from '../../errors.js';
import { fromEpochDay, toEpochDay } from '../../series/index.js';
import { groupBy } from '../../stats/index.js';
import type { WeightsRecord } from '../../store/records.js';
import type { Store } from '../../store/store.js';
import {
  learnCalibration,
  learnWeights,
  type ScaledForecast,
  type ScoredForecast,
  type ScoredInterval,
} from '../../weights/index.js';
import { requirePart } from '../check-request.js';
import type { StoringContext } from '../context.js';
import { todayOf } from '../fetch-series.js';
import { matchedForecasts } from './read-matched.js';
import type { MatchedForecast } from './score-forecasts.js';

export type UpdateWeightsOptions = StoringContext & {
  /** Calendar days of outcomes to learn from; default 365. */
  windowDays?: number;
};

/** (0.9 quantile - 0.1 quantile) / this is a standard deviation, were the returns normal. */
const INTERVAL_SIGMAS = 2 * 1.2815515655446004;

/** A matched forecast, with what the stored rows say of hits. */
interface Matched extends ScoredForecast {
  horizon: number;
  hits: { [name in MemberName | 'ensemble']?: boolean };
}

/**
 * Learns ensemble weights and interval calibration from matched outcomes and stores them, one row a (code, horizon) that has
 * outcomes, as of the newest outcome's date.
 *
 * Weights are pooled over the instruments of a horizon; calibration is an instrument's own, drawn towards the pool's, and is learned from
 * the intervals that these weights would have made of the members' forecasts, whatever weights were in force then.
 * Forecasts without a random-walk member, which is the yardstick, are left out; so are rows that cannot be read back, which are logged.
 *
 * @returns the rows stored; none if there is nothing to learn from
 */
export async function updateWeights(options: UpdateWeightsOptions): Promise<WeightsRecord[]> {
  const store = requirePart('updateWeights', 'store', options.store);
  const { windowDays = 365, signal, logger } = options;
  const from = fromEpochDay(toEpochDay(todayOf(options)) - windowDays);
  const matched = await readMatched(store, { from, to: todayOf(options) }, options);

  const records: WeightsRecord[] = [];
  for (const [horizon, forecasts] of groupBy(matched, (forecast) => forecast.horizon)) {
    signal?.throwIfAborted();
    const weights = learnWeights(forecasts, { horizon });
    const pooled = learnCalibration(forecasts.map(pooledBy(weights)), { horizon });
    const asOf = forecasts.reduce((newest, { actualDate }) => (actualDate > newest ? actualDate : newest), from);
    for (const [code, own] of groupBy(forecasts, ({ code }) => code)) {
      records.push(record(code, horizon, { asOf, weights, pooled, own }));
    }
  }
  if (records.length > 0) await store.putWeights(records);
  logger?.info('updateWeights', { rows: records.length });
  return records;
}

function record(
  code: string,
  horizon: number,
  learned: { asOf: string; weights: Weights; pooled: IntervalCalibration; own: Matched[] },
): WeightsRecord {
  const { asOf, weights, pooled, own } = learned;
  const hitRates: WeightsRecord['hitRates'] = {};
  for (const name of [...MEMBER_NAMES, 'ensemble'] as const) {
    const hits = own.flatMap((forecast) => forecast.hits[name] ?? []);
    if (hits.length > 0) hitRates[name] = hits.filter(Boolean).length / hits.length;
  }
  const calibration = learnCalibration(own.map(pooledBy(weights)), { horizon, towards: pooled });
  return { code, horizon, asOf, weights, hitRates, calibration, sampleCount: own.length };
}

async function readMatched(
  store: Store,
  { from, to }: { from: string; to: string },
  { signal, logger }: UpdateWeightsOptions,
): Promise<Matched[]> {
  const matched: Matched[] = [];
  const onCorruptRow = (error: ForecastError) => logger?.warn('updateWeights: a row cannot be read back', { error });
  for await (const page of matchedForecasts(store, { fromActualDate: from, toActualDate: to, onCorruptRow })) {
    signal?.throwIfAborted();
    matched.push(...page.flatMap((row) => standardize(row) ?? []));
  }
  return matched;
}

/** Returns the ensemble's forecast under the weights, before calibration. */
function pooledBy(weights: Weights): (forecast: Matched) => ScoredInterval {
  return ({ actualDate, actual, members }) => {
    const effective = effectiveWeights(weights, members);
    const sum = (field: keyof ScaledForecast) =>
      MEMBER_NAMES.reduce((total, name) => total + effective[name] * (members[name]?.[field] ?? 0), 0);
    return { actualDate, actual, point: sum('point'), low: sum('low'), high: sum('high') };
  };
}

/** Returns a matched forecast in sigmas of the random walk, or undefined without one. */
function standardize({ prediction, outcome }: MatchedForecast): Matched | undefined {
  const { baseClose } = prediction;
  const { naive } = prediction.members;
  const sigma = naive && (naive.ciHigh - naive.ciLow) / baseClose / INTERVAL_SIGMAS;
  if (sigma === undefined || !(sigma > 0)) return undefined;
  const inSigmas = (price: number, base: number) => (price / base - 1) / sigma;
  const members: Matched['members'] = {};
  const hits: Matched['hits'] = { ensemble: outcome.directionHit };
  for (const name of MEMBER_NAMES) {
    const member = prediction.members[name];
    if (member) {
      const { pointClose, ciLow, ciHigh } = member;
      members[name] = {
        point: inSigmas(pointClose, baseClose),
        low: inSigmas(ciLow, baseClose),
        high: inSigmas(ciHigh, baseClose),
      };
    }
    const loss = outcome.members[name];
    if (loss) hits[name] = loss.directionHit;
  }
  return {
    code: prediction.code,
    horizon: prediction.horizon,
    actualDate: outcome.actualDate,
    actual: inSigmas(outcome.actualClose, outcome.baseClose),
    members,
    hits,
  };
}

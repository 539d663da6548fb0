import { type Calibration, effectiveWeights, priorWeights, type Weights, YARDSTICK } from '../../ensemble/index.js';
import { type ForecastError, invalid, refuseUnknown } from '../../errors.js';
import { fromEpochDay, toEpochDay } from '../../series/index.js';
import { groupBy } from '../../stats/index.js';
import type { WeightsRecord } from '../../store/records.js';
import {
  learnCalibration,
  learnWeights,
  type ScaledForecast,
  type ScoredForecast,
  type ScoredInterval,
} from '../../weights/index.js';
import { CALL_OPTIONS, type CallOptions, type Context, requireStoring, type StoringContext } from '../context.js';
import { todayOf } from '../fetch-series.js';
import { matchedForecasts } from './read-matched.js';
import type { MatchedForecast } from './score-forecasts.js';

export interface UpdateWeightsOptions extends CallOptions {
  /** Calendar days of outcomes to learn from; default 365. */
  windowDays?: number | undefined;
}

/** (0.9 quantile - 0.1 quantile) / this is a standard deviation, were the returns normal. */
const INTERVAL_SIGMAS = 2 * 1.2815515655446004;

/** A matched forecast, with what the stored rows say of hits. */
interface Matched extends ScoredForecast {
  horizon: number;
  hits: Record<string, boolean>;
}

/**
 * Learns ensemble weights and interval calibration from matched outcomes and stores them, one row a (code, horizon) that has
 * outcomes, as of the newest outcome's date.
 *
 * Weights are pooled over the instruments of a horizon; calibration is an instrument's own, drawn towards the pool's, and is learned from
 * the intervals that these weights would have made of the members' forecasts, whatever weights were in force then.
 * Forecasts without the yardstick are left out; so are rows that cannot be read back, which are logged.
 *
 * @returns the rows stored; none if there is nothing to learn from
 */
export async function updateWeights(context: Context, options: UpdateWeightsOptions = {}): Promise<WeightsRecord[]> {
  const storing = requireStoring('updateWeights', context, options);
  refuseUnknown('updateWeights', options, [...CALL_OPTIONS, 'windowDays']);
  const { windowDays = 365, signal } = options;
  if (!(Number.isInteger(windowDays) && windowDays >= 1)) {
    throw invalid('INVALID_ARGUMENT', 'updateWeights', 'windowDays', 'a whole number of days >= 1', windowDays);
  }
  const { store, logger, members } = storing;
  const priors = priorWeights(members);
  const today = todayOf(storing);
  const from = fromEpochDay(toEpochDay(today) - windowDays);
  const matched = await readMatched(storing, { from, to: today, signal });

  const records: WeightsRecord[] = [];
  for (const [horizon, forecasts] of groupBy(matched, (forecast) => forecast.horizon)) {
    signal?.throwIfAborted();
    const weights = learnWeights(forecasts, { horizon, priors });
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
  learned: { asOf: string; weights: Weights; pooled: Calibration; own: Matched[] },
): WeightsRecord {
  const { asOf, weights, pooled, own } = learned;
  const hitRates: WeightsRecord['hitRates'] = {};
  for (const name of ['ensemble', ...Object.keys(weights)]) {
    const hits = own.flatMap((forecast) => forecast.hits[name] ?? []);
    if (hits.length > 0) hitRates[name] = hits.filter(Boolean).length / hits.length;
  }
  const calibration = learnCalibration(own.map(pooledBy(weights)), { horizon, towards: pooled });
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

/** Returns the ensemble's forecast under the weights, before calibration. */
function pooledBy(weights: Weights): (forecast: Matched) => ScoredInterval {
  return ({ actualDate, actual, members }) => {
    const present = Object.keys(members);
    const effective = effectiveWeights(weights, present);
    const sum = (field: keyof ScaledForecast) =>
      present.reduce((total, name) => total + effective[name] * members[name][field], 0);
    return { actualDate, actual, point: sum('point'), low: sum('low'), high: sum('high') };
  };
}

/** Returns a matched forecast in sigmas of the yardstick, or undefined without one. */
function standardize({ prediction, outcome }: MatchedForecast, names: readonly string[]): Matched | undefined {
  const { baseClose } = prediction;
  const yardstick = prediction.members[YARDSTICK];
  const sigma = yardstick && (yardstick.ciHigh - yardstick.ciLow) / baseClose / INTERVAL_SIGMAS;
  if (sigma === undefined || !(sigma > 0)) return undefined;
  const inSigmas = (price: number, base: number) => (price / base - 1) / sigma;
  const members: Matched['members'] = {};
  const hits: Matched['hits'] = { ensemble: outcome.directionHit };
  for (const name of names) {
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

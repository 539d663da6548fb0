import { buildFeatures, type Feature } from '../../features/index.js';
import type { PriceSeries } from '../../series/index.js';
import { causalVolatility } from './causal-volatility.js';
import { closeLocations } from './close-locations.js';
import { MARKET_INPUTS, type MarketStates } from './market-state.js';
import { OWN_INPUTS, ownHistory, ownInputs } from './own-inputs.js';

/** One instrument of the pool. Arrays are per bar. */
export interface PooledInstrument {
  dates: readonly string[];
  close: Float64Array;
  featureNames: string[];
  /** [bars × features], row-major. */
  features: Float64Array;
  /** [bars × OWN_INPUTS], row-major: what the linear regression sees. */
  inputs: Float64Array;
  /** Volatility of the next one-day log return as seen at the close. */
  sigma: Float64Array;
  /** Running sums of each bar's variance as its range shows it. */
  rangeVariance: Float64Array;
  /** Where the close lay in the day's range: see `closeLocations`. */
  location: Float64Array;
}

/** A bar of an instrument of the pool. */
export interface PooledRow {
  instrument: PooledInstrument;
  bar: number;
}

/** The labelled rows of a pool, split by date. */
export interface PooledSplit {
  training: PooledRow[];
  validation: PooledRow[];
}

/** The first bars of a series, whose averages are not warm yet, are no rows. */
const WARM_UP_BARS = 60;

/** Returns what the pool needs of one instrument's bars. */
export function pooledInstrument(
  series: PriceSeries,
  { features }: { features?: readonly Feature[] | undefined },
): PooledInstrument {
  const matrix = buildFeatures(series, { features });
  const { history, ...own } = instrumentHistory(series);
  return {
    dates: series.dates,
    featureNames: matrix.names,
    features: matrix.values,
    inputs: ownInputs(history, own.sigma),
    ...own,
  };
}

/** Returns an instrument's closes and how volatile they were, as the linear regression reads them from bar `from` (default 0) on. */
export function instrumentHistory(series: PriceSeries, { from = 0 }: { from?: number } = {}) {
  const { close } = series;
  const sigma = causalVolatility(close);
  const rangeVariance = runningRangeVariance(series);
  const history = ownHistory({ close, sigma, rangeVariance }, { from });
  return { close, sigma, rangeVariance, location: closeLocations(series), history };
}

/**
 * Returns the rows whose target is known, split by date: the newest `validationShare` of the dates validates.
 *
 * A training row's target is known before the first validation date, whatever instrument it belongs to.
 */
export function splitByDate(
  pool: readonly PooledInstrument[],
  { horizon, validationShare }: { horizon: number; validationShare: number },
): PooledSplit {
  const labelled = pool.flatMap((instrument) => {
    const { dates, sigma } = instrument;
    const rows: PooledRow[] = [];
    for (let bar = WARM_UP_BARS; bar + horizon < dates.length; bar++)
      if (sigma[bar] > 0) rows.push({ instrument, bar });
    return rows;
  });
  const dates = [...new Set(labelled.map(dateOf))].sort();
  const firstValidated = dates[Math.floor(dates.length * (1 - validationShare))];
  return {
    training: labelled.filter(({ instrument, bar }) => instrument.dates[bar + horizon] < firstValidated),
    validation: labelled.filter((row) => dateOf(row) >= firstValidated),
  };
}

/** Bounds of the logarithm of a variance ratio: a halt or a data error must not outweigh everything. */
export const LOG_RATIO_BOUNDS: readonly [number, number] = [Math.log(0.01), Math.log(64)];

/** Returns the log return over the horizon, in units of the EWMA volatility × √horizon. */
export function scaledReturn({ instrument: { close, sigma }, bar }: PooledRow, horizon: number): number {
  return Math.log(close[bar + horizon] / close[bar]) / (sigma[bar] * Math.sqrt(horizon));
}

/**
 * Returns the logarithm of how the variance of the bars ahead, as their ranges show it, compares with the EWMA variance, within
 * `LOG_RATIO_BOUNDS`.
 */
export function logVarianceRatio({ instrument, bar }: PooledRow, horizon: number): number {
  const { rangeVariance, sigma } = instrument;
  const ahead = (rangeVariance[bar + horizon] - rangeVariance[bar]) / horizon;
  const [least, most] = LOG_RATIO_BOUNDS;
  return Math.min(most, Math.max(least, Math.log(ahead / sigma[bar] ** 2)));
}

/** Everything that a linear regression may see: the instrument's own inputs, then the market's. */
export const ALL_INPUTS: readonly string[] = [...OWN_INPUTS, ...MARKET_INPUTS];

/**
 * Returns what a linear regression sees of the rows, [rows × names], row-major; NaN where the market has no state.
 *
 * @param names among `ALL_INPUTS`
 */
export function inputsOf(
  rows: readonly PooledRow[],
  names: readonly string[],
  market: MarketStates | undefined,
): Float64Array {
  const places = names.map((name) => ALL_INPUTS.indexOf(name));
  const own = OWN_INPUTS.length;
  const values = new Float64Array(rows.length * names.length);
  rows.forEach(({ instrument, bar }, row) => {
    const state = market?.get(instrument.dates[bar]);
    places.forEach((place, k) => {
      values[row * names.length + k] =
        place < own ? instrument.inputs[bar * own + place] : (state?.[place - own] ?? Number.NaN);
    });
  });
  return values;
}

function dateOf({ instrument, bar }: PooledRow): string {
  return instrument.dates[bar];
}

/** Squared overnight return plus Rogers and Satchell's estimate from open, high, low and close: Annals of Applied Probability 1(4), 1991. */
function runningRangeVariance({ open, high, low, close, length }: PriceSeries): Float64Array {
  const sums = new Float64Array(length);
  for (let t = 1; t < length; t++) {
    const night = Math.log(open[t] / close[t - 1]);
    const up = Math.log(high[t] / open[t]);
    const down = Math.log(low[t] / open[t]);
    const day = Math.log(close[t] / open[t]);
    // Rounded prices can put the close a hair outside its range.
    sums[t] = sums[t - 1] + night * night + Math.max(0, up * (up - day) + down * (down - day));
  }
  return sums;
}

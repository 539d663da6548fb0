import { buildFeatures, type Feature } from '../../features/index.js';
import type { PriceSeries } from '../../series/index.js';
import { causalVolatility } from './causal-volatility.js';

/** One instrument of the pool. Arrays are per bar. */
export interface PooledInstrument {
  dates: readonly string[];
  close: Float64Array;
  featureNames: string[];
  /** [bars × features], row-major. */
  features: Float64Array;
  /** Volatility of the next one-day log return as seen at the close. */
  sigma: Float64Array;
  /** Running sums of each bar's variance as its range shows it. */
  rangeVariance: Float64Array;
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
  return {
    dates: series.dates,
    close: series.close,
    featureNames: matrix.names,
    features: matrix.values,
    sigma: causalVolatility(series.close),
    rangeVariance: runningRangeVariance(series),
  };
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

/** Returns the log return over the horizon, in units of the EWMA volatility × √horizon. */
export function scaledReturn({ instrument: { close, sigma }, bar }: PooledRow, horizon: number): number {
  return Math.log(close[bar + horizon] / close[bar]) / (sigma[bar] * Math.sqrt(horizon));
}

/**
 * Returns the logarithm of how the variance of the bars ahead, as their ranges show it, compares with the EWMA variance.
 * It is kept within ln 0.01 and ln 64: a halt or a data error must not outweigh everything.
 */
export function logVarianceRatio({ instrument, bar }: PooledRow, horizon: number): number {
  const { rangeVariance, sigma } = instrument;
  const ahead = (rangeVariance[bar + horizon] - rangeVariance[bar]) / horizon;
  return Math.log(Math.min(64, Math.max(0.01, ahead / sigma[bar] ** 2)));
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

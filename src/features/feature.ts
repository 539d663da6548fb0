import { invalid } from '../errors.js';
import type { PriceSeries } from '../series/index.js';

/**
 * What is derived from prices: a feature's column, or anything that several features share.
 *
 * @param from the first row that is wanted: those before it mean nothing; 0 unless given
 */
export type Derivation<T> = (series: PriceSeries, derive: Derive, from?: number) => T;

/** Returns what a derivation gives for the series at hand from row `from` (0 unless given) on, computing no row more often than it must. */
export type Derive = <T>(derivation: Derivation<T>, from?: number) => T;

/** A column of the feature matrix: one number per bar, NaN where there is none. */
export interface Feature {
  /** Unique in a matrix: a letter or underscore, then letters, digits and _ . - */
  readonly name: string;
  /** Returns one number per bar; entry t from bars <= t only. */
  readonly compute: Derivation<ArrayLike<number>>;
}

/** A feature of the library, with its page in docs/features.md. */
export interface DocumentedFeature extends Feature {
  readonly family: string;
  /** One line; t is the row, C O H L V the bar's prices and volume. */
  readonly formula: string;
  /** Rows at the start that are NaN for want of history. */
  readonly warmup: number;
  /** Where the definition comes from. */
  readonly source: string;
  /** Whether every earlier bar counts, so that values depend (ever less) on where the series starts. */
  readonly recursive?: boolean | undefined;
}

/** One letter or underscore, then what LightGBM's text format can carry in a feature name. */
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/**
 * Returns a feature of your own for `buildFeatures({ features: [...DEFAULT_FEATURES, mine] })`.
 *
 * `fn` gets columns of its own, so that writing to them harms nobody. That it doesn't look ahead is checked where it is used, on
 * the prices at hand.
 *
 * @param fn from a series to one number per bar, NaN where there is none; entry t from bars <= t only
 * @throws ForecastError `INVALID_ARGUMENT` for a name that is empty or has other characters, or an `fn` that is no function
 * @example
 * const overnight = defineFeature('overnight', ({ open, close }) =>
 *   open.map((price, t) => (t === 0 ? NaN : price / close[t - 1] - 1)));
 */
export function defineFeature(name: string, fn: (series: PriceSeries) => ArrayLike<number>): Feature {
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw invalid('INVALID_ARGUMENT', 'defineFeature', 'name', 'a letter or _, then letters, digits and _ . -', name);
  }
  if (typeof fn !== 'function') throw invalid('INVALID_ARGUMENT', 'defineFeature', 'fn', 'a function', fn);
  return Object.freeze({ name, compute: (series: PriceSeries) => fn(copyOf(series)) });
}

function copyOf(series: PriceSeries): PriceSeries {
  const { days, open, high, low, close, volume } = series;
  return {
    ...series,
    days: days.slice(),
    open: open.slice(),
    high: high.slice(),
    low: low.slice(),
    close: close.slice(),
    volume: volume.slice(),
  };
}

/** Returns a `Derive` for one series. */
export function deriveFrom(series: PriceSeries): Derive {
  const known = new Map<unknown, { from: number; value: unknown }>();
  const derive: Derive = (derivation, from = 0) => {
    const before = known.get(derivation);
    // The key is the derivation itself, so the value stored under it has its own type.
    if (before !== undefined && before.from <= from) return before.value as ReturnType<typeof derivation>;
    const value = derivation(series, derive, from);
    known.set(derivation, { from, value });
    return value;
  };
  return derive;
}

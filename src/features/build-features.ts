import { invalid, refuseUnknown } from '../errors.js';
import { type Bar, type PriceSeries, parseSeries } from '../series/index.js';
import { inScratch } from '../stats/index.js';
import { refuseLookahead } from './check-causality.js';
import { computeColumn, finiteOrNaN } from './compute-column.js';
import { DEFAULT_FEATURES } from './default-features.js';
import { deriveFrom, type Feature } from './feature.js';
import { type Targets, targetsOf } from './targets.js';

/** How `buildFeatures` builds. */
export interface BuildFeaturesOptions {
  /** Horizons of the targets, in bars, whole numbers >= 1. Needed with targets only. */
  horizons?: readonly number[] | undefined;
  /** Whether to add targets; no unless given. */
  withTargets?: boolean | undefined;
  /** The columns; `DEFAULT_FEATURES` unless given. */
  features?: readonly Feature[] | undefined;
  /** Half-width of the flat band of the directions; 0.003 unless given. */
  flatBand?: number | undefined;
}

/** One row per bar, one column per feature. */
export interface FeatureMatrix {
  names: string[];
  /** The bars' dates. */
  dates: string[];
  /** [bars × names], row-major; NaN where there is no value, never an infinity. */
  values: Float64Array;
  /** By horizon; only with `withTargets`. */
  targets?: Map<number, Targets>;
}

/** The newest bar's features. */
export interface FeatureRow {
  names: string[];
  date: string;
  /** [names]; NaN where there is no value. */
  values: Float64Array;
}

/**
 * Returns the feature matrix of one instrument: row t from the bars up to t alone, so that it stays as it is when bars are added.
 *
 * The first rows of a column are NaN until it has enough history (`warmup`), and later ones where it is undefined (0 / 0: a
 * window without any price change or volume). Averages that never forget (RSI, MACD, ATR, ADX, EWMA) depend on where the series
 * starts: train and predict on the same number of bars. Features of your own are checked for looking ahead.
 *
 * @param bars oldest first, or a series that `parseSeries` returned; bars are not mended here
 * @throws ForecastError what `parseSeries` throws with `repair: 'refuse'`; `INVALID_HORIZON`; `INVALID_ARGUMENT` for two features of one name or a
 *   feature that does not give one number per bar; `LOOKAHEAD` for a feature that looks ahead
 * @example
 * const { names, values, targets } = buildFeatures(bars, { horizons: [1, 3, 5], withTargets: true });
 */
export function buildFeatures(bars: readonly Bar[] | PriceSeries, options: BuildFeaturesOptions = {}): FeatureMatrix {
  refuseUnknown('buildFeatures', options, ['horizons', 'withTargets', 'features', 'flatBand']);
  const { horizons = [], withTargets = false, features = DEFAULT_FEATURES, flatBand } = options;
  const series = seriesOf(bars);
  const matrix: FeatureMatrix = {
    names: features.map(({ name }) => name),
    dates: [...series.dates],
    values: letGo(features, () => toRows(computeColumns(series, features), series.length)),
  };
  if (withTargets) {
    if (horizons.length === 0) {
      throw invalid('INVALID_HORIZON', 'buildFeatures', 'horizons', 'at least one with targets', horizons);
    }
    matrix.targets = new Map(horizons.map((horizon) => [horizon, targetsOf(series, horizon, flatBand)]));
  }
  return matrix;
}

/**
 * Returns the newest bar's features: the last row of `buildFeatures` on the same bars, bit for bit, without the other rows.
 *
 * @param bars oldest first, or a series that `parseSeries` returned
 * @throws ForecastError as `buildFeatures`
 */
export function newestFeatures(
  bars: readonly Bar[] | PriceSeries,
  { features = DEFAULT_FEATURES }: Pick<BuildFeaturesOptions, 'features'> = {},
): FeatureRow {
  const series = seriesOf(bars);
  const last = series.length - 1;
  const values = new Float64Array(features.length);
  letGo(features, () =>
    computeColumns(series, features, last).forEach((column, j) => {
      values[j] = finiteOrNaN(column[last]);
    }),
  );
  return { names: features.map(({ name }) => name), date: series.dates[last], values };
}

// A row of the matrix is a bar that was handed in: none may go missing unsaid.
function seriesOf(bars: readonly Bar[] | PriceSeries): PriceSeries {
  return isSeries(bars) ? bars : parseSeries(bars, { repair: 'refuse' });
}

// Array.isArray alone doesn't narrow readonly arrays.
function isSeries(bars: readonly Bar[] | PriceSeries): bars is PriceSeries {
  return !Array.isArray(bars) && bars !== null && typeof bars === 'object' && 'days' in bars;
}

const BUILT_IN: ReadonlySet<Feature> = new Set(DEFAULT_FEATURES);

/** Returns what the work makes of the features' columns, none of which is kept. */
function letGo<T>(features: readonly Feature[], work: () => T): T {
  // but a feature of a host's own might keep one that it derived
  return features.every((feature) => BUILT_IN.has(feature)) ? inScratch(work) : work();
}

/** Returns the features' columns, right from row `from` on. */
function computeColumns(series: PriceSeries, features: readonly Feature[], from = 0): ArrayLike<number>[] {
  if (features !== DEFAULT_FEATURES) checkNames(features);
  const derive = deriveFrom(series);
  return features.map((feature) => {
    if (!BUILT_IN.has(feature)) refuseLookahead(feature, series);
    return computeColumn(feature, series, derive, from);
  });
}

function checkNames(features: readonly Feature[]): void {
  const names = new Set<string>();
  for (const { name } of features) {
    if (names.has(name))
      throw invalid('INVALID_ARGUMENT', 'buildFeatures', 'features', 'features of different names', name);
    names.add(name);
  }
}

function toRows(columns: readonly ArrayLike<number>[], length: number): Float64Array {
  const width = columns.length;
  const values = new Float64Array(length * width);
  columns.forEach((column, j) => {
    if (column instanceof Float64Array) copyColumn(column, values, j, width);
    else copyColumn(Float64Array.from(column, finiteOrNaN), values, j, width);
  });
  return values;
}

function copyColumn(column: Float64Array, values: Float64Array, j: number, width: number): void {
  for (let t = 0, at = j; t < column.length; t++, at += width) {
    const value = column[t];
    // True for finite numbers only.
    values[at] = value - value === 0 ? value : Number.NaN;
  }
}

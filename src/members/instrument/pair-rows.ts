import { buildFeatures, type FeatureMatrix, targetsOf } from '../../features/index.js';
import type { PriceSeries } from '../../series/index.js';
import type { LgbmSettings } from '../lgbm/training-options.js';

/** One instrument's bars, with their features. */
export interface InstrumentRows {
  /** Oldest first; nothing after the last bar exists for the training. */
  readonly series: PriceSeries;
  readonly matrix: FeatureMatrix;
}

/** Returns what every horizon of an instrument is trained on. */
export function instrumentRows(series: PriceSeries, { features }: Pick<LgbmSettings, 'features'>): InstrumentRows {
  return { series, matrix: buildFeatures(series, { features }) };
}

/** An instrument's rows for one horizon: a row a bar, from the bars up to it alone. */
export interface PairRows {
  readonly series: PriceSeries;
  readonly horizon: number;
  readonly featureNames: string[];
  /** [bars × features], row-major. */
  readonly values: Float64Array;
  /** Simple returns over the horizon and their directions (0 down, 1 flat, 2 up), [bars]; the last `horizon` have none. */
  readonly returns: ArrayLike<number>;
  readonly directions: ArrayLike<number>;
}

/** Returns the rows of every bar of the series. */
export function pairRows({ series, matrix }: InstrumentRows, horizon: number, flatBand: number): PairRows {
  const { names, values } = matrix;
  return { series, horizon, featureNames: names, values, ...targetsOf(series, horizon, flatBand) };
}

/** Returns the features of the bars `from` to `to` (without it), [bars × features]. */
export function featuresOf({ featureNames, values }: PairRows, from: number, to: number): Float64Array {
  return values.subarray(from * featureNames.length, to * featureNames.length);
}

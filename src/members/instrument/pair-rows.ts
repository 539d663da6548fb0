import { buildFeatures, type Feature } from '../../features/index.js';
import type { PriceSeries } from '../../series/index.js';

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
export function pairRows(
  series: PriceSeries,
  horizon: number,
  { features, flatBand }: { features: readonly Feature[] | undefined; flatBand: number },
): PairRows {
  const { names, values, targets } = buildFeatures(series, {
    horizons: [horizon],
    withTargets: true,
    features,
    flatBand,
  });
  return { series, horizon, featureNames: names, values, ...targets!.get(horizon)! };
}

/** Returns the features of the bars `from` to `to` (without it), [bars × features]. */
export function featuresOf({ featureNames, values }: PairRows, from: number, to: number): Float64Array {
  return values.subarray(from * featureNames.length, to * featureNames.length);
}

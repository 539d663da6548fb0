import { invalid } from '../errors.js';
import type { PriceSeries } from '../series/index.js';
import type { Derive, Feature } from './feature.js';

/**
 * Returns a feature's column, one number per bar.
 *
 * @param from the first row that is wanted: those before it mean nothing
 * @throws ForecastError `INVALID_ARGUMENT` if the feature gives anything else
 */
export function computeColumn(feature: Feature, series: PriceSeries, derive: Derive, from = 0): ArrayLike<number> {
  const values = feature.compute(series, derive, from);
  if (typeof values !== 'object' || values === null || values.length !== series.length) {
    const came = typeof values === 'object' && values !== null ? `${values.length} values` : values;
    throw invalid(
      'INVALID_ARGUMENT',
      'buildFeatures',
      `feature ${feature.name}`,
      `${series.length} numbers, one per bar`,
      came,
    );
  }
  return values;
}

/** Returns a finite number as it is and anything else as NaN, the mark for missing. */
export function finiteOrNaN(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN;
}

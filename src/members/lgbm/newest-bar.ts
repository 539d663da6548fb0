import { invalid } from '../../errors.js';
import type { Feature } from '../../features/index.js';
import { newestFeatures } from '../../features/inside.js';
import type { Booster } from '../../lgbm/index.js';
import type { PriceSeries } from '../../series/index.js';

/** The newest bar's features by name, and the close that returns start from. */
export interface NewestBar {
  close: number;
  names: readonly string[];
  values: Float64Array;
  /** The values in the orders of names that models asked for: those of one instrument mostly have the same names. */
  rows: Map<readonly string[], Float64Array>;
}

/** Returns the features of the series' last bar, and its close. */
export function newestBar(series: PriceSeries, features: readonly Feature[] | undefined): NewestBar {
  const { names, values } = newestFeatures(series, { features });
  const last = series.length - 1;
  return { close: series.close[last], names, values, rows: new Map() };
}

/**
 * Returns the newest features in the order that the model was trained on.
 *
 * @param key names the model in messages
 * @throws ForecastError `INVALID_MODEL` for a feature that is not built
 */
export function featuresFor(booster: Booster, key: string, { names, values, rows }: NewestBar): Float64Array {
  const { featureNames } = booster;
  const known = rows.get(featureNames);
  if (known !== undefined) return known;
  const row = new Float64Array(featureNames.length);
  for (let place = 0; place < row.length; place++) {
    const name = featureNames[place];
    const column = names[place] === name ? place : names.indexOf(name);
    if (column < 0) throw invalid('INVALID_MODEL', key, 'feature_names', 'features that are built here', name);
    row[place] = values[column];
  }
  rows.set(featureNames, row);
  return row;
}

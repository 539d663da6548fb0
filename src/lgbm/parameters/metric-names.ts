/** A metric that can be evaluated on validation rows while training. */
export type MetricName =
  | 'l1'
  | 'l2'
  | 'rmse'
  | 'quantile'
  | 'binary_logloss'
  | 'binary_error'
  | 'auc'
  | 'multi_logloss'
  | 'multi_error';

// LightGBM's names and aliases of them
const ALIASES: { readonly [name in MetricName]: readonly string[] } = {
  l1: ['l1', 'mean_absolute_error', 'mae', 'regression_l1'],
  l2: ['l2', 'mean_squared_error', 'mse', 'regression_l2', 'regression'],
  rmse: ['rmse', 'root_mean_squared_error', 'l2_root'],
  quantile: ['quantile'],
  binary_logloss: ['binary_logloss', 'binary'],
  binary_error: ['binary_error'],
  auc: ['auc'],
  multi_logloss: ['multi_logloss', 'multiclass', 'softmax', 'multiclassova', 'multiclass_ova', 'ova', 'ovr'],
  multi_error: ['multi_error'],
};

/** Returns the metric that `word` names or is an alias of, or undefined. */
export function metricNameOf(word: string): MetricName | undefined {
  for (const [name, words] of Object.entries(ALIASES)) {
    if (words.includes(word)) return name as MetricName;
  }
  return undefined;
}

/** A metric that can be evaluated on validation rows while training. */
export type MetricName =
  | 'l1'
  | 'l2'
  | 'rmse'
  | 'quantile'
  | 'huber'
  | 'fair'
  | 'mape'
  | 'poisson'
  | 'gamma'
  | 'gamma_deviance'
  | 'tweedie'
  | 'cross_entropy'
  | 'cross_entropy_lambda'
  | 'kullback_leibler'
  | 'binary_logloss'
  | 'binary_error'
  | 'auc'
  | 'average_precision'
  | 'multi_logloss'
  | 'multi_error'
  | 'auc_mu'
  | 'ndcg'
  | 'map';

// LightGBM's names and aliases of them
const ALIASES: { readonly [name in MetricName]: readonly string[] } = {
  l1: ['l1', 'mean_absolute_error', 'mae', 'regression_l1'],
  l2: ['l2', 'mean_squared_error', 'mse', 'regression_l2', 'regression'],
  rmse: ['rmse', 'root_mean_squared_error', 'l2_root'],
  quantile: ['quantile'],
  huber: ['huber'],
  fair: ['fair'],
  mape: ['mape', 'mean_absolute_percentage_error'],
  poisson: ['poisson'],
  gamma: ['gamma'],
  gamma_deviance: ['gamma_deviance'],
  tweedie: ['tweedie'],
  cross_entropy: ['cross_entropy', 'xentropy'],
  cross_entropy_lambda: ['cross_entropy_lambda', 'xentlambda'],
  kullback_leibler: ['kullback_leibler', 'kldiv'],
  binary_logloss: ['binary_logloss', 'binary'],
  binary_error: ['binary_error'],
  auc: ['auc'],
  average_precision: ['average_precision'],
  multi_logloss: ['multi_logloss', 'multiclass', 'softmax', 'multiclassova', 'multiclass_ova', 'ova', 'ovr'],
  multi_error: ['multi_error'],
  auc_mu: ['auc_mu'],
  ndcg: ['ndcg', 'lambdarank', 'rank_xendcg', 'xendcg', 'xe_ndcg', 'xe_ndcg_mart', 'xendcg_mart'],
  map: ['map', 'mean_average_precision'],
};

/** Returns the metric that `word` names or is an alias of, or undefined. */
export function metricNameOf(word: string): MetricName | undefined {
  for (const [name, words] of Object.entries(ALIASES)) {
    if (words.includes(word)) return name as MetricName;
  }
  return undefined;
}

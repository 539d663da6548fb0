import { describe, ForecastError, invalid } from '../../errors.js';
import type { Params } from './param-types.js';

/**
 * Refuses parameters that cannot go together.
 *
 * @throws ForecastError INVALID_PARAMETER, UNSUPPORTED_PARAMETER
 */
export function checkConflicts(params: Params): void {
  const { objective, num_class, metric } = params;
  const multiclass = objective.startsWith('multiclass') || (objective === 'custom' && num_class > 1);
  if (multiclass && num_class < 2) {
    throw invalid('INVALID_PARAMETER', 'train', 'num_class', '>= 2 for a multiclass objective', num_class);
  }
  if (!multiclass && num_class !== 1) {
    throw invalid('INVALID_PARAMETER', 'train', 'num_class', `1 for the ${objective} objective`, num_class);
  }
  const odd = metric.find((name) => (name.startsWith('multi_') || name === 'auc_mu') !== multiclass);
  if (odd) throw invalid('INVALID_PARAMETER', 'train', 'metric', `a metric for the ${objective} objective`, odd);
  if (objective === 'quantile' && !(params.alpha < 1)) {
    throw invalid('INVALID_PARAMETER', 'train', 'alpha', 'in (0, 1) for the quantile objective', params.alpha);
  }
  if (params.reg_sqrt && ['huber', 'poisson', 'gamma', 'tweedie'].includes(objective)) {
    throw invalid('INVALID_PARAMETER', 'train', 'reg_sqrt', `false for the ${objective} objective`, true);
  }
  checkQuantized(params);
  checkCosts(params);
  if (params.linear_tree && params.zero_as_missing) {
    throw invalid('INVALID_PARAMETER', 'train', 'zero_as_missing', 'false with linear_tree', true);
  }
  checkBoosting(params);
  checkMonotone(params);
  if (params.is_unbalance && Math.abs(params.scale_pos_weight - 1) > 1e-6) {
    throw invalid(
      'INVALID_PARAMETER',
      'train',
      'scale_pos_weight',
      '1 together with is_unbalance',
      params.scale_pos_weight,
    );
  }
}

/** What native takes beside quantised gradients without knowing of them: it would read their sums as other numbers. */
function checkQuantized(params: Params): void {
  if (!params.use_quantized_grad) return;
  const refuse = (field: string, expected: string, actual: unknown) => {
    throw invalid('INVALID_PARAMETER', 'train', field, `${expected} with use_quantized_grad`, actual);
  };
  if (params.linear_tree) refuse('linear_tree', 'false', true);
  if (params.forcedSplits.length > 0) refuse('forcedsplits_filename', 'not given', 'given');
  if (params.isBounded && params.monotone_constraints_method !== 'basic') {
    refuse('monotone_constraints_method', 'basic', params.monotone_constraints_method);
  }
}

/** Native counts the rows that a feature was looked up in by their places in a bag, which change. */
function checkCosts(params: Params): void {
  if (params.lazyCosts.length === 0) return;
  const isBagged = params.bagging_freq > 0 && (params.bagging_fraction < 1 || bagsByClass(params));
  if (isBagged || params.data_sample_strategy === 'goss') {
    const expected = 'not given with rows that are drawn';
    throw invalid('INVALID_PARAMETER', 'train', 'cegb_penalty_feature_lazy', expected, params.lazyCosts.join(','));
  }
}

function bagsByClass({ pos_bagging_fraction, neg_bagging_fraction }: Params): boolean {
  return pos_bagging_fraction < 1 || neg_bagging_fraction < 1;
}

function checkMonotone({ monotone_constraints_method: method, feature_fraction_bynode }: Params): void {
  const field = 'monotone_constraints_method';
  if (method !== 'basic' && method !== 'intermediate' && method !== 'advanced') {
    const message = `train: ${field}=${describe(method)} is not supported by this engine`;
    const details = { field, expected: 'basic, intermediate or advanced', actual: describe(method) };
    throw new ForecastError('UNSUPPORTED_PARAMETER', message, details);
  }
  if (method !== 'basic' && feature_fraction_bynode < 1) {
    throw invalid('INVALID_PARAMETER', 'train', field, 'basic with feature_fraction_bynode below 1', method);
  }
}

function checkBoosting(params: Params): void {
  const { boosting, objective, top_rate, other_rate, bagging_freq, bagging_fraction, feature_fraction } = params;
  const isGoss = params.data_sample_strategy === 'goss';
  const refuse = (field: string, expected: string, actual: unknown) => {
    throw invalid('INVALID_PARAMETER', 'train', field, expected, actual);
  };
  if (isGoss && bagging_freq > 0 && bagging_fraction !== 1) refuse('bagging_fraction', '1 with goss', bagging_fraction);
  if (isGoss && !(top_rate > 0)) refuse('top_rate', 'above 0 with goss', top_rate);
  if (isGoss && !(other_rate > 0 && top_rate + other_rate <= 1)) {
    refuse('other_rate', 'above 0 with goss, and at most 1 with top_rate', other_rate);
  }
  if (bagsByClass(params) && objective !== 'binary') {
    const field = params.pos_bagging_fraction < 1 ? 'pos_bagging_fraction' : 'neg_bagging_fraction';
    refuse(field, `1 for the ${objective} objective`, params[field]);
  }
  if (bagsByClass(params) && isGoss) refuse('data_sample_strategy', 'bagging with fractions by class', 'goss');
  if (params.bagging_by_query && isGoss) refuse('bagging_by_query', 'false with goss', true);
  if (params.bagging_by_query && bagsByClass(params)) refuse('bagging_by_query', 'false with fractions by class', true);
  if (boosting === 'dart' && params.early_stopping_round > 0) {
    // trees that are dropped change what earlier iterations are worth
    refuse('early_stopping_round', '0 with dart', params.early_stopping_round);
  }
  if (boosting !== 'gbdt' && objective === 'custom') refuse('boosting', 'gbdt with an objective function', boosting);
  const isBagged = bagging_freq > 0 && bagging_fraction < 1;
  if (boosting === 'rf' && !isGoss && !isBagged && feature_fraction >= 1) {
    refuse('bagging_fraction', 'below 1, with bagging_freq above 0, for a random forest', bagging_fraction);
  }
}

import type { ForcedBins, ForcedNode } from './forced.js';
import type { MetricName } from './metric-names.js';

/** A parameter's value; numbers and booleans may come as text, as in a configuration file. */
export type ParameterValue = number | boolean | string | readonly (string | number)[];

/** The losses that can be trained. */
export type ObjectiveName =
  | 'regression'
  | 'regression_l1'
  | 'huber'
  | 'fair'
  | 'mape'
  | 'quantile'
  | 'poisson'
  | 'gamma'
  | 'tweedie'
  | 'binary'
  | 'cross_entropy'
  | 'cross_entropy_lambda'
  | 'lambdarank'
  | 'rank_xendcg'
  | 'multiclass'
  | 'multiclassova'
  | 'custom';

/**
 * What `train` takes: LightGBM's parameters under LightGBM's names or aliases.
 *
 * Every parameter of LightGBM 4.6 is known. One that this engine does not support is refused unless it has its default value;
 * none is ignored.
 */
export interface TrainParams {
  objective?: string | undefined;
  metric?: string | readonly string[] | undefined;
  /** `gbdt`, `dart`, `rf`, or `goss` for gbdt with that sample strategy. */
  boosting?: string | undefined;
  /** `bagging` or `goss`. */
  data_sample_strategy?: string | undefined;
  top_rate?: number | undefined;
  other_rate?: number | undefined;
  drop_rate?: number | undefined;
  max_drop?: number | undefined;
  skip_drop?: number | undefined;
  xgboost_dart_mode?: boolean | undefined;
  uniform_drop?: boolean | undefined;
  drop_seed?: number | undefined;
  num_iterations?: number | undefined;
  learning_rate?: number | undefined;
  num_leaves?: number | undefined;
  max_depth?: number | undefined;
  min_data_in_leaf?: number | undefined;
  min_sum_hessian_in_leaf?: number | undefined;
  bagging_fraction?: number | undefined;
  bagging_freq?: number | undefined;
  bagging_seed?: number | undefined;
  /** Of the `binary` objective: fractions of the rows of class 1, and of class 0. */
  pos_bagging_fraction?: number | undefined;
  neg_bagging_fraction?: number | undefined;
  /** Draws whole queries. */
  bagging_by_query?: boolean | undefined;
  feature_fraction?: number | undefined;
  feature_fraction_seed?: number | undefined;
  early_stopping_round?: number | undefined;
  early_stopping_min_delta?: number | undefined;
  first_metric_only?: boolean | undefined;
  max_delta_step?: number | undefined;
  lambda_l1?: number | undefined;
  lambda_l2?: number | undefined;
  min_gain_to_split?: number | undefined;
  max_bin?: number | undefined;
  /** A `max_bin` for each feature. */
  max_bin_by_feature?: string | readonly number[] | undefined;
  min_data_in_bin?: number | undefined;
  bin_construct_sample_cnt?: number | undefined;
  data_random_seed?: number | undefined;
  seed?: number | undefined;
  use_missing?: boolean | undefined;
  zero_as_missing?: boolean | undefined;
  feature_pre_filter?: boolean | undefined;
  num_class?: number | undefined;
  alpha?: number | undefined;
  fair_c?: number | undefined;
  poisson_max_delta_step?: number | undefined;
  tweedie_variance_power?: number | undefined;
  sigmoid?: number | undefined;
  is_unbalance?: boolean | undefined;
  scale_pos_weight?: number | undefined;
  boost_from_average?: boolean | undefined;
  reg_sqrt?: boolean | undefined;
  refit_decay_rate?: number | undefined;
  min_data_per_group?: number | undefined;
  max_cat_threshold?: number | undefined;
  cat_l2?: number | undefined;
  cat_smooth?: number | undefined;
  max_cat_to_onehot?: number | undefined;
  feature_fraction_bynode?: number | undefined;
  extra_trees?: boolean | undefined;
  extra_seed?: number | undefined;
  path_smooth?: number | undefined;
  /** One of -1, 0, 1 for each feature. */
  monotone_constraints?: string | readonly number[] | undefined;
  /** `basic`, `intermediate` or `advanced`: each bounds less than the one before, and takes longer. */
  monotone_constraints_method?: string | undefined;
  monotone_penalty?: number | undefined;
  /** A factor for each feature, that the gain of its splits is multiplied by. */
  feature_contri?: string | readonly number[] | undefined;
  /** Groups of features that may meet on a path, as `[0,1],[2,3]`. */
  interaction_constraints?: string | undefined;
  /** Not a name but the contents as JSON: splits that every tree begins with, `{"feature": 0, "threshold": 1.5, "left": {...}}`. */
  forcedsplits_filename?: string | undefined;
  /** Not a name but the contents as JSON: bounds that bins are to have, `[{"feature": 0, "bin_upper_bound": [0.5, 1.5]}]`. */
  forcedbins_filename?: string | undefined;
  /** Leaves that are linear functions of the numeric features that their path splits on. */
  linear_tree?: boolean | undefined;
  /** L2 regularisation of the coefficients of linear leaves. */
  linear_lambda?: number | undefined;
  /** Searches splits by gradients rounded to a few whole numbers; as fast here as without. */
  use_quantized_grad?: boolean | undefined;
  /** Into how many steps gradients are rounded, 2 to 127. */
  num_grad_quant_bins?: number | undefined;
  /** Whether leaf values are those of the gradients before rounding. */
  quant_train_renew_leaf?: boolean | undefined;
  /** Whether to round up or down by chance. */
  stochastic_rounding?: boolean | undefined;
  /** What splits cost: the gain of each is lowered by tradeoff × (split × rows + what its feature costs). */
  cegb_tradeoff?: number | undefined;
  cegb_penalty_split?: number | undefined;
  /** Of each feature, for every row that no split on it has seen so far. */
  cegb_penalty_feature_lazy?: string | readonly number[] | undefined;
  /** Of each feature, until the first split on it. */
  cegb_penalty_feature_coupled?: string | readonly number[] | undefined;
  objective_seed?: number | undefined;
  /** Pairs of a query that hold none of this many first rows are left out. */
  lambdarank_truncation_level?: number | undefined;
  lambdarank_norm?: boolean | undefined;
  /** L2 regularisation of what places add, where a dataset has positions. */
  lambdarank_position_bias_regularization?: number | undefined;
  /** What a row of each relevance adds to a ranking's gain, from relevance 0 on. */
  label_gain?: string | readonly number[] | undefined;
  /** How many first rows of a query `ndcg` and `map` look at, one or several. */
  eval_at?: string | number | readonly number[] | undefined;
  multi_error_top_k?: number | undefined;
  /** [classes × classes], row-major: what it costs to take the one for the other. */
  auc_mu_weights?: string | readonly number[] | undefined;
  [name: string]: ParameterValue | undefined;
}

/** Parameters after aliases, defaults, derived seeds and checks. */
export interface Params {
  readonly objective: ObjectiveName;
  readonly metric: readonly MetricName[];
  readonly boosting: 'gbdt' | 'dart' | 'rf';
  readonly data_sample_strategy: 'bagging' | 'goss';
  readonly top_rate: number;
  readonly other_rate: number;
  readonly drop_rate: number;
  readonly max_drop: number;
  readonly skip_drop: number;
  readonly xgboost_dart_mode: boolean;
  readonly uniform_drop: boolean;
  readonly drop_seed: number;
  readonly num_iterations: number;
  readonly learning_rate: number;
  readonly num_leaves: number;
  readonly max_depth: number;
  readonly min_data_in_leaf: number;
  readonly min_sum_hessian_in_leaf: number;
  readonly bagging_fraction: number;
  readonly bagging_freq: number;
  readonly bagging_seed: number;
  readonly pos_bagging_fraction: number;
  readonly neg_bagging_fraction: number;
  readonly bagging_by_query: boolean;
  readonly feature_fraction: number;
  readonly feature_fraction_seed: number;
  readonly early_stopping_round: number;
  readonly early_stopping_min_delta: number;
  readonly first_metric_only: boolean;
  readonly max_delta_step: number;
  readonly lambda_l1: number;
  readonly lambda_l2: number;
  readonly min_gain_to_split: number;
  readonly saved_feature_importance_type: number;
  readonly max_bin: number;
  readonly min_data_in_bin: number;
  readonly bin_construct_sample_cnt: number;
  readonly data_random_seed: number;
  readonly use_missing: boolean;
  readonly zero_as_missing: boolean;
  readonly feature_pre_filter: boolean;
  readonly num_class: number;
  readonly is_unbalance: boolean;
  readonly scale_pos_weight: number;
  readonly sigmoid: number;
  readonly boost_from_average: boolean;
  readonly reg_sqrt: boolean;
  readonly alpha: number;
  readonly fair_c: number;
  readonly poisson_max_delta_step: number;
  readonly tweedie_variance_power: number;
  /** Share of a leaf's value that a refit keeps; means nothing to a training. */
  readonly refit_decay_rate: number;
  readonly min_data_per_group: number;
  readonly max_cat_threshold: number;
  readonly cat_l2: number;
  readonly cat_smooth: number;
  readonly max_cat_to_onehot: number;
  readonly feature_fraction_bynode: number;
  readonly extra_trees: boolean;
  readonly extra_seed: number;
  readonly path_smooth: number;
  /** [features] -1, 0 or 1, from `monotone_constraints`; empty if none is bound. */
  readonly monotone: readonly number[];
  /** Whether gains are those of bounded outputs. */
  readonly isBounded: boolean;
  readonly monotone_constraints_method: 'basic' | 'intermediate' | 'advanced';
  readonly monotone_penalty: number;
  /** [features] from `feature_contri`; empty if there are none. */
  readonly contributions: readonly number[];
  /** From `interaction_constraints`; empty if there are none. */
  readonly interactionGroups: readonly (readonly number[])[];
  /** From `forcedsplits_filename`. */
  readonly forcedSplits: readonly ForcedNode[];
  /** From `forcedbins_filename`. */
  readonly forcedBins: ForcedBins;
  readonly linear_tree: boolean;
  readonly linear_lambda: number;
  readonly use_quantized_grad: boolean;
  readonly num_grad_quant_bins: number;
  readonly quant_train_renew_leaf: boolean;
  readonly stochastic_rounding: boolean;
  readonly seed: number;
  readonly cegb_tradeoff: number;
  readonly cegb_penalty_split: number;
  /** [features] from `cegb_penalty_feature_lazy` and `cegb_penalty_feature_coupled`; empty if there are none. */
  readonly lazyCosts: readonly number[];
  readonly coupledCosts: readonly number[];
  /** [features] from `max_bin_by_feature`; empty where `max_bin` holds for all. */
  readonly maxBins: readonly number[];
  readonly objective_seed: number;
  readonly lambdarank_truncation_level: number;
  readonly lambdarank_norm: boolean;
  readonly lambdarank_position_bias_regularization: number;
  /** From `label_gain`; empty for 2^label - 1. */
  readonly labelGains: readonly number[];
  /** From `eval_at`, ascending; empty for 1 to 5. */
  readonly evalAt: readonly number[];
  readonly multi_error_top_k: number;
  /** [classes][classes] from `auc_mu_weights`, 0 on the diagonal. */
  readonly aucMuWeights: readonly Float64Array[];
  readonly metric_freq: number;
  readonly is_provide_training_metric: boolean;
  /** Every parameter of LightGBM, by name, refused ones at their default: what the model's `parameters:` block is written from. */
  readonly all: Readonly<Record<string, number | boolean | string>>;
}

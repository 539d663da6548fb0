import { describe, ForecastError, invalid } from '../../errors.js';
import { EPSILON } from '../numbers/floats.js';
import { Random } from '../numbers/random.js';
import { checkConflicts } from './check-conflicts.js';
import { type ForcedBins, type ForcedNode, forcedBins, forcedSplits } from './forced.js';
import { type MetricName, metricNameOf } from './metric-names.js';
import { parameterLists } from './parameter-lists.js';
import { PARAMETERS, type Parameter } from './parameter-table.js';

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
  objective_seed?: number | undefined;
  /** Pairs of a query that hold none of this many first rows are left out. */
  lambdarank_truncation_level?: number | undefined;
  lambdarank_norm?: boolean | undefined;
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
  readonly objective_seed: number;
  readonly lambdarank_truncation_level: number;
  readonly lambdarank_norm: boolean;
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

const byName = new Map<string, Parameter>(
  PARAMETERS.flatMap((parameter) => [parameter.name, ...parameter.aliases].map((name) => [name, parameter] as const)),
);

/**
 * Returns the parameters under their own names, defaults filled in.
 *
 * @param hasObjective Whether a function is given as the objective, so that none is to be named.
 * @throws ForecastError INVALID_PARAMETER for an unknown name, a wrong kind, a value out of range, two aliases that differ.
 * @throws ForecastError UNSUPPORTED_PARAMETER for a parameter of LightGBM that this engine does not train by.
 */
export function resolveParams(input: TrainParams, hasObjective = false): Params {
  const given = new Map<string, { value: number | boolean | string; as: string }>();
  for (const [as, raw] of Object.entries(input)) {
    if (raw === undefined || raw === null) continue;
    const parameter = byName.get(as);
    if (!parameter) throw invalid('INVALID_PARAMETER', 'train', as, 'a parameter of LightGBM 4.6', raw);
    const value = checkedValue(parameter, as, raw);
    const before = given.get(parameter.name);
    if (before && before.value !== value) {
      throw new ForecastError('INVALID_PARAMETER', `train: ${before.as} and ${as} are one parameter with two values`, {
        field: as,
        expected: describe(before.value),
        actual: describe(value),
      });
    }
    given.set(parameter.name, { value, as });
  }
  const all: Record<string, number | boolean | string> = {};
  for (const { name, fallback } of PARAMETERS) all[name] = given.get(name)?.value ?? fallback;
  const objective = hasObjective && !given.has('objective') ? 'custom' : objectiveNamed(String(all.objective));
  if (hasObjective !== (objective === 'custom')) {
    const expected = hasObjective
      ? 'absent where an objective function is given'
      : 'a name, or a function in the options';
    throw invalid('INVALID_PARAMETER', 'train', 'objective', expected, objective);
  }
  all.objective = objective;
  deriveSeeds(all, (name) => given.has(name));
  const metric = metricsNamed(String(all.metric), objective);
  all.metric = metric.join(',');
  chooseBoosting(all);
  adjust(all, given.has('num_leaves'));
  const lists = parameterLists(all);
  const forced = {
    forcedSplits: forcedSplits(String(all.forcedsplits_filename)),
    forcedBins: forcedBins(String(all.forcedbins_filename)),
  };
  // where native writes the names of files, their contents would be taken for one
  all.forcedsplits_filename = '';
  all.forcedbins_filename = '';
  const params = { ...all, ...lists, ...forced, metric, all } as unknown as Params;
  checkConflicts(params);
  return params;
}

function checkedValue(parameter: Parameter, as: string, raw: ParameterValue): number | boolean | string {
  const value = parse(parameter, as, raw);
  for (const bound of parameter.range) {
    if (!within(Number(value), bound)) throw invalid('INVALID_PARAMETER', 'train', as, bound, raw);
  }
  if (parameter.support === 'refused' && !isDefault(parameter, value)) {
    const { name, fallback } = parameter;
    throw new ForecastError('UNSUPPORTED_PARAMETER', `train: ${as}=${describe(raw)} is not supported by this engine`, {
      field: name,
      expected: `${name} at its default ${describe(fallback)}`,
      actual: describe(raw),
    });
  }
  return parameter.support === 'refused' ? parameter.fallback : value;
}

function isDefault(parameter: Parameter, value: number | boolean | string): boolean {
  if (parameter.name === 'task' && value === 'training') return true;
  // any negative pool size means no limit
  if (parameter.name === 'histogram_pool_size') return Number(value) < 0;
  return value === parameter.fallback;
}

function parse({ kind }: Parameter, as: string, raw: ParameterValue): number | boolean | string {
  const text = Array.isArray(raw) ? raw.join(',') : raw;
  if (kind === 'bool') {
    const word = String(text).toLowerCase();
    if (['true', '1', '+'].includes(word)) return true;
    if (['false', '0', '-'].includes(word)) return false;
    throw invalid('INVALID_PARAMETER', 'train', as, 'true or false', raw);
  }
  if (kind === 'text') return String(text).trim();
  const number = typeof text === 'string' && text.trim() !== '' ? Number(text) : text;
  if (typeof number !== 'number' || !Number.isFinite(number)) {
    throw invalid('INVALID_PARAMETER', 'train', as, 'a finite number', raw);
  }
  if (kind === 'int' && (!Number.isInteger(number) || Math.abs(number) > 2 ** 31 - 1)) {
    throw invalid('INVALID_PARAMETER', 'train', as, 'a whole number of 32 bits', raw);
  }
  return number;
}

function within(value: number, bound: string): boolean {
  const limit = Number(bound.replace(/^[<>]=?/, ''));
  if (bound.startsWith('>=')) return value >= limit;
  if (bound.startsWith('<=')) return value <= limit;
  return bound.startsWith('>') ? value > limit : value < limit;
}

const OBJECTIVES: Readonly<Record<ObjectiveName, readonly string[]>> = {
  regression: [
    'regression',
    'regression_l2',
    'l2',
    'mean_squared_error',
    'mse',
    'l2_root',
    'root_mean_squared_error',
    'rmse',
  ],
  regression_l1: ['regression_l1', 'l1', 'mean_absolute_error', 'mae'],
  huber: ['huber'],
  fair: ['fair'],
  mape: ['mape', 'mean_absolute_percentage_error'],
  quantile: ['quantile'],
  poisson: ['poisson'],
  gamma: ['gamma'],
  tweedie: ['tweedie'],
  binary: ['binary'],
  cross_entropy: ['cross_entropy', 'xentropy'],
  cross_entropy_lambda: ['cross_entropy_lambda', 'xentlambda'],
  lambdarank: ['lambdarank'],
  rank_xendcg: ['rank_xendcg', 'xendcg', 'xe_ndcg', 'xe_ndcg_mart', 'xendcg_mart'],
  multiclass: ['multiclass', 'softmax'],
  multiclassova: ['multiclassova', 'multiclass_ova', 'ova', 'ovr'],
  custom: ['custom', 'none', 'null', 'na'],
};

function objectiveNamed(name: string): ObjectiveName {
  const word = name.toLowerCase();
  for (const [objective, names] of Object.entries(OBJECTIVES)) {
    if (names.includes(word)) return objective as ObjectiveName;
  }
  throw new ForecastError(
    'UNSUPPORTED_PARAMETER',
    `train: objective=${describe(name)} is not supported by this engine`,
    {
      field: 'objective',
      expected: Object.keys(OBJECTIVES).join(', '),
      actual: describe(name),
    },
  );
}

function metricsNamed(list: string, objective: ObjectiveName): MetricName[] {
  const words = list
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
  if (words.length === 0) return objective === 'custom' ? [] : [metricNameOf(objective)!];
  const metrics: MetricName[] = [];
  for (const word of words) {
    if (['none', 'null', 'na', 'custom'].includes(word)) continue;
    const metric = metricNameOf(word);
    if (!metric) {
      throw new ForecastError(
        'UNSUPPORTED_PARAMETER',
        `train: metric=${describe(word)} is not supported by this engine`,
        {
          field: 'metric',
          actual: describe(word),
        },
      );
    }
    if (!metrics.includes(metric)) metrics.push(metric);
  }
  return metrics;
}

/** With `seed`, native draws all other seeds from it, in this order; seeds given by name stay. */
function deriveSeeds(all: Record<string, number | boolean | string>, isGiven: (name: string) => boolean): void {
  if (!isGiven('seed')) return;
  const random = new Random(Number(all.seed));
  const names = [
    'data_random_seed',
    'bagging_seed',
    'drop_seed',
    'feature_fraction_seed',
    'objective_seed',
    'extra_seed',
  ];
  for (const name of names) {
    const drawn = random.nextShort(0, 32767);
    if (!isGiven(name)) all[name] = drawn;
  }
}

const BOOSTINGS: Readonly<Record<string, string>> = {
  gbdt: 'gbdt',
  gbrt: 'gbdt',
  dart: 'dart',
  rf: 'rf',
  random_forest: 'rf',
  goss: 'gbdt',
};

function chooseBoosting(all: Record<string, number | boolean | string>): void {
  const given = { boosting: String(all.boosting).toLowerCase(), data_sample_strategy: all.data_sample_strategy };
  const boosting = BOOSTINGS[given.boosting];
  if (given.boosting === 'goss') all.data_sample_strategy = 'goss';
  for (const [field, isKnown] of [
    ['boosting', boosting !== undefined],
    ['data_sample_strategy', ['bagging', 'goss'].includes(String(all.data_sample_strategy))],
  ] as const) {
    if (isKnown) continue;
    const message = `train: ${field}=${describe(given[field])} is not supported by this engine`;
    throw new ForecastError('UNSUPPORTED_PARAMETER', message, { field, actual: describe(given[field]) });
  }
  all.boosting = boosting;
}

function adjust(all: Record<string, number | boolean | string>, leavesGiven: boolean): void {
  const depth = Number(all.max_depth);
  if (depth > 0 && !leavesGiven) all.num_leaves = Math.min(Number(all.num_leaves), 2 ** depth);
  if (Number(all.min_data_in_leaf) <= 0 && Number(all.min_sum_hessian_in_leaf) <= EPSILON) all.min_data_in_leaf = 1;
  // a single row could not be smoothed away from the label that it fits
  if (Number(all.path_smooth) > EPSILON) all.min_data_in_leaf = Math.max(2, Number(all.min_data_in_leaf));
}

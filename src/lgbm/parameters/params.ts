import { describe, ForecastError, invalid } from '../../errors.js';
import { EPSILON } from '../numbers/floats.js';
import { Random } from '../numbers/random.js';
import { checkConflicts } from './check-conflicts.js';
import { forcedBins, forcedSplits } from './forced.js';
import { type MetricName, metricNameOf } from './metric-names.js';
import type { ObjectiveName, ParameterValue, Params, TrainParams } from './param-types.js';
import { parameterLists } from './parameter-lists.js';
import { PARAMETERS, type Parameter } from './parameter-table.js';

export type { ObjectiveName, ParameterValue, Params, TrainParams } from './param-types.js';

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

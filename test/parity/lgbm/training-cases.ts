import { ordinary, queriesOf, type TrainingCase } from './case-draws.js';
import { addNewerLines, type TrainingLine } from './newer-lines.js';
import { type RandomCase, uniform } from './random-cases.js';

export type { TrainingCase, TrainingRows } from './case-draws.js';

/** Lines of the issue that are proven each by sets of its own, and how a case of it is drawn. */
const LINES: Record<string, TrainingLine> = {
  categorical(draw, small) {
    const { u, pick } = draw;
    const drawn = ordinary(draw, small, { categories: true });
    const params = {
      max_cat_to_onehot: pick(1, 4, 4, 20),
      min_data_per_group: pick(1, 10, 100),
      // with 0, native sorts 0/0 of empty categories: an order that the C++ library is free to choose
      cat_smooth: pick(0.01, 1, 10),
      cat_l2: pick(0, 1, 10),
      max_cat_threshold: pick(2, 8, 32),
    };
    Object.assign(drawn.params, params, u() < 0.2 && { zero_as_missing: true }, u() < 0.2 && { use_missing: false });
    return drawn;
  },
  shapes(draw, small) {
    const { u, pick } = draw;
    const drawn = ordinary(draw, small, { categories: u() < 0.4 });
    const features = drawn.train.features;
    const extras: RandomCase['params'][] = [
      { extra_trees: true, extra_seed: pick(6, 99) },
      { path_smooth: pick(0.5, 5, 100) },
      { feature_fraction_bynode: pick(0.3, 0.7) },
      {
        monotone_constraints: Array.from({ length: features }, (_, f) =>
          drawn.train.categorical?.includes(f) ? 0 : pick(-1, 0, 1),
        ).join(','),
        monotone_penalty: pick(0, 0, 0.5, 1.5),
      },
      { feature_contri: Array.from({ length: features }, () => pick(0.2, 1, 1, 2)).join(',') },
      {
        interaction_constraints: `[0,${features - 1}],[${
          Array.from({ length: features }, (_, f) => f)
            .filter(() => u() < 0.6)
            .join(',') || 0
        }]`,
      },
    ];
    const first = Math.floor(u() * extras.length);
    Object.assign(drawn.params, extras[first], u() < 0.3 && extras[Math.floor(u() * extras.length)]);
    if ('monotone_constraints' in drawn.params && drawn.params.objective === 'quantile')
      drawn.params.objective = 'regression';
    return drawn;
  },
};

/** Objectives beside those of random-cases.ts, each with metrics to look at it by, and labels that it can take. */
const OBJECTIVES: readonly [name: string, metrics: string, label?: (signal: number) => number][] = [
  ['regression_l1', 'l1,l2'],
  ['huber', 'huber,rmse'],
  ['fair', 'fair,l1'],
  ['mape', 'mape,l1', (signal) => 3 * signal],
  ['poisson', 'poisson,l2', (signal) => Math.max(0, Math.floor(signal + 1.5))],
  ['gamma', 'gamma,gamma_deviance', (signal) => 0.25 + signal * signal],
  ['tweedie', 'tweedie,rmse', (signal) => Math.max(0, signal)],
  ['cross_entropy', 'cross_entropy,l2', (signal) => Math.max(0, Math.min(1, 0.5 + signal / 4))],
  ['multiclassova', 'multi_logloss,multi_error'],
  ['binary', 'average_precision,auc,binary_logloss'],
];

LINES.objectives = (draw, small) => {
  const { u, pick } = draw;
  const [objective, metric, label] = pick(...OBJECTIVES);
  const drawn = ordinary(draw, small, { objective, categories: u() < 0.2, ...(label && { label }) });
  const { params } = drawn;
  if (objective === 'mape') for (const part of [drawn.train, drawn.valid]) delete part?.weights;
  params.metric = metric;
  if (objective === 'huber') params.alpha = pick(0.3, 0.9, 3);
  if (objective === 'fair') params.fair_c = pick(0.5, 1, 4);
  if (objective === 'poisson') params.poisson_max_delta_step = pick(0.2, 0.7);
  if (objective === 'tweedie') params.tweedie_variance_power = pick(1.1, 1.5, 1.9);
  if (['regression_l1', 'fair', 'mape'].includes(objective) && u() < 0.2) params.reg_sqrt = true;
  return drawn;
};

LINES.continue = (draw, small) => {
  const { u, pick } = draw;
  const drawn = ordinary(draw, small, { categories: u() < 0.3 });
  const firstParams = { num_iterations: pick(1, 3, 6), num_leaves: pick(3, 8), early_stopping_round: 0 };
  return { ...drawn, course: 'continue', firstParams };
};

LINES.refit = (draw, small) => {
  const { u, pick } = draw;
  const drawn = ordinary(draw, small, { categories: u() < 0.3 });
  delete drawn.params.early_stopping_round;
  drawn.params.refit_decay_rate = pick(0, 0.5, 0.9);
  const again = { ...drawn.train, values: drawn.train.values.toReversed(), labels: drawn.train.labels.toReversed() };
  delete again.weights;
  delete drawn.train.categorical;
  delete again.categorical;
  delete drawn.valid?.categorical;
  return { ...drawn, course: 'refit', again };
};

LINES.custom = (draw, small) => {
  const { u } = draw;
  const drawn = ordinary(draw, small, { objective: 'regression', categories: u() < 0.3 });
  delete (drawn.params as Record<string, unknown>).objective;
  return { ...drawn, course: 'custom' };
};

LINES.boosting = (draw, small) => {
  const { u, pick } = draw;
  const drawn = ordinary(draw, small, { categories: u() < 0.2 });
  const { params } = drawn;
  const kind = pick('dart', 'goss', 'rf', 'rf goss');
  if (kind === 'dart') {
    delete params.early_stopping_round;
    Object.assign(params, {
      boosting: 'dart',
      num_iterations: small ? 6 : 30,
      drop_rate: pick(0.1, 0.5),
      skip_drop: pick(0, 0.5),
      max_drop: pick(50, 2, -1),
      uniform_drop: u() < 0.3,
      xgboost_dart_mode: u() < 0.3,
    });
  }
  if (kind.includes('goss')) {
    delete params.bagging_freq;
    delete params.bagging_fraction;
    const rates = pick([0.2, 0.1], [0.3, 0.4], [0.5, 0.5]);
    Object.assign(params, { data_sample_strategy: 'goss', top_rate: rates[0], other_rate: rates[1] });
    params.learning_rate = pick(0.3, 0.5);
  }
  if (kind.startsWith('rf')) params.boosting = 'rf';
  if (kind === 'rf') Object.assign(params, { bagging_freq: pick(1, 2), bagging_fraction: pick(0.4, 0.7) });
  return drawn;
};

LINES.cv = (draw, small) => {
  const { u, pick } = draw;
  const drawn = ordinary(draw, small, { categories: u() < 0.3 });
  delete drawn.valid;
  delete drawn.params.early_stopping_round;
  if (u() < 0.6) drawn.params.early_stopping_round = pick(2, 4);
  return { ...drawn, course: 'cv' };
};

LINES.ranking = (draw, small) => {
  const { u, pick } = draw;
  const objective = pick('lambdarank', 'lambdarank', 'rank_xendcg', 'rank_xendcg', 'regression');
  const levels = pick(2, 5, 5);
  const label = (signal: number) => Math.max(0, Math.min(levels - 1, Math.floor(signal + levels / 2)));
  const drawn = ordinary(draw, small, { objective, label, categories: u() < 0.2 });
  const { params, train, valid } = drawn;
  for (const part of valid ? [train, valid] : [train]) part.group = queriesOf(draw, part.rows);
  params.metric = pick('ndcg', 'map', 'ndcg,map', 'map,l2');
  if (u() < 0.6) params.eval_at = pick('3', '1,3,5', '10,2', '5,100');
  if (objective === 'lambdarank') {
    Object.assign(params, u() < 0.5 && { lambdarank_truncation_level: pick(1, 3, 10) });
    Object.assign(params, u() < 0.3 && { lambdarank_norm: false });
    Object.assign(params, u() < 0.3 && { sigmoid: pick(0.5, 2) });
  }
  if (u() < 0.3) params.label_gain = pick('0,1,2,3,4', '0,0.5,3,10,100');
  if (u() < 0.3) params.objective_seed = pick(1, 77);
  if (u() < 0.15) Object.assign(params, { data_sample_strategy: 'goss', bagging_freq: 0, learning_rate: 0.5 });
  if (small || u() < 0.75) return drawn;
  const { valid: _, ...rest } = drawn;
  const folds = groupFoldsOf(train.group!, 3);
  if (params.metric === 'map,l2') params.metric = 'ndcg';
  return { ...rest, course: 'cv', folds };
};

/** Folds of whole queries, as row numbers: each query in turn to the next fold. */
function groupFoldsOf(group: readonly number[], folds: number): { train: number[]; test: number[] }[] {
  const foldOf = group.flatMap((size, query) => Array.from({ length: size }, () => query % folds));
  return Array.from({ length: folds }, (_, fold) => ({
    train: foldOf.flatMap((of, row) => (of === fold ? [] : [row])),
    test: foldOf.flatMap((of, row) => (of === fold ? [row] : [])),
  }));
}

LINES.measures = (draw, small) => {
  const { u, pick } = draw;
  const probability = (signal: number) => Math.max(0, Math.min(1, 0.5 + signal / 4));
  const kind = pick('lambda', 'entropy', 'multiclass', 'multiclassova');
  const objective = kind === 'lambda' ? 'cross_entropy_lambda' : kind === 'entropy' ? 'cross_entropy' : kind;
  const drawn = ordinary(draw, small, { objective, ...(objective !== kind && { label: probability }) });
  const { params, train, valid } = drawn;
  if (objective !== kind) {
    params.metric = pick('cross_entropy_lambda', 'kullback_leibler', 'cross_entropy,kullback_leibler');
    return drawn;
  }
  const classes = Number(params.num_class);
  params.metric = pick('auc_mu', 'auc_mu,multi_error', 'multi_error,multi_logloss');
  if (u() < 0.5) params.multi_error_top_k = pick(1, 2);
  if (u() < 0.5) {
    params.auc_mu_weights = Array.from({ length: classes * classes }, () => pick(0.5, 1, 2, 3)).join(',');
  }
  // a class without a row would make the area NaN
  for (const part of valid ? [train, valid] : [train]) for (let k = 0; k < classes; k++) part.labels[k] = k;
  return drawn;
};

LINES.reading = (draw, small) => {
  const { u, pick } = draw;
  const objective = pick('regression', 'binary', 'multiclass', 'multiclassova', 'lambdarank', 'rank_xendcg');
  const isRanking = objective.includes('rank');
  const label = (signal: number) => Math.max(0, Math.min(4, Math.floor(signal + 2)));
  const drawn = ordinary(draw, small, { objective, categories: u() < 0.4, ...(isRanking && { label }) });
  const { train, valid, params } = drawn;
  if (isRanking) for (const part of valid ? [train, valid] : [train]) part.group = queriesOf(draw, part.rows);
  delete params.early_stopping_round;
  if (u() < 0.2 && !isRanking) Object.assign(params, { boosting: 'rf', bagging_freq: 1, bagging_fraction: 0.6 });
  if (u() < 0.2) params.monotone_constraints = Array.from({ length: train.features }, () => 0).join(',');
  const isSure = objective !== 'regression' && params.boosting !== 'rf';
  const stop = isSure ? { freq: pick(1, 2, 3, 10), margin: pick(0, 0.1, 0.3, 1, 10) } : null;
  const importance = pick<'split' | 'gain'>('split', 'gain');
  const reading = { start: pick(0, 0, 1, 3), count: pick(-1, -1, 1, 2), importance, stop };
  return { ...drawn, reading };
};

LINES.bounds = (draw, small) => {
  const { u, pick } = draw;
  const objective = pick('regression', 'regression', 'binary', 'multiclass', 'poisson');
  const counts = (signal: number) => Math.max(0, Math.floor(signal + 1.5));
  const drawn = ordinary(draw, small, {
    objective,
    categories: u() < 0.3,
    ...(objective === 'poisson' && { label: counts }),
  });
  const { features, categorical = [] } = drawn.train;
  const directions = Array.from({ length: features }, (_, f) => (categorical.includes(f) ? 0 : pick(-1, 0, 1, 1)));
  Object.assign(drawn.params, {
    monotone_constraints: directions.join(','),
    monotone_constraints_method: 'intermediate',
    num_leaves: small ? pick(7, 12) : pick(7, 15, 31),
    ...(u() < 0.3 && { monotone_penalty: pick(0.5, 1.5) }),
    ...(u() < 0.2 && { path_smooth: pick(0.5, 5) }),
    ...(u() < 0.15 && { extra_trees: true }),
    ...(u() < 0.15 && { interaction_constraints: `[0,${features - 1}],[0,1]` }),
  });
  return drawn;
};

LINES.forced = (draw, small) => {
  const { u, pick } = draw;
  const drawn = ordinary(draw, small, { categories: u() < 0.3 });
  const { features, categorical = [] } = drawn.train;
  const { params } = drawn;
  // native reads beyond its arrays where a forced feature is filtered, or the root is too small to be looked at
  Object.assign(params, {
    feature_pre_filter: false,
    min_data_in_leaf: pick(1, 3, 5),
    num_leaves: small ? 7 : pick(7, 15, 31),
    ...(u() < 0.2 && { path_smooth: pick(0.5, 5) }),
    ...(u() < 0.2 && { feature_fraction_bynode: 0.6 }),
  });
  const split = (depth: number): object => {
    const feature = Math.floor(u() * features);
    const threshold = categorical.includes(feature) ? Math.floor(u() * 3) : Math.round((u() * 2 - 1) * 100) / 100;
    const below = depth > 1 ? { left: u() < 0.7 && split(depth - 1), right: u() < 0.5 && split(depth - 1) } : {};
    return { feature, threshold, ...Object.fromEntries(Object.entries(below).filter(([, node]) => node)) };
  };
  if (u() < 0.75) params.forcedsplits_filename = JSON.stringify(split(pick(1, 2, 2)));
  if (u() < 0.5 || !('forcedsplits_filename' in params)) {
    const bounds = () => Array.from({ length: pick(1, 3, 20) }, () => Math.round((u() * 4 - 2) * 10) / 10);
    const numeric = Array.from({ length: features }, (_, f) => f).filter((f) => !categorical.includes(f));
    const bins = numeric.filter(() => u() < 0.6).map((feature) => ({ feature, bin_upper_bound: bounds() }));
    params.forcedbins_filename = JSON.stringify(bins);
  }
  return drawn;
};

addNewerLines(LINES);

/** Names of all lines. */
export const TRAINING_LINES: readonly string[] = Object.keys(LINES);

/** Returns the case of a line and a seed; seeds up to 9 draw small ones, whose results can be stored. */
export function trainingCase(line: string, seed: number): TrainingCase {
  const u = uniform(seed * 7919 + 31 * TRAINING_LINES.indexOf(line) + 5);
  const pick = <T>(...choices: T[]): T => choices[Math.floor(u() * choices.length)];
  // sums of twelve: normal enough, and the same in every engine, which a logarithm need not be
  const normal = () => Array.from({ length: 12 }, u).reduce((sum, x) => sum + x, -6);
  return { line, ...LINES[line]({ u, pick, normal }, seed < 10) };
}

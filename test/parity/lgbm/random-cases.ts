/** One random data and parameter set. */
export interface RandomCase {
  seed: number;
  params: Record<string, string | number | boolean>;
  train: RandomRows;
  valid?: RandomRows;
}

/** Rows as both engines take them; matrices row-major. */
export interface RandomRows {
  rows: number;
  features: number;
  values: Float64Array;
  labels: Float64Array;
  weights?: Float64Array;
  initScore?: Float64Array;
}

/** Returns a generator of numbers in [0, 1) (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Returns the case of that seed: all objectives, missing values, weights, initial scores, and every supported parameter. */
export function randomCase(seed: number): RandomCase {
  const u = uniform(seed * 7919 + 1);
  const pick = <T>(...choices: T[]): T => choices[Math.floor(u() * choices.length)];
  const normal = () => Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u());
  const objective = pick('regression', 'regression', 'quantile', 'binary', 'multiclass');
  const classes = objective === 'multiclass' ? pick(2, 3, 4) : 1;
  const rows = Math.floor(30 + (u() < 0.15 ? 9000 : u() < 0.5 ? 300 : 2000) * u());
  const features = 1 + Math.floor(u() * 14);
  const kinds = Array.from({ length: features }, () => ({
    kind: Math.floor(u() * 12),
    missing: pick(0, 0, 0.05, 0.3, 0.9),
  }));

  const column = (kind: number): number => {
    switch (kind) {
      case 0:
        return Math.floor(u() * 5);
      case 1:
        return Math.round(normal() * 10) / 10;
      case 2:
        return u() < 0.8 ? 0 : normal();
      case 3:
        return u() < 0.8 ? 3 : normal();
      case 4:
        return Math.abs(normal());
      case 5:
        return -Math.abs(normal());
      case 6:
        return u() < 0.01 ? pick(1e12, -1e30, Infinity, -Infinity) : normal();
      case 7:
        return pick(1e-36, -1e-36, 0, 1e-30, -1e-30, 1);
      case 8:
        return 4;
      case 9:
        return u() < 0.5 ? 1 : -1;
      case 10:
        return Math.exp(3 * normal());
      default:
        return normal();
    }
  };
  const draw = (count: number): RandomRows => {
    const values = new Float64Array(count * features);
    const labels = new Float64Array(count);
    for (let row = 0; row < count; row++) {
      let signal = 0;
      for (let f = 0; f < features; f++) {
        const value = column(kinds[f].kind);
        values[row * features + f] = u() < kinds[f].missing ? NaN : value;
        if (f < 4) signal += Math.sin(Math.max(-5, Math.min(5, value)) * (f + 1));
      }
      const noisy = signal + 0.5 * normal();
      if (objective === 'binary') labels[row] = noisy > 0 ? 1 : 0;
      else if (objective === 'multiclass')
        labels[row] = Math.max(0, Math.min(classes - 1, Math.floor(noisy + classes / 2)));
      else labels[row] = seed % 5 === 0 ? Math.round(noisy * 2) / 2 : u() < 0.002 ? 1e6 * noisy : noisy;
    }
    return { rows: count, features, values, labels };
  };
  const withExtras = (part: RandomRows, weighted: boolean, started: boolean): RandomRows => ({
    ...part,
    ...(weighted && { weights: Float64Array.from(part.labels, () => pick(0.1, 0.5, 1, 1, 2.5, u() * 3, 0)) }),
    ...(started && { initScore: Float64Array.from({ length: part.rows * classes }, normal) }),
  });
  const weighted = u() < 0.35;
  const started = u() < 0.2;
  const hasValid = u() < 0.5;
  const stops = hasValid && u() < 0.5;
  const params: RandomCase['params'] = {
    objective,
    num_iterations: 5 + Math.floor(u() * 25),
    learning_rate: pick(0.05, 0.1, 0.3, 1),
    num_leaves: pick(2, 7, 15, 31, 63),
    min_data_in_leaf: pick(1, 3, 5, 20, 20, 40),
    min_sum_hessian_in_leaf: pick(1e-3, 1e-3, 0.5, 0),
    max_bin: pick(15, 63, 255, 255, 511),
    min_data_in_bin: pick(1, 3, 3, 10),
  };
  const sometimes = (share: number, extra: RandomCase['params']) => u() < share && Object.assign(params, extra);
  if (classes > 1) params.num_class = classes;
  if (objective === 'quantile') params.alpha = pick(0.1, 0.5, 0.9, 0.975);
  sometimes(0.3, { bagging_fraction: pick(0.3, 0.6, 0.9), bagging_freq: pick(1, 2, 5), bagging_seed: pick(3, 11) });
  sometimes(0.3, { feature_fraction: pick(0.3, 0.6, 0.9), feature_fraction_seed: pick(2, 12) });
  sometimes(0.1, { seed: Math.floor(u() * 1000) });
  sometimes(0.25, { lambda_l1: pick(0.1, 2), lambda_l2: pick(0, 0.5, 10) });
  sometimes(0.2, { lambda_l2: pick(0.1, 5) });
  sometimes(0.15, { max_depth: pick(2, 4, 7) });
  sometimes(0.15, { min_gain_to_split: pick(0.01, 0.5) });
  sometimes(0.1, { max_delta_step: pick(0.1, 0.5) });
  sometimes(0.15, { bin_construct_sample_cnt: pick(20, 100, 250), data_random_seed: pick(1, 7) });
  sometimes(0.1, { use_missing: false });
  sometimes(0.1, { zero_as_missing: true });
  sometimes(0.1, { feature_pre_filter: false });
  sometimes(0.15, { boost_from_average: false });
  if (objective === 'binary')
    sometimes(0.3, pick<RandomCase['params']>({ is_unbalance: true }, { scale_pos_weight: 2.5 }, { sigmoid: 0.7 }));
  if (objective === 'regression') sometimes(0.15, { reg_sqrt: true });
  if (objective === 'binary') sometimes(0.5, { metric: 'auc,binary_logloss,binary_error,l2' });
  if (objective === 'multiclass') sometimes(0.5, { metric: 'multi_error,multi_logloss' });
  if (objective === 'regression') sometimes(0.5, { metric: 'l1,rmse,l2,quantile' });
  if (stops) Object.assign(params, { early_stopping_round: pick(2, 5), first_metric_only: u() < 0.5 });
  if (stops) sometimes(0.3, { early_stopping_min_delta: 0.01 });
  return {
    seed,
    params,
    train: withExtras(draw(rows), weighted, started),
    ...(hasValid && { valid: withExtras(draw(20 + Math.floor(u() * 200)), weighted, started) }),
  };
}

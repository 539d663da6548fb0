import { type Draw, ordinary, queriesOf, type TrainingCase } from './case-draws.js';

/** Draws a case of one line. */
export type TrainingLine = (draw: Draw, small: boolean) => Omit<TrainingCase, 'line'>;

/** Adds the lines that mix an option with the trainings of other lines. */
export function addNewerLines(LINES: Record<string, TrainingLine>): void {
  LINES.linear = (draw, small) => {
    const { u, pick } = draw;
    const base = pick(
      'ordinary',
      'ordinary',
      'objectives',
      'boosting',
      'continue',
      'cv',
      'reading',
      'bounds',
      'shapes',
    );
    const drawn = base === 'ordinary' ? ordinary(draw, small, { categories: u() < 0.4 }) : LINES[base](draw, small);
    Object.assign(drawn.params, { linear_tree: true, linear_lambda: pick(0, 0, 0.01, 1, 20) });
    // a larger tree has longer paths, and so more features in a leaf
    if (!small && u() < 0.3) drawn.params.num_leaves = 63;
    return drawn;
  };

  LINES.quantized = (draw, small) => {
    const { u, pick } = draw;
    const bases = [
      'ordinary',
      'ordinary',
      'objectives',
      'boosting',
      'continue',
      'cv',
      'reading',
      'shapes',
      'categorical',
    ];
    const base = pick(...bases, 'ranking');
    const drawn = base === 'ordinary' ? ordinary(draw, small, { categories: u() < 0.3 }) : LINES[base](draw, small);
    Object.assign(drawn.params, {
      use_quantized_grad: true,
      num_grad_quant_bins: pick(4, 4, 2, 3, 16, 127),
      ...(u() < 0.4 && { quant_train_renew_leaf: true }),
      ...(u() < 0.3 && { stochastic_rounding: false }),
      ...(u() < 0.3 && { seed: pick(7, 12345) }),
    });
    return drawn;
  };

  LINES.advanced = (draw, small) => {
    const drawn = LINES.bounds(draw, small);
    drawn.params.monotone_constraints_method = 'advanced';
    return drawn;
  };

  LINES.sampling = (draw, small) => {
    const { u, pick } = draw;
    const kind = pick('classes', 'queries', 'bins');
    const base = pick('ordinary', 'boosting', 'cv', 'quantized');
    if (kind === 'queries') {
      const drawn = LINES.ranking(draw, small);
      delete drawn.params.boosting;
      delete drawn.params.data_sample_strategy;
      Object.assign(drawn.params, {
        bagging_by_query: true,
        bagging_freq: pick(1, 2),
        bagging_fraction: pick(0.3, 0.5),
      });
      return drawn;
    }
    const objective = kind === 'classes' ? 'binary' : pick('regression', 'multiclass', 'quantile');
    const drawn =
      base === 'ordinary' ? ordinary(draw, small, { objective, categories: u() < 0.3 }) : LINES[base](draw, small);
    const { params, train } = drawn;
    if (kind === 'bins' || params.objective !== 'binary' || params.data_sample_strategy === 'goss') {
      params.max_bin_by_feature = Array.from({ length: train.features }, () => pick(2, 5, 30, 255, 300)).join(',');
    } else {
      const fractions = pick([0.3, 1], [1, 0.6], [0.5, 0.2], [0.9, 0.7]);
      Object.assign(params, { pos_bagging_fraction: fractions[0], neg_bagging_fraction: fractions[1] });
      params.bagging_freq = pick(1, 2);
    }
    return drawn;
  };

  LINES.costs = (draw, small) => {
    const { u, pick } = draw;
    const base = pick('ordinary', 'ordinary', 'categorical', 'shapes', 'bounds', 'cv', 'continue');
    const drawn = base === 'ordinary' ? ordinary(draw, small, { categories: u() < 0.3 }) : LINES[base](draw, small);
    const { params, train } = drawn;
    const costs = (most: number) => Array.from({ length: train.features }, () => Math.round(u() * most * 100) / 100);
    Object.assign(params, {
      cegb_tradeoff: pick(1, 0.5, 2),
      ...(u() < 0.5 && { cegb_penalty_split: pick(0.0001, 0.001, 0.01) }),
    });
    if (u() < 0.6) params.cegb_penalty_feature_coupled = costs(pick(0.5, 5)).join(',');
    if (u() < 0.4 || !('cegb_penalty_feature_coupled' in params)) {
      params.cegb_penalty_feature_lazy = costs(pick(0.01, 0.1)).join(',');
      delete params.bagging_freq;
      delete params.bagging_fraction;
    }
    return drawn;
  };

  LINES.places = (draw, small) => {
    const { u, pick } = draw;
    const levels = pick(2, 5);
    const label = (signal: number) => Math.max(0, Math.min(levels - 1, Math.floor(signal + levels / 2)));
    const drawn = ordinary(draw, small, { objective: 'lambdarank', label, categories: u() < 0.2 });
    for (const part of drawn.valid ? [drawn.train, drawn.valid] : [drawn.train])
      part.group = queriesOf(draw, part.rows);
    const places = pick(1, 4, 12);
    drawn.train.position = Array.from({ length: drawn.train.rows }, () => 3 + Math.floor(u() * u() * places));
    if (u() < 0.6) drawn.params.lambdarank_position_bias_regularization = pick(0.01, 0.5, 5);
    if (u() < 0.3) drawn.params.lambdarank_norm = false;
    if (u() > 0.2) return drawn;
    return { ...drawn, course: 'continue', firstParams: { num_iterations: 3, num_leaves: 4, early_stopping_round: 0 } };
  };

  LINES.relinear = (draw, small) => {
    const { u, pick } = draw;
    const base = pick('ordinary', 'ordinary', 'ordinary', 'objectives', 'shapes');
    const drawn = base === 'ordinary' ? ordinary(draw, small, { categories: u() < 0.4 }) : LINES[base](draw, small);
    const { params, train } = drawn;
    delete params.early_stopping_round;
    // features may split few rows: those that leaves are functions of have to be in use
    Object.assign(params, {
      linear_tree: true,
      linear_lambda: pick(0, 0, 0.01, 1, 20),
      feature_pre_filter: false,
      refit_decay_rate: pick(0, 0.5, 0.9, 0.9, 1),
    });
    const again = { ...train, values: train.values.slice(), labels: train.labels.toReversed() };
    const { features } = train;
    for (let i = 0; i < again.values.length; i++) {
      if (u() < 0.02 && !train.categorical?.includes(i % features)) again.values[i] = pick(Number.NaN, u());
    }
    if (u() < 0.4) {
      const rows = Math.max(30, Math.floor(train.rows * pick(0.1, 0.5)));
      again.rows = Math.min(train.rows, rows);
      again.values = again.values.slice(0, again.rows * features);
      again.labels = again.labels.slice(0, again.rows);
    }
    delete again.weights;
    if (params.objective !== 'mape' && u() < 0.3) {
      again.weights = Float64Array.from(again.labels, () => pick(0.25, 1, 2.5));
    }
    return { ...drawn, course: 'refit', again };
  };
}

import type { Column, Kind } from './driver.js';

/** A table's name and its columns in the order in which rows of values list them. */
export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
}

function table(name: string, key: string[], columns: Record<string, Kind>): Table {
  return { name, key, columns: Object.entries(columns).map(([column, kind]) => ({ name: column, kind })) };
}

export const PREDICTIONS = table('predictions', ['code', 'base_date', 'horizon'], {
  code: 'text',
  base_date: 'date',
  horizon: 'integer',
  target_date: 'date',
  issued_at: 'instant',
  base_close: 'double',
  point_close: 'double',
  ci_low: 'double',
  ci_high: 'double',
  prob_up: 'double',
  prob_flat: 'double',
  prob_down: 'double',
  direction: 'text',
  expected_return: 'double',
  user_triggered: 'boolean',
  w_chronos: 'double',
  w_lgbm: 'double',
  w_naive: 'double',
  calibration_low: 'double',
  calibration_high: 'double',
  members: 'json',
  sources_used: 'json',
  distribution: 'json',
  weights: 'json',
  issue: 'text',
  earlier: 'json',
  void_reason: 'text',
  voided_at: 'instant',
  quantiles: 'bytes',
});

export const OUTCOMES = table('prediction_outcomes', ['code', 'base_date', 'horizon'], {
  code: 'text',
  base_date: 'date',
  horizon: 'integer',
  actual_date: 'date',
  base_close: 'double',
  actual_close: 'double',
  actual_return: 'double',
  actual_direction: 'text',
  direction_hit: 'boolean',
  abs_error: 'double',
  covered: 'boolean',
  members: 'json',
  matched_at: 'instant',
  earlier: 'json',
  base_change: 'text',
});

export const WEIGHTS = table('ensemble_weights', ['code', 'horizon', 'as_of'], {
  code: 'text',
  horizon: 'integer',
  as_of: 'date',
  w_chronos: 'double',
  w_lgbm: 'double',
  w_naive: 'double',
  hit_rate_chronos: 'double',
  hit_rate_lgbm: 'double',
  hit_rate_naive: 'double',
  hit_rate_ensemble: 'double',
  calibration_low: 'double',
  calibration_high: 'double',
  sample_count: 'integer',
  weights: 'json',
  hit_rates: 'json',
});

export const PERFORMANCE = table('model_performance', ['code', 'horizon', 'as_of', 'window_days'], {
  code: 'text',
  horizon: 'integer',
  as_of: 'date',
  window_days: 'integer',
  sample_count: 'integer',
  hit_rate: 'double',
  base_rate: 'double',
  mean_abs_error: 'double',
  naive_mean_abs_error: 'double',
  coverage: 'double',
});

export const MODELS = table('models', ['key'], { key: 'text', text: 'text', meta: 'json', updated_at: 'instant' });

/** Models in compact form: `made_of` is `updated_at` of the text that it was made of, and of no other text. */
export const COMPACT_MODELS = table('compact_models', ['key'], { key: 'text', form: 'bytes', made_of: 'instant' });

export const JOB_RUNS = table('job_runs', ['job', 'scheduled_for'], {
  job: 'text',
  scheduled_for: 'instant',
  status: 'text',
  owner: 'text',
  started_at: 'instant',
  lease_until: 'instant',
  finished_at: 'instant',
  summary: 'text',
  figures: 'json',
  failures: 'json',
  attempts: 'integer',
});

export const OHLCV = table('ohlcv', ['code', 'date'], {
  code: 'text',
  date: 'date',
  open: 'double',
  high: 'double',
  low: 'double',
  close: 'double',
  volume: 'double',
});

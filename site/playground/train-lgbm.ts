import { invalid } from '../../src/errors.js';
import { buildFeatures } from '../../src/features/index.js';
import { createDataset, type SplitKernel, type TrainParams, train } from '../../src/lgbm/index.js';
import type { PriceSeries } from '../../src/series/index.js';
import { LEVELS } from './forecast.js';
import { replayRandomWalk, replayRange } from './replay.js';
import type { Trained } from './request.js';
import { type Met, scoreOf } from './score.js';

/** Small trees, many features, few rows: what one instrument's history can bear. */
const PARAMS: TrainParams = {
  objective: 'quantile',
  metric: 'quantile',
  num_iterations: 150,
  learning_rate: 0.05,
  num_leaves: 7,
  min_data_in_leaf: 40,
  feature_fraction: 0.5,
  early_stopping_round: 25,
};

/** Rows below which a training is worth nothing. */
const LEAST_ROWS = 300;
/** Share of the rows, the newest, by which early stopping goes. */
const VALIDATION_SHARE = 0.2;
/** Bars until the features' longest windows are full. */
const WARMUP = 60;

/**
 * Trains one LightGBM booster for each level of `LEVELS` on the series itself, tests it on the days of the replay, and forecasts.
 *
 * The target is the log return of `horizon` bars per unit of EWMA volatility × √horizon known at its base day. Rows are split by time:
 * those of the replay's days test, the newest fifth of the others stops early, and rows whose target reaches into the next part are left out.
 * The forecast comes from the same boosters: the tested days did not train them.
 *
 * @param onProgress told the share done, in [0, 1]
 * @param kernel how splits are searched; changes no byte
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer than 300 rows to train on
 */
export function trainLgbm(
  series: PriceSeries,
  horizon: number,
  { onProgress, kernel }: { onProgress: (share: number) => void; kernel?: SplitKernel | undefined },
): Trained {
  const { first, end } = replayRange(series, horizon);
  const { names, values } = buildFeatures(series);
  const width = names.length;
  const volatility = names.indexOf('ewma_vol_94');
  const scaleOf = (t: number) => Math.max(values[t * width + volatility], 1e-6) * Math.sqrt(horizon);
  const target = (t: number) => Math.log(series.close[t + horizon] / series.close[t]) / scaleOf(t);
  const rows = first - horizon - WARMUP;
  if (rows < LEAST_ROWS) {
    const least = series.length + LEAST_ROWS - rows;
    throw invalid('SERIES_TOO_SHORT', 'train', 'bars', `at least ${least}`, series.length);
  }
  const split = first - horizon - Math.round(rows * VALIDATION_SHARE);
  const part = (from: number, to: number) =>
    createDataset({
      values: values.subarray(from * width, to * width),
      rows: to - from,
      labels: Float64Array.from({ length: to - from }, (_, i) => target(from + i)),
      featureNames: names,
    });
  const [training, validation] = [part(WARMUP, split - horizon), part(split, first - horizon)];
  const boosters = LEVELS.map((alpha, k) =>
    train(
      training,
      { ...PARAMS, alpha },
      {
        valid: validation,
        kernel,
        onIteration: ({ iteration, numIterations }) => onProgress((k + iteration / numIterations) / LEVELS.length),
      },
    ),
  );
  const returnsAt = (t: number): number[] => {
    const row = values.subarray(t * width, (t + 1) * width);
    const standard = boosters.map((booster) => booster.predict(row, { rows: 1 })[0]);
    // each level has its own booster: sorted, they no longer cross
    return standard.sort((a, b) => a - b).map((value) => Math.expm1(value * scaleOf(t)));
  };
  const met = Array.from({ length: end - first }, (_, i): Met => {
    const t = first + i;
    return { date: series.dates[t], actual: series.close[t + horizon] / series.close[t] - 1, quantiles: returnsAt(t) };
  });
  const last = series.length - 1;
  return {
    forecast: {
      forecaster: 'LightGBM',
      steps: [horizon],
      quantiles: [returnsAt(last).map((value) => series.close[last] * (1 + value))],
    },
    score: scoreOf('LightGBM', horizon, met, replayRandomWalk(series, horizon)),
    rows: training.rows,
    trainedThrough: series.dates[first - 1],
    gains: topGains(names, boosters),
  };
}

function topGains(
  names: readonly string[],
  boosters: readonly { featureImportance(type: 'gain'): Float64Array }[],
): { name: string; share: number }[] {
  const gains = new Float64Array(names.length);
  for (const booster of boosters) {
    const own = booster.featureImportance('gain');
    for (let j = 0; j < gains.length; j++) gains[j] += own[j];
  }
  const total = gains.reduce((sum, gain) => sum + gain, 0);
  if (total === 0) return [];
  return names
    .map((name, j) => ({ name, share: gains[j] / total }))
    .sort((a, b) => b.share - a.share)
    .slice(0, 5);
}

import { ewmaMixtureForecast, harRangeForecast } from 'chronolight/baselines';
import { train } from 'chronolight/lgbm';
import { DECILES } from './panel.mjs';
import { alone, pooledConstant, pooledQuantiles, pooledScale } from './pooled.mjs';
import { datasetOf, splitRows } from './rows.mjs';

/** Columns of linear regressions: see withColumns. */
const HAR = ['har_1', 'har_5', 'har_22', 'har_66', 'har_250', 'har_log_5', 'har_log_22', 'har_log_66'];
const LEVERAGE = ['shock_1', 'fall_1', 'fall_5', 'shock_5', 'fall_22'];
const MARKET = [
  'market_shock',
  'market_fall',
  'market_shock_5',
  'market_volatility',
  'market_scatter',
  ...[1, 5, 22].flatMap((span) => [`market_level_${span}`, `market_spread_${span}`]),
];
const ALL = ['har', 'leverage', 'market', 'distance'];

/** The regression of all columns, alone. */
const LINEAR = { columns: ALL, start: [...HAR, ...LEVERAGE, ...MARKET], trees: false };

/** How far the last return went, in the volatility seen the day before: within 1, within 2.5, beyond. */
function jumpOf(logs, sigma, t) {
  const size = Math.abs(logs[t] - logs[t - 1]) / sigma[t - 1];
  return size < 1 ? 0 : size < 2.5 ? 1 : 2;
}

/** Every recipe that was tried, by name. `pooled` is what `pooledLgbm` does, `instrument` what `instrumentLgbm` does. */
export const RECIPES = {
  pooled: pooledScale(),
  'no booster': pooledConstant(),
  'linear start': pooledScale({ columns: ['har'], start: HAR }),
  'linear alone': pooledScale({ columns: ['har'], start: HAR, trees: false }),
  'har columns': pooledScale({ columns: ['har'] }),
  leverage: pooledScale({ columns: ['leverage'] }),
  market: pooledScale({ columns: ['market', 'distance'] }),
  'all columns': pooledScale({ columns: ALL }),
  'all with linear start': pooledScale({ columns: ALL, start: [...HAR, ...LEVERAGE, ...MARKET] }),
  'all linear alone': pooledScale(LINEAR),
  'linear of 12 references': pooledScale({
    columns: ALL,
    start: [...HAR, ...LEVERAGE, ...MARKET],
    trees: false,
    references: 12,
  }),
  'linear and leverage': pooledScale({ columns: ALL, start: [...HAR, ...LEVERAGE], trees: false }),
  'shape after a jump': pooledScale({ ...LINEAR, by: ({ logs, sigma }, t) => jumpOf(logs, sigma, t) }),
  'shape calm or wild': pooledScale({ ...LINEAR, by: (_, __, ratio) => (ratio < 0.9 ? 0 : ratio < 1.1 ? 1 : 2) }),
  'shape by volatility': pooledScale({ ...LINEAR, by: ({ sigma }, t) => Math.round(2 * Math.log(sigma[t])) }),
  'all with own start': pooledScale({ columns: ALL, start: HAR }),
  'not mirrored': pooledScale({ shape: 'free' }),
  'centred only': pooledScale({ shape: 'centred' }),
  'each alone': alone(pooledScale({ params: { min_data_in_leaf: 50 } })),
  'target |return|': pooledScale({ proxy: 'return' }),
  'own shape': pooledScale({ own: 500 }),
  location: pooledScale({ shape: 'free', location: { num_leaves: 7, min_data_in_leaf: 1000, learning_rate: 0.03 } }),
  'quantile boosters': pooledQuantiles({ params: { num_leaves: 7, min_data_in_leaf: 1000, learning_rate: 0.05 } }),
  '31 leaves': pooledScale({ params: { num_leaves: 31 } }),
  'all features': pooledScale({ params: { feature_fraction: 1 } }),
  'fifth of features': pooledScale({ params: { feature_fraction: 0.2 } }),
  bagging: pooledScale({ params: { bagging_fraction: 0.5, bagging_freq: 1 } }),
  '250 bars': pooledScale({ split: { bars: 310 } }),
  instrument: perInstrument({ num_leaves: 7, min_data_in_leaf: 50, feature_fraction: 0.3 }),
  'instrument of 7 leaves': perInstrument({ num_leaves: 7 }),
  'instrument of 31 leaves': perInstrument({}),
  'EWMA mixture': baseline(({ close }, bars, options) => ewmaMixtureForecast(close.subarray(0, bars), options)),
  'HAR range': baseline((series, bars, options) => harRangeForecast(firstBars(series, bars), options)),
};

/** A regressor and a classifier for each instrument; the interval is 3 % around the point. */
function perInstrument(settings) {
  const params = { num_iterations: 300, learning_rate: 0.05, early_stopping_round: 30, ...settings };
  return {
    fit(panel, { horizon, cutoff, kernel }) {
      const pairs = panel.map((one) => {
        const { training, validation } = splitRows([one], { horizon, cutoff, warmUp: 0 });
        const change = ({ logs }, t) => Math.expm1(logs[t + horizon] - logs[t]);
        const trainOn = (label, task) => {
          const [inside, outside] = [training, validation].map((rows) => datasetOf([one], rows, label));
          return train(inside, { ...params, ...task }, { valid: outside, kernel });
        };
        return {
          regressor: trainOn(change, { objective: 'regression', metric: 'l2' }),
          classifier: trainOn((it, t) => classOf(change(it, t)), { objective: 'multiclass', num_class: 3 }),
        };
      });
      return {
        note: `${pairs.length} pairs`,
        predict: (rows) =>
          rows.map(({ instrument, t }) => {
            const { matrix } = panel[instrument];
            const width = matrix.names.length;
            const values = matrix.values.slice(t * width, (t + 1) * width);
            const { regressor, classifier } = pairs[instrument];
            const point = 1 + regressor.predict(values, { rows: 1 })[0];
            const shares = [...classifier.predict(values, { rows: 1 })];
            return { levels: DECILES, quantiles: SCORES.map((score) => aroundPoint(point, score)), shares };
          }),
      };
    },
  };
}

const classOf = (change) => (change > 0.003 ? 2 : change < -0.003 ? 0 : 1);

/** Standard normal quantiles at the deciles. */
const SCORES = [-1.2815516, -0.8416212, -0.5244005, -0.2533471, 0, 0.2533471, 0.5244005, 0.8416212, 1.2815516];

/** What the member by instrument states: normal quantiles of the close through ±3 % at 0.1 and 0.9. */
const aroundPoint = (point, score) => Math.log(point * (1 + (0.03 * score) / SCORES[8]));

function baseline(forecastOf) {
  return {
    fit: (panel, { horizon }) => ({
      note: 'the closes up to each day',
      predict: (rows) =>
        rows.map(({ instrument, t }) => {
          const { series, logs } = panel[instrument];
          const { quantiles } = forecastOf(series, t + 1, { horizon, levels: DECILES });
          return { levels: DECILES, quantiles: Array.from(quantiles.slice(-9), (price) => Math.log(price) - logs[t]) };
        }),
    }),
  };
}

function firstBars({ open, high, low, close }, bars) {
  const [o, h, l, c] = [open, high, low, close].map((column) => column.subarray(0, bars));
  return { open: o, high: h, low: l, close: c };
}

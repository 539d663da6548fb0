import { nanUntil, rollingMoments, rollingSum } from '../stats/index.js';
import { averageTrueRange14 } from './average-true-range.js';
import { column, ratio, reachOf } from './columns.js';
import type { Derivation, DocumentedFeature } from './feature.js';
import { logReturns1 } from './returns.js';

/** Population moments of the last 20 closes. */
const closeMoments20: Derivation<{ mean: Float64Array; squares: Float64Array }> = ({ close }, _, from) =>
  rollingMoments(close, 20, from);

const squaredReturns: Derivation<Float64Array> = ({ length }, derive, from) => {
  const returns = derive(logReturns1, from);
  return column(length, 1, (t) => returns[t] * returns[t], from);
};

const realised = (window: number): Derivation<Float64Array> => {
  return ({ length }, derive, from = 0) => {
    const sums = rollingSum(derive(squaredReturns, reachOf(from, window)), window, from);
    return column(length, window, (t) => Math.sqrt(sums[t] / window), from);
  };
};

/** Root mean square of one-bar log returns, by window; the mean return is taken as zero. */
const REALISED = { 5: realised(5), 20: realised(20), 60: realised(60) } as const;
const REALISED_WINDOWS = [5, 20, 60] as const;

/** RiskMetrics: 0.94 of yesterday's variance and 0.06 of today's square, from the mean of the first 20 squares on. */
const ewmaVolatility: Derivation<Float64Array> = ({ length }, derive, from = 0) => {
  const squares = derive(squaredReturns);
  const volatilities = nanUntil(20, length, from);
  let variance = 0;
  for (let t = 1; t < length; t++) {
    if (t <= 20) variance += squares[t] / 20;
    else variance = 0.94 * variance + 0.06 * squares[t];
    if (t >= 20 && t >= from) volatilities[t] = Math.sqrt(variance);
  }
  return volatilities;
};

/** Variation coefficient (sample) of the last 60 five-bar volatilities. */
const volOfVol: Derivation<Float64Array> = ({ length }, derive, from = 0) => {
  const { mean, squares } = rollingMoments(derive(REALISED[5], reachOf(from, 60)), 60, from);
  return column(length, 64, (t) => Math.sqrt(squares[t] / 59) / mean[t], from);
};

const downsideShare: Derivation<Float64Array> = ({ length }, derive, from = 0) => {
  const reach = reachOf(from, 20);
  const returns = derive(logReturns1, reach);
  const squares = derive(squaredReturns, reach);
  const losses = column(length, 1, (t) => (returns[t] < 0 ? squares[t] : 0), reach);
  const lost = rollingSum(losses, 20, from);
  const all = rollingSum(squares, 20, from);
  return column(length, 20, (t) => lost[t] / all[t], from);
};

const realisedSkewness: Derivation<Float64Array> = ({ length }, derive, from = 0) => {
  const reach = reachOf(from, 60);
  const returns = derive(logReturns1, reach);
  const squares = derive(squaredReturns, reach);
  const cubes = column(length, 1, (t) => returns[t] * squares[t], reach);
  const cubed = rollingSum(cubes, 60, from);
  const all = rollingSum(squares, 60, from);
  return column(length, 60, (t) => (Math.sqrt(60) * cubed[t]) / (all[t] * Math.sqrt(all[t])), from);
};

const family = 'volatility';

/** How much the price moves, from closes; per bar, not annualised. */
export const VOLATILITY_FEATURES: readonly DocumentedFeature[] = [
  {
    name: 'atr_14',
    family,
    formula: "Wilder's average of 14 true ranges / C[t]",
    warmup: 14,
    source: 'TA-Lib ATR(14) over close',
    recursive: true,
    compute: ({ close }, derive, from) => ratio(derive(averageTrueRange14), close, from),
  },
  {
    name: 'bb_width_20',
    family,
    formula: '4 s / mean(C, 20), s the population deviation of C over 20',
    warmup: 19,
    source: 'TA-Lib BBANDS(20, 2, 2): (upper - lower) / middle',
    compute: ({ length }, derive, from) => {
      const { mean, squares } = derive(closeMoments20, from);
      return column(length, 19, (t) => (4 * Math.sqrt(squares[t] / 20)) / mean[t], from);
    },
  },
  {
    name: 'bb_pct_b_20',
    family,
    formula: '1/2 + (C[t] - mean(C, 20)) / (4 s)',
    warmup: 19,
    source: 'TA-Lib BBANDS(20, 2, 2): (close - lower) / (upper - lower)',
    compute: ({ close, length }, derive, from) => {
      const { mean, squares } = derive(closeMoments20, from);
      return column(length, 19, (t) => 0.5 + (close[t] - mean[t]) / (4 * Math.sqrt(squares[t] / 20)), from);
    },
  },
  ...REALISED_WINDOWS.map((window) => ({
    name: `rv_${window}`,
    family,
    formula: `sqrt(mean over ${window} of ln(C[t] / C[t-1])^2)`,
    warmup: window,
    source: 'Andersen, Bollerslev, Diebold & Labys 2003, Econometrica 71(2), from daily returns',
    compute: ((_, derive, from) => derive(REALISED[window], from)) satisfies Derivation<Float64Array>,
  })),
  {
    name: 'rv_ratio_5_60',
    family,
    formula: 'rv_5 / rv_60',
    warmup: 60,
    source: 'own',
    compute: (_, derive, from) => ratio(derive(REALISED[5], from), derive(REALISED[60], from), from),
  },
  {
    name: 'ewma_vol_94',
    family,
    formula: 'sqrt(v[t]), v[t] = 0.94 v[t-1] + 0.06 ln(C[t] / C[t-1])^2, v[20] the mean of the first 20 squares',
    warmup: 20,
    source: 'J. P. Morgan/Reuters 1996, RiskMetrics Technical Document, 4th ed.',
    recursive: true,
    compute: ewmaVolatility,
  },
  {
    name: 'vol_of_vol_60',
    family,
    formula: 'sample deviation over 60 of rv_5 / its mean over 60',
    warmup: 64,
    source: 'own, a variation coefficient',
    compute: volOfVol,
  },
  {
    name: 'downside_share_20',
    family,
    formula: 'sum over 20 of r^2 where r < 0 / sum over 20 of r^2, r log returns',
    warmup: 20,
    source: 'Barndorff-Nielsen, Kinnebrock & Shephard 2010, realised semivariance',
    compute: downsideShare,
  },
  {
    name: 'skew_60',
    family,
    formula: 'sqrt(60) sum over 60 of r^3 / (sum over 60 of r^2)^(3/2), r log returns',
    warmup: 60,
    source: 'Amaya, Christoffersen, Jacobs & Vasquez 2015, realised skewness, Journal of Financial Economics 118(1)',
    compute: realisedSkewness,
  },
];

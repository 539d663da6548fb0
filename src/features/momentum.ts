import { rollingMean } from '../stats/index.js';
import { column, ratio, reachOf } from './columns.js';
import { commodityChannel14 } from './commodity-channel.js';
import type { Derivation, DocumentedFeature } from './feature.js';
import { macd } from './macd.js';
import { rsi } from './rsi.js';
import { highest14, lowest14, slowK14 } from './stochastic.js';

const rateOfChange = (lag: number): Derivation<Float64Array> => {
  return ({ close, length }, _, from) => column(length, lag, (t) => 100 * (close[t] / close[t - lag] - 1), from);
};

const family = 'momentum';

/** Oscillators of speed and position, in TA-Lib's units; price differences are divided by the close. */
export const MOMENTUM_FEATURES: readonly DocumentedFeature[] = [
  {
    name: 'rsi_5',
    family,
    formula: '100 gain / (gain + loss), Wilder averages of 5',
    warmup: 5,
    source: 'TA-Lib RSI(5)',
    recursive: true,
    compute: ({ close }, _, from) => rsi(close, 5, from),
  },
  {
    name: 'rsi_14',
    family,
    formula: '100 gain / (gain + loss), Wilder averages of 14',
    warmup: 14,
    source: 'TA-Lib RSI(14)',
    recursive: true,
    compute: ({ close }, _, from) => rsi(close, 14, from),
  },
  {
    name: 'macd',
    family,
    formula: '(EMA12 - EMA26) / C[t]',
    warmup: 25,
    source: 'TA-Lib MACD(12, 26, 9), line over close (TA-Lib itself starts at 33)',
    recursive: true,
    compute: ({ close }, derive, from) => ratio(derive(macd).line, close, from),
  },
  {
    name: 'macd_signal',
    family,
    formula: 'EMA9(EMA12 - EMA26) / C[t]',
    warmup: 33,
    source: 'TA-Lib MACD(12, 26, 9), signal over close',
    recursive: true,
    compute: ({ close }, derive, from) => ratio(derive(macd).signal, close, from),
  },
  {
    name: 'macd_hist',
    family,
    formula: '(EMA12 - EMA26 - EMA9(EMA12 - EMA26)) / C[t]',
    warmup: 33,
    source: 'TA-Lib MACD(12, 26, 9), histogram over close',
    recursive: true,
    compute: ({ close, length }, derive, from) => {
      const { line, signal } = derive(macd);
      return column(length, 33, (t) => (line[t] - signal[t]) / close[t], from);
    },
  },
  {
    name: 'stoch_k',
    family,
    formula: 'mean over 3 of 100 (C - min(L, 14)) / (max(H, 14) - min(L, 14))',
    warmup: 15,
    source: 'TA-Lib STOCH(14, 3, 3), slow %K (TA-Lib itself starts at 17)',
    compute: (_, derive, from) => derive(slowK14, from),
  },
  {
    name: 'stoch_d',
    family,
    formula: 'mean over 3 of stoch_k',
    warmup: 17,
    source: 'TA-Lib STOCH(14, 3, 3), slow %D',
    compute: (_, derive, from = 0) => rollingMean(derive(slowK14, reachOf(from, 3)), 3, from),
  },
  ...[12, 120].map((lag) => ({
    name: `roc_${lag}`,
    family,
    formula: `100 (C[t] / C[t-${lag}] - 1)`,
    warmup: lag,
    source: `TA-Lib ROC(${lag})`,
    compute: rateOfChange(lag),
  })),
  {
    name: 'willr_14',
    family,
    formula: '-100 (max(H, 14) - C) / (max(H, 14) - min(L, 14))',
    warmup: 13,
    source: 'TA-Lib WILLR(14)',
    compute: ({ close, length }, derive, from) => {
      const highest = derive(highest14, from);
      const lowest = derive(lowest14, from);
      return column(length, 13, (t) => (-100 * (highest[t] - close[t])) / (highest[t] - lowest[t]), from);
    },
  },
  {
    name: 'cci_14',
    family,
    formula: '(TP - mean(TP, 14)) / (0.015 mean absolute deviation(TP, 14)), TP = (H + L + C) / 3',
    warmup: 13,
    source: 'TA-Lib CCI(14)',
    compute: (_, derive, from) => derive(commodityChannel14, from),
  },
];

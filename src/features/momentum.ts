import { rollingMean } from '../stats/index.js';
import { column, ratio } from './columns.js';
import { commodityChannel14 } from './commodity-channel.js';
import type { Derivation, DocumentedFeature } from './feature.js';
import { macd } from './macd.js';
import { rsi } from './rsi.js';
import { highest14, lowest14, slowK14 } from './stochastic.js';

const rateOfChange = (lag: number): Derivation<Float64Array> => {
  return ({ close, length }) => column(length, lag, (t) => 100 * (close[t] / close[t - lag] - 1));
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
    compute: ({ close }) => rsi(close, 5),
  },
  {
    name: 'rsi_14',
    family,
    formula: '100 gain / (gain + loss), Wilder averages of 14',
    warmup: 14,
    source: 'TA-Lib RSI(14)',
    recursive: true,
    compute: ({ close }) => rsi(close, 14),
  },
  {
    name: 'macd',
    family,
    formula: '(EMA12 - EMA26) / C[t]',
    warmup: 25,
    source: 'TA-Lib MACD(12, 26, 9), line over close (TA-Lib itself starts at 33)',
    recursive: true,
    compute: ({ close }, derive) => ratio(derive(macd).line, close),
  },
  {
    name: 'macd_signal',
    family,
    formula: 'EMA9(EMA12 - EMA26) / C[t]',
    warmup: 33,
    source: 'TA-Lib MACD(12, 26, 9), signal over close',
    recursive: true,
    compute: ({ close }, derive) => ratio(derive(macd).signal, close),
  },
  {
    name: 'macd_hist',
    family,
    formula: '(EMA12 - EMA26 - EMA9(EMA12 - EMA26)) / C[t]',
    warmup: 33,
    source: 'TA-Lib MACD(12, 26, 9), histogram over close',
    recursive: true,
    compute: ({ close, length }, derive) => {
      const { line, signal } = derive(macd);
      return column(length, 33, (t) => (line[t] - signal[t]) / close[t]);
    },
  },
  {
    name: 'stoch_k',
    family,
    formula: 'mean over 3 of 100 (C - min(L, 14)) / (max(H, 14) - min(L, 14))',
    warmup: 15,
    source: 'TA-Lib STOCH(14, 3, 3), slow %K (TA-Lib itself starts at 17)',
    compute: (_, derive) => derive(slowK14),
  },
  {
    name: 'stoch_d',
    family,
    formula: 'mean over 3 of stoch_k',
    warmup: 17,
    source: 'TA-Lib STOCH(14, 3, 3), slow %D',
    compute: (_, derive) => rollingMean(derive(slowK14), 3),
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
    compute: ({ close, length }, derive) => {
      const highest = derive(highest14);
      const lowest = derive(lowest14);
      return column(length, 13, (t) => (-100 * (highest[t] - close[t])) / (highest[t] - lowest[t]));
    },
  },
  {
    name: 'cci_14',
    family,
    formula: '(TP - mean(TP, 14)) / (0.015 mean absolute deviation(TP, 14)), TP = (H + L + C) / 3',
    warmup: 13,
    source: 'TA-Lib CCI(14)',
    compute: (_, derive) => derive(commodityChannel14),
  },
];

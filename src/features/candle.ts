import { column } from './columns.js';
import type { DocumentedFeature } from './feature.js';

const family = 'candle';
const source = 'candle anatomy';

/** The shape of the newest bar. */
export const CANDLE_FEATURES: readonly DocumentedFeature[] = [
  {
    name: 'body',
    family,
    formula: 'C / O - 1',
    warmup: 0,
    source,
    compute: ({ open, close, length }, _, from) => column(length, 0, (t) => close[t] / open[t] - 1, from),
  },
  {
    name: 'upper_shadow',
    family,
    formula: '(H - max(O, C)) / C',
    warmup: 0,
    source,
    compute: ({ open, high, close, length }, _, from) =>
      column(length, 0, (t) => (high[t] - (open[t] > close[t] ? open[t] : close[t])) / close[t], from),
  },
  {
    name: 'lower_shadow',
    family,
    formula: '(min(O, C) - L) / C',
    warmup: 0,
    source,
    compute: ({ open, low, close, length }, _, from) =>
      column(length, 0, (t) => ((open[t] < close[t] ? open[t] : close[t]) - low[t]) / close[t], from),
  },
  {
    name: 'range',
    family,
    formula: '(H - L) / C',
    warmup: 0,
    source,
    compute: ({ high, low, close, length }, _, from) => column(length, 0, (t) => (high[t] - low[t]) / close[t], from),
  },
  {
    name: 'bop',
    family,
    formula: '(C - O) / (H - L); NaN for a bar without range',
    warmup: 0,
    source: 'TA-Lib BOP, balance of power',
    compute: ({ open, high, low, close, length }, _, from) =>
      column(length, 0, (t) => (close[t] - open[t]) / (high[t] - low[t]), from),
  },
  {
    name: 'close_location',
    family,
    formula: '(C - L) / (H - L); NaN for a bar without range',
    warmup: 0,
    source,
    compute: ({ high, low, close, length }, _, from) =>
      column(length, 0, (t) => (close[t] - low[t]) / (high[t] - low[t]), from),
  },
  {
    name: 'gap',
    family,
    formula: 'O[t] / C[t-1] - 1',
    warmup: 1,
    source: 'overnight return',
    compute: ({ open, close, length }, _, from) => column(length, 1, (t) => open[t] / close[t - 1] - 1, from),
  },
];

import { rollingMax, rollingMean, rollingMin } from '../stats/index.js';
import { aroonOscillator25 } from './aroon.js';
import { column, gap, ratio } from './columns.js';
import { directionalMovement } from './directional-movement.js';
import type { Derivation, DocumentedFeature } from './feature.js';
import { linearSlope } from './linear-slope.js';

const closeMean = (window: number): Derivation<Float64Array> => {
  return ({ close }, _, from) => rollingMean(close, window, from);
};

/** Simple moving averages of the close, by window. */
export const CLOSE_MEANS = { 5: closeMean(5), 20: closeMean(20), 60: closeMean(60), 120: closeMean(120) } as const;

const family = 'trend';
const MEAN_WINDOWS = [5, 20, 60, 120] as const;

/** Where the price stands against its own past, and how steadily it moves. */
export const TREND_FEATURES: readonly DocumentedFeature[] = [
  ...MEAN_WINDOWS.map((window) => ({
    name: `sma_gap_${window}`,
    family,
    formula: `C[t] / mean(C, ${window}) - 1`,
    warmup: window - 1,
    source: `TA-Lib SMA(${window}), distance of the close from it`,
    compute: (({ close }, derive, from) =>
      gap(close, derive(CLOSE_MEANS[window], from), from)) satisfies Derivation<Float64Array>,
  })),
  {
    name: 'sma_cross_20_60',
    family,
    formula: 'mean(C, 20) / mean(C, 60) - 1',
    warmup: 59,
    source: 'TA-Lib SMA(20), SMA(60)',
    compute: (_, derive, from) => gap(derive(CLOSE_MEANS[20], from), derive(CLOSE_MEANS[60], from), from),
  },
  ...[20, 60].map((window) => ({
    name: `slope_${window}`,
    family,
    formula: `least-squares slope of C over ${window} bars / C[t], per bar`,
    warmup: window - 1,
    source: `TA-Lib LINEARREG_SLOPE(${window}) over close`,
    compute: (({ close }, _, from) =>
      ratio(linearSlope(close, window, from), close, from)) satisfies Derivation<Float64Array>,
  })),
  {
    name: 'high_gap_252',
    family,
    formula: 'C[t] / max(H, 252) - 1',
    warmup: 251,
    source: 'TA-Lib MAX(high, 252); George & Hwang 2004, Journal of Finance 59(5)',
    compute: ({ close, high }, _, from) => gap(close, rollingMax(high, 252, from), from),
  },
  {
    name: 'low_gap_252',
    family,
    formula: 'C[t] / min(L, 252) - 1',
    warmup: 251,
    source: 'TA-Lib MIN(low, 252)',
    compute: ({ close, low }, _, from) => gap(close, rollingMin(low, 252, from), from),
  },
  {
    name: 'drawdown_60',
    family,
    formula: 'C[t] / max(C, 60) - 1',
    warmup: 59,
    source: 'TA-Lib MAX(close, 60)',
    compute: ({ close }, _, from) => gap(close, rollingMax(close, 60, from), from),
  },
  {
    name: 'adx_14',
    family,
    formula: "Wilder's average of 100 |+DI - -DI| / (+DI + -DI)",
    warmup: 27,
    source: 'TA-Lib ADX(14)',
    recursive: true,
    compute: (_, derive) => derive(directionalMovement).average,
  },
  {
    name: 'di_diff_14',
    family,
    formula: '+DI - -DI, of 14 bars',
    warmup: 14,
    source: 'TA-Lib PLUS_DI(14) - MINUS_DI(14)',
    recursive: true,
    compute: ({ length }, derive, from) => {
      const { plus, minus } = derive(directionalMovement);
      return column(length, 14, (t) => plus[t] - minus[t], from);
    },
  },
  {
    name: 'aroon_osc_25',
    family,
    formula: '4 (row of the highest H - row of the lowest L), of the last 26 bars',
    warmup: 25,
    source: 'TA-Lib AROONOSC(25)',
    compute: (_, derive, from) => derive(aroonOscillator25, from),
  },
];

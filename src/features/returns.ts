import { column } from './columns.js';
import type { Derivation, DocumentedFeature } from './feature.js';

/** Simple returns of one bar; NaN in row 0. */
export const returns1: Derivation<Float64Array> = ({ close, length }, _, from) =>
  column(length, 1, (t) => close[t] / close[t - 1] - 1, from);

/** Log returns of one bar; NaN in row 0. */
export const logReturns1: Derivation<Float64Array> = ({ close, length }, _, from) =>
  column(length, 1, (t) => Math.log(close[t] / close[t - 1]), from);

const returnOver = (lag: number, skip = 0): Derivation<Float64Array> => {
  return ({ close, length }, _, from) => column(length, lag, (t) => close[t - skip] / close[t - lag] - 1, from);
};

const family = 'returns';
const source = 'simple return, as the targets';

/** Returns over several lags; simple, so that they compare with the targets. */
export const RETURN_FEATURES: readonly DocumentedFeature[] = [
  {
    name: 'ret_1',
    family,
    formula: 'C[t] / C[t-1] - 1',
    warmup: 1,
    source,
    compute: (_, derive, from) => derive(returns1, from),
  },
  ...[2, 3, 5, 10, 20, 60].map((lag) => ({
    name: `ret_${lag}`,
    family,
    formula: `C[t] / C[t-${lag}] - 1`,
    warmup: lag,
    source,
    compute: returnOver(lag),
  })),
  {
    name: 'mom_252_21',
    family,
    formula: 'C[t-21] / C[t-252] - 1: a year without its last month',
    warmup: 252,
    source: 'Jegadeesh & Titman 1993, Journal of Finance 48(1); the skipped month as in Fama & French',
    compute: returnOver(252, 21),
  },
];

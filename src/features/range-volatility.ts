import { rollingMean, rollingMoments } from '../stats/index.js';
import { column, reachOf } from './columns.js';
import type { Derivation, DocumentedFeature } from './feature.js';
import { logRanges } from './log-ranges.js';

const WINDOW = 20;

/** A square root that takes a sum of squares rounded to below zero for zero; NaN stays. */
const root = (variance: number) => Math.sqrt(Math.max(0, variance));

// Faster than x ** 2, which is a general power.
const square = (x: number) => x * x;

const parkinson: Derivation<Float64Array> = ({ length }, derive, from = 0) => {
  const reach = reachOf(from, WINDOW);
  const { up, down } = derive(logRanges, reach);
  const terms = column(length, 0, (t) => square(up[t] - down[t]), reach);
  const means = rollingMean(terms, WINDOW, from);
  return column(length, WINDOW - 1, (t) => Math.sqrt(means[t] / (4 * Math.LN2)), from);
};

const garmanKlass: Derivation<Float64Array> = ({ length }, derive, from = 0) => {
  const reach = reachOf(from, WINDOW);
  const { up, down, body } = derive(logRanges, reach);
  const termAt = (t: number) => 0.5 * square(up[t] - down[t]) - (2 * Math.LN2 - 1) * square(body[t]);
  const means = rollingMean(column(length, 0, termAt, reach), WINDOW, from);
  return column(length, WINDOW - 1, (t) => root(means[t]), from);
};

const rogersSatchellTerms: Derivation<Float64Array> = ({ length }, derive, from) => {
  const { up, down, body } = derive(logRanges, from);
  return column(length, 0, (t) => up[t] * (up[t] - body[t]) + down[t] * (down[t] - body[t]), from);
};

const rogersSatchell: Derivation<Float64Array> = ({ length }, derive, from = 0) => {
  const reach = reachOf(from, WINDOW);
  const { overnight } = derive(logRanges, reach);
  const terms = derive(rogersSatchellTerms, reach);
  const all = column(length, 1, (t) => terms[t] + square(overnight[t]), reach);
  const means = rollingMean(all, WINDOW, from);
  return column(length, WINDOW, (t) => root(means[t]), from);
};

// Yang and Zhang's weight of the open-to-close part; alpha = 1.34, as they recommend.
const YANG_ZHANG_K = 0.34 / (1.34 + (WINDOW + 1) / (WINDOW - 1));

const yangZhang: Derivation<Float64Array> = ({ length }, derive, from = 0) => {
  const reach = reachOf(from, WINDOW);
  const { overnight, body } = derive(logRanges, reach);
  const gaps = rollingMoments(overnight, WINDOW, from).squares;
  const bodies = rollingMoments(body, WINDOW, from).squares;
  const ranges = rollingMean(derive(rogersSatchellTerms, reach), WINDOW, from);
  const volatilityAt = (t: number) =>
    root((gaps[t] + YANG_ZHANG_K * bodies[t]) / (WINDOW - 1) + (1 - YANG_ZHANG_K) * ranges[t]);
  return column(length, WINDOW, volatilityAt, from);
};

const family = 'range volatility';

/** How much the price moves, from open, high, low and close of 20 bars; per bar, not annualised. */
export const RANGE_VOLATILITY_FEATURES: readonly DocumentedFeature[] = [
  {
    name: 'parkinson_20',
    family,
    formula: 'sqrt(mean over 20 of ln(H/L)^2 / (4 ln 2))',
    warmup: 19,
    source: 'Parkinson 1980, Journal of Business 53(1)',
    compute: parkinson,
  },
  {
    name: 'garman_klass_20',
    family,
    formula: 'sqrt(mean over 20 of ln(H/L)^2 / 2 - (2 ln 2 - 1) ln(C/O)^2)',
    warmup: 19,
    source: 'Garman & Klass 1980, Journal of Business 53(1)',
    compute: garmanKlass,
  },
  {
    name: 'rogers_satchell_20',
    family,
    formula: 'sqrt(mean over 20 of ln(H/O) ln(H/C) + ln(L/O) ln(L/C) + ln(O[t] / C[t-1])^2)',
    warmup: 20,
    source: 'Rogers & Satchell 1991, Annals of Applied Probability 1(4), with the overnight part added',
    compute: rogersSatchell,
  },
  {
    name: 'yang_zhang_20',
    family,
    formula:
      'sqrt(var(ln(O[t] / C[t-1])) + k var(ln(C/O)) + (1 - k) Rogers-Satchell), over 20, sample, k = 0.34 / (1.34 + 21/19)',
    warmup: 20,
    source: 'Yang & Zhang 2000, Journal of Business 73(3)',
    compute: yangZhang,
  },
];

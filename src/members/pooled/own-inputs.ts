/** Days over which an instrument's range variances are averaged: a day, a week, a month, a quarter. */
const SPANS = [1, 5, 22, 66];
/** Days over which the logs of a day's range variance are averaged, its shocks, and those below 0. */
const LOG_SPANS = [5, 22, 66];
const SHOCK_SPANS = [1, 5];
const FALL_SPANS = [1, 5, 22];
/** Days whose mean variance is an instrument's usual one. */
const USUAL_DAYS = 250;
/** A bar's variance never counts as less than this share of the usual one: a fifth in volatility. */
const LEAST_SHARE = 0.04;
const LEAST_VARIANCE = 1e-12;
/** A shock counts for no more than so many volatilities. */
const MOST_SIGMAS = 8;

/**
 * What a linear regression sees of an instrument itself. `range_n`: ln(mean range variance of n days / EWMA variance); `log_range_n`: the mean of logs
 * instead; `shock_n`: mean return of n days, each in the volatility seen the day before; `fall_n`: the same of returns below 0 (leverage).
 */
export const RANGE_INPUTS: readonly string[] = [
  ...[...SPANS, USUAL_DAYS].map((days) => `range_${days}`),
  ...LOG_SPANS.map((days) => `log_range_${days}`),
];
export const FALL_INPUTS: readonly string[] = [
  ...SHOCK_SPANS.map((days) => `shock_${days}`),
  ...FALL_SPANS.map((days) => `fall_${days}`),
];
export const OWN_INPUTS: readonly string[] = [...RANGE_INPUTS, ...FALL_INPUTS];

/** An instrument's variances and shocks, [bars] each; entry t from bars <= t only. */
export interface OwnHistory {
  /** ln of the mean range variance of 1, 5, 22 and 66 days. */
  readonly levels: readonly Float64Array[];
  /** ln of the usual variance. */
  readonly usual: Float64Array;
  /** Returns in the volatility seen the day before, within ±8; 0 where there was none. */
  readonly shocks: Float64Array;
}

/**
 * Returns an instrument's variances and shocks.
 *
 * @param options.from the first bar that is wanted of all but the level of one day and the shocks; those before it are 0. Default 0
 */
export function ownHistory(
  { close, sigma, rangeVariance }: { close: Float64Array; sigma: Float64Array; rangeVariance: Float64Array },
  { from = 0 }: { from?: number } = {},
): OwnHistory {
  const bars = close.length;
  const usual = new Float64Array(bars);
  const shocks = new Float64Array(bars);
  const levels = SPANS.map(() => new Float64Array(bars));
  for (let t = 0; t < bars; t++) {
    const variance = Math.max(meanOf(rangeVariance, t, USUAL_DAYS), LEAST_VARIANCE);
    const wanted = t < from ? 1 : SPANS.length;
    for (let k = 0; k < wanted; k++) {
      levels[k][t] = Math.log(Math.max(meanOf(rangeVariance, t, SPANS[k]), LEAST_SHARE * variance));
    }
    if (t >= from) usual[t] = Math.log(variance);
    if (t > 0 && sigma[t - 1] > 0) {
      const shock = Math.log(close[t] / close[t - 1]) / sigma[t - 1];
      shocks[t] = Math.max(-MOST_SIGMAS, Math.min(MOST_SIGMAS, shock));
    }
  }
  return { levels, usual, shocks };
}

/** Returns the inputs of every bar from `from` (default 0) on, [bars × OWN_INPUTS], row-major. */
export function ownInputs(
  { levels, usual, shocks }: OwnHistory,
  sigma: Float64Array,
  { from = 0 }: { from?: number } = {},
): Float64Array {
  const bars = shocks.length;
  const values = new Float64Array((bars - from) * OWN_INPUTS.length);
  const levelSums = runningSums(levels[0]);
  const shockSums = runningSums(shocks);
  const fallSums = runningSums(shocks.map((shock) => Math.min(0, shock)));
  let i = 0;
  for (let t = from; t < bars; t++) {
    const ewma = 2 * Math.log(sigma[t]);
    for (let k = 0; k < SPANS.length; k++) values[i++] = levels[k][t] - ewma;
    values[i++] = usual[t] - ewma;
    for (const span of LOG_SPANS) values[i++] = meanOf(levelSums, t, span) - ewma;
    for (const span of SHOCK_SPANS) values[i++] = meanOf(shockSums, t, span);
    for (const span of FALL_SPANS) values[i++] = meanOf(fallSums, t, span);
  }
  return values;
}

/** Returns the mean over the newest `span` bars up to t, or as many as there are, from running sums. */
function meanOf(sums: Float64Array, t: number, span: number): number {
  const days = Math.min(span, t + 1);
  return (sums[t] - (t >= span ? sums[t - span] : 0)) / days;
}

function runningSums(values: Float64Array): Float64Array {
  const sums = values.slice();
  for (let t = 1; t < sums.length; t++) sums[t] += sums[t - 1];
  return sums;
}

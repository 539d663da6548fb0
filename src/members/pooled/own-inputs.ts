/** Days over which an instrument's range variances are averaged: a day, a week, a month, a quarter. */
const SPANS = [1, 5, 22, 66];
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
  ...[1, 5, 22, 66, 250].map((days) => `range_${days}`),
  ...[5, 22, 66].map((days) => `log_range_${days}`),
];
export const FALL_INPUTS: readonly string[] = ['shock_1', 'shock_5', 'fall_1', 'fall_5', 'fall_22'];
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

/** Returns an instrument's variances and shocks. */
export function ownHistory({
  close,
  sigma,
  rangeVariance,
}: {
  close: Float64Array;
  sigma: Float64Array;
  rangeVariance: Float64Array;
}): OwnHistory {
  const bars = close.length;
  const usual = new Float64Array(bars);
  const shocks = new Float64Array(bars);
  const levels = SPANS.map(() => new Float64Array(bars));
  for (let t = 0; t < bars; t++) {
    const variance = Math.max(meanOf(rangeVariance, t, USUAL_DAYS), LEAST_VARIANCE);
    usual[t] = Math.log(variance);
    SPANS.forEach((span, k) => {
      levels[k][t] = Math.log(Math.max(meanOf(rangeVariance, t, span), LEAST_SHARE * variance));
    });
    if (t > 0 && sigma[t - 1] > 0) {
      const shock = Math.log(close[t] / close[t - 1]) / sigma[t - 1];
      shocks[t] = Math.max(-MOST_SIGMAS, Math.min(MOST_SIGMAS, shock));
    }
  }
  return { levels, usual, shocks };
}

/** Returns the inputs of every bar, [bars × OWN_INPUTS], row-major. */
export function ownInputs({ levels, usual, shocks }: OwnHistory, sigma: Float64Array): Float64Array {
  const bars = shocks.length;
  const width = OWN_INPUTS.length;
  const values = new Float64Array(bars * width);
  const levelSums = runningSums(levels[0]);
  const shockSums = runningSums(shocks);
  const fallSums = runningSums(shocks.map((shock) => Math.min(0, shock)));
  for (let t = 0; t < bars; t++) {
    const ewma = 2 * Math.log(sigma[t]);
    const row = [
      ...levels.map((level) => level[t] - ewma),
      usual[t] - ewma,
      ...[5, 22, 66].map((span) => meanOf(levelSums, t, span) - ewma),
      ...[1, 5].map((span) => meanOf(shockSums, t, span)),
      ...[1, 5, 22].map((span) => meanOf(fallSums, t, span)),
    ];
    values.set(row, t * width);
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

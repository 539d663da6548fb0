/** Returns whose mean square starts the recursion. */
const SEED_RETURNS = 20;

/** The variance never falls below this share of the mean square of all returns: a tenth in volatility. */
const LEAST_SHARE = 0.01;

/**
 * Returns the volatility of the next return as seen at each close: exponentially weighted squares, no mean taken off.
 *
 * variance[t] = lambda · variance[t-1] + (1 - lambda) · r[t]², started with the mean square of the first 20 returns. It is kept
 * above 1 % of the mean square of all the returns, so that a stretch of unchanged closes can't make the next move infinitely
 * surprising. All are 0 only if all closes are the same.
 *
 * @param logCloses [closes], at least two
 * @param lambda in (0, 1); 0.94 is RiskMetrics' for daily data
 * @returns [closes], standard deviations of one-day log returns
 * @see J.P. Morgan/Reuters, "RiskMetrics Technical Document", 4th ed. 1996, section 5.2
 */
export function ewmaVolatility(logCloses: Float64Array, lambda: number): Float64Array {
  const sigma = new Float64Array(logCloses.length);
  const total = meanSquare(logCloses, logCloses.length - 1);
  const least = total * LEAST_SHARE;
  let variance = Math.max(meanSquare(logCloses, Math.min(SEED_RETURNS, logCloses.length - 1)), least);
  sigma[0] = Math.sqrt(variance);
  for (let t = 1; t < logCloses.length; t++) {
    const logReturn = logCloses[t] - logCloses[t - 1];
    variance = Math.max(lambda * variance + (1 - lambda) * logReturn * logReturn, least);
    sigma[t] = Math.sqrt(variance);
  }
  return sigma;
}

/** Returns the mean square of the first `count` log returns. */
export function meanSquare(logCloses: Float64Array, count: number): number {
  let sum = 0;
  for (let t = 1; t <= count; t++) {
    const logReturn = logCloses[t] - logCloses[t - 1];
    sum += logReturn * logReturn;
  }
  return sum / count;
}

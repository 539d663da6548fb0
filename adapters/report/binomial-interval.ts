/** 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * Returns Wilson's 95 % score interval of a share.
 *
 * @param share observed, in [0, 1]
 * @param count independent trials behind it, > 0; need not be whole
 * @see Wilson 1927, JASA 22(158), 209-212
 */
export function wilsonInterval(share: number, count: number): { low: number; high: number } {
  const shrink = 1 + (Z * Z) / count;
  const centre = (share + (Z * Z) / (2 * count)) / shrink;
  const half = (Z / shrink) * Math.sqrt((share * (1 - share)) / count + (Z * Z) / (4 * count * count));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** Correlation between instruments' daily outcomes that `effectiveCount` assumes: typical of stocks of one market. */
export const ASSUMED_CORRELATION = 0.3;

/**
 * Returns about how many independent outcomes there are among overlapping, correlated ones: dates / horizon × m / (1 + (m - 1) ρ)
 * with m outcomes a date and ρ = 0.3; never more than there are, never less than 1.
 *
 * A rule of thumb: a forecast over 5 days made every day shares 4 of its days with the next, and 100 stocks of one market on
 * one day tell about as much as 3.
 */
export function effectiveCount(outcomes: { count: number; dates: number; horizon: number }): number {
  const { count, dates, horizon } = outcomes;
  const together = count / dates;
  const worth = together / (1 + (together - 1) * ASSUMED_CORRELATION);
  return Math.max(1, Math.min(count, (dates / horizon) * worth));
}

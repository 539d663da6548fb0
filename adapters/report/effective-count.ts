/** Correlation between instruments' daily outcomes that `effectiveCount` assumes: typical of stocks of one market. */
const ASSUMED_CORRELATION = 0.3;

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

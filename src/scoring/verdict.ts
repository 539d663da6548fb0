/** What an uncertain difference says. */
export type Verdict = 'better' | 'worse' | 'not distinguishable';

/** An interval that holds the true value with a stated probability. */
export interface ConfidenceInterval {
  estimate: number;
  low: number;
  high: number;
}

/**
 * Returns whether an interval lies on the better or worse side of a reference, or holds it.
 *
 * @param reference what no skill gives: 0 for a difference or a skill, the base rate for a hit rate
 * @param better which side of the reference is the good one; default 'higher'
 */
export function verdict(
  { low, high }: { low: number; high: number },
  reference = 0,
  better: 'higher' | 'lower' = 'higher',
): Verdict {
  if (low > reference) return better === 'higher' ? 'better' : 'worse';
  if (high < reference) return better === 'higher' ? 'worse' : 'better';
  return 'not distinguishable';
}

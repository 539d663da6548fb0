import { readFileSync } from 'node:fs';

/** Scores and tests computed by scipy, statsmodels, scikit-learn and properscoring: test/parity/scoring/goldens.py. */
export const goldens = JSON.parse(readFileSync(new URL('fixtures/goldens.json', import.meta.url), 'utf8'));

/** Largest difference between two columns. */
export function largestGap(left: ArrayLike<number>, right: ArrayLike<number>): number {
  if (left.length !== right.length) return Number.POSITIVE_INFINITY;
  let gap = 0;
  for (let i = 0; i < left.length; i++) {
    const here = Math.abs(left[i] - right[i]);
    // NaN must not read as agreement.
    gap = here <= gap ? gap : Number.isNaN(here) ? Number.POSITIVE_INFINITY : here;
  }
  return gap;
}

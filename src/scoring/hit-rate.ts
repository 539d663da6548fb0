import { checkCount, checkLength } from './check-rows.js';
import { checkOutcomes } from './class-scores.js';

/** How often the label was right, beside what no skill would reach. */
export interface HitRate {
  /** Share of rows whose label was the class that came, in [0, 1]. */
  hitRate: number;
  /** Share of the commonest class: what always naming it would reach with hindsight. */
  baseRate: number;
  /** What these labels would reach by chance, were they independent of the outcomes: Σ share of label × share of outcome. */
  chanceRate: number;
  /** Mean over the classes that came of the share of their rows labelled right. */
  balancedAccuracy: number;
  count: number;
}

/**
 * Returns the hit rate of class labels with its base rates.
 *
 * @param labels [rows], the class foretold, 0..classes-1
 * @param outcomes [rows], the class that came
 * @param classes default 3
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` for lengths that do not fit or numbers that are no class
 */
export function hitRate(labels: ArrayLike<number>, outcomes: ArrayLike<number>, classes = 3): HitRate {
  const where = 'hitRate';
  checkCount(where, 'classes', classes, 2);
  checkOutcomes(where, 'outcomes', outcomes, classes);
  checkLength(where, 'labels', labels, outcomes.length);
  checkOutcomes(where, 'labels', labels, classes);
  const count = outcomes.length;
  const came = new Float64Array(classes);
  const named = new Float64Array(classes);
  const right = new Float64Array(classes);
  for (let i = 0; i < count; i++) {
    came[outcomes[i]]++;
    named[labels[i]]++;
    if (labels[i] === outcomes[i]) right[outcomes[i]]++;
  }
  const present = [...came.keys()].filter((k) => came[k] > 0);
  return {
    hitRate: right.reduce((sum, hits) => sum + hits, 0) / count,
    baseRate: Math.max(...came) / count,
    chanceRate: came.reduce((sum, rows, k) => sum + rows * named[k], 0) / (count * count),
    balancedAccuracy: present.reduce((sum, k) => sum + right[k] / came[k], 0) / present.length,
    count,
  };
}

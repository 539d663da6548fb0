import { tiesByScore } from './ties-by-score.js';

/**
 * Returns the area under the precision-recall curve as a sum of steps, ties in one step.
 *
 * 1 where only one class is present, as native has it.
 *
 * @param scores Raw scores [rows].
 * @param labels > 0 is positive [rows].
 */
export function averagePrecisionOf(
  scores: Float64Array,
  labels: Float32Array,
  weights: Float32Array | undefined,
  weightSum: number,
): number {
  let allPositive = 0;
  let all = 0;
  let area = 0;
  tiesByScore(scores, labels, weights, (positive, negative) => {
    allPositive += positive;
    all += positive + negative;
    area += positive * (allPositive / all);
  });
  return allPositive > 0 && allPositive !== weightSum ? area / allPositive : 1;
}

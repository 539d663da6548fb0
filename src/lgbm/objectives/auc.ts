import { tiesByScore } from './ties-by-score.js';

/**
 * Returns the area under the ROC curve: the share of (positive, negative) pairs that scores order rightly, ties counting half.
 *
 * 1 where only one class is present, as native has it.
 *
 * @param scores Raw scores [rows].
 * @param labels > 0 is positive [rows].
 */
export function aucOf(
  scores: Float64Array,
  labels: Float32Array,
  weights: Float32Array | undefined,
  weightSum: number,
): number {
  let positiveAbove = 0;
  let area = 0;
  tiesByScore(scores, labels, weights, (positive, negative) => {
    area += negative * (positive * 0.5 + positiveAbove);
    positiveAbove += positive;
  });
  return positiveAbove > 0 && positiveAbove !== weightSum ? area / (positiveAbove * (weightSum - positiveAbove)) : 1;
}

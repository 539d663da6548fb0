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
  const order = Uint32Array.from(labels, (_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b);
  let threshold = scores[order[0]];
  let positive = 0;
  let negative = 0;
  let positiveAbove = 0;
  let area = 0;
  for (const row of order) {
    if (scores[row] !== threshold) {
      threshold = scores[row];
      area += negative * (positive * 0.5 + positiveAbove);
      positiveAbove += positive;
      positive = 0;
      negative = 0;
    }
    const w = weights ? weights[row] : 1;
    if (labels[row] > 0) positive += w;
    else negative += w;
  }
  area += negative * (positive * 0.5 + positiveAbove);
  positiveAbove += positive;
  return positiveAbove > 0 && positiveAbove !== weightSum ? area / (positiveAbove * (weightSum - positiveAbove)) : 1;
}

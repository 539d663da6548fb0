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
  const order = Uint32Array.from(labels, (_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b);
  let threshold = scores[order[0]];
  let positive = 0;
  let negative = 0;
  let allPositive = 0;
  let all = 0;
  let area = 0;
  const step = () => {
    allPositive += positive;
    all += positive + negative;
    area += positive * (allPositive / all);
    positive = 0;
    negative = 0;
  };
  for (const row of order) {
    if (scores[row] !== threshold) {
      threshold = scores[row];
      step();
    }
    const w = weights ? weights[row] : 1;
    if (labels[row] > 0) positive += w;
    else negative += w;
  }
  step();
  return allPositive > 0 && allPositive !== weightSum ? area / allPositive : 1;
}

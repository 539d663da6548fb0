/**
 * Tells the weight of the positive and of the negative rows of each score, highest score first: rows of one score are one step.
 *
 * @param scores Raw scores [rows].
 * @param labels > 0 is positive [rows].
 */
export function tiesByScore(
  scores: Float64Array,
  labels: Float32Array,
  weights: Float32Array | undefined,
  step: (positive: number, negative: number) => void,
): void {
  const order = Uint32Array.from(labels, (_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b);
  let threshold = scores[order[0]];
  let positive = 0;
  let negative = 0;
  for (const row of order) {
    if (scores[row] !== threshold) {
      threshold = scores[row];
      step(positive, negative);
      positive = 0;
      negative = 0;
    }
    const w = weights ? weights[row] : 1;
    if (labels[row] > 0) positive += w;
    else negative += w;
  }
  step(positive, negative);
}

import { EPSILON } from '../numbers/floats.js';
import { introSort } from '../numbers/intro-sort.js';

/**
 * Returns how well scores of several classes tell each pair of classes apart, as an area under a curve, averaged over pairs.
 *
 * NaN, as native has it, where a class has no row.
 *
 * @param scores Raw scores, class-major [classes × rows].
 * @param classWeights [classes × classes] what it costs to take the one for the other; the diagonal counts as 0.
 * @see Kleiman, Page (2019), AUC-mu: A Performance Metric for Multi-Class Machine Learning Models
 */
export function aucMuOf(
  scores: Float64Array,
  labels: Float32Array,
  weights: Float32Array | undefined,
  classWeights: readonly Float64Array[],
): number {
  const classes = classWeights.length;
  const byClass = introSort(Array.from(labels.keys()), (a, b) => labels[a] < labels[b]);
  const rowsOf = classWeights.map((_, k) => byClass.filter((row) => labels[row] === k));
  const sizes = rowsOf.map((rows) => rows.reduce((sum, row) => sum + (weights ? weights[row] : 1), 0));
  let sum = 0;
  for (let i = 0; i < classes; i++) {
    for (let j = i + 1; j < classes; j++) {
      const plane = classWeights[i].map((weight, k) => weight - classWeights[j][k]);
      const distance = distancesFrom(plane, plane[i] - plane[j], scores, labels.length);
      const at = new Map([...rowsOf[i], ...rowsOf[j]].map((row) => [row, distance(row)]));
      const distanceOf = (row: number) => at.get(row) ?? Number.NaN;
      // native takes what is nearly equal for equal, which is no order: how it sorts decides
      const rows = introSort([...at.keys()], (a, b) => {
        if (Math.abs(distanceOf(a) - distanceOf(b)) < EPSILON) return labels[a] > labels[b];
        return distanceOf(a) < distanceOf(b);
      }).map((row) => ({ row, at: distanceOf(row) }));
      sum += pairsInOrder(rows, i, labels, weights) / sizes[i] / sizes[j];
    }
  }
  return (2 * sum) / classes / (classes - 1);
}

function distancesFrom(
  plane: Float64Array,
  scale: number,
  scores: Float64Array,
  rows: number,
): (row: number) => number {
  return (row) => {
    let distance = 0;
    for (let k = 0; k < plane.length; k++) distance += plane[k] * scores[k * rows + row];
    return scale * distance;
  };
}

function pairsInOrder(
  rows: readonly { readonly row: number; readonly at: number }[],
  first: number,
  labels: Float32Array,
  weights: Float32Array | undefined,
): number {
  let sum = 0;
  let before = 0;
  let level = 0;
  let onLevel = 0;
  for (const { row, at } of rows) {
    const weight = weights ? weights[row] : 1;
    const isLevel = Math.abs(at - level) < EPSILON;
    if (labels[row] === first) {
      sum += weight * (isLevel ? before - 0.5 * onLevel : before);
      continue;
    }
    before += weight;
    if (!isLevel) level = at;
    onLevel = isLevel ? onLevel + weight : weight;
  }
  return sum;
}

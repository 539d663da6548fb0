import type { BinnedDataset } from '../data/binned-dataset.js';
import type { Dataset } from '../data/dataset.js';
import { DEFAULT_LEFT } from '../text/tree.js';
import { linearOutput, type RawColumns } from './linear-leaves.js';
import type { GrownTree } from './tree-builder.js';

/** Raw scores of a dataset's rows while a model grows, class-major [outputs × rows]. */
export function startingScores({ rows, initScore }: Dataset, outputs: number): Float64Array {
  const scores = new Float64Array(rows * outputs);
  if (!initScore) return scores;
  for (let k = 0; k < outputs; k++) {
    for (let row = 0; row < rows; row++) scores[k * rows + row] = initScore[row * outputs + k];
  }
  return scores;
}

/** Adds a constant to one output's scores. */
export function addConstant(scores: Float64Array, rows: number, output: number, value: number): void {
  const end = (output + 1) * rows;
  for (let i = output * rows; i < end; i++) scores[i] += value;
}

/** Multiplies one output's scores. */
export function multiply(scores: Float64Array, rows: number, output: number, factor: number): void {
  const end = (output + 1) * rows;
  for (let i = output * rows; i < end; i++) scores[i] *= factor;
}

/**
 * Adds a tree's leaf values to the rows that it was grown on, leaf by leaf.
 *
 * @param raw Of linear leaves, the values that they are functions of.
 */
export function addLeaves(
  scores: Float64Array,
  offset: number,
  tree: GrownTree,
  rowOrder: Int32Array,
  raw?: RawColumns,
): void {
  for (let leaf = 0; leaf < tree.numLeaves; leaf++) {
    const value = tree.leafValue[leaf];
    const begin = tree.leafBegin[leaf];
    const end = begin + tree.leafCount[leaf];
    if (tree.linear && raw) {
      for (let i = begin; i < end; i++) {
        scores[offset + rowOrder[i]] += linearOutput(tree.linear, leaf, value, raw, rowOrder[i]);
      }
      continue;
    }
    for (let i = begin; i < end; i++) scores[offset + rowOrder[i]] += value;
  }
}

/** Adds a tree's leaf values to rows it was not grown on, by walking their bins; `rows` undefined means all rows. */
export function addByBins(
  scores: Float64Array,
  offset: number,
  tree: GrownTree,
  binned: BinnedDataset,
  rows?: Int32Array,
  raw?: RawColumns,
): void {
  const { splitColumn, thresholdBin, missingBin, categoryBins, decisionType, leftChild, rightChild, leafValue } = tree;
  const linear = raw && tree.linear;
  const columns = Array.from(splitColumn, (feature) => binned.columns[feature]);
  const count = rows ? rows.length : binned.rows;
  for (let i = 0; i < count; i++) {
    const row = rows ? rows[i] : i;
    let node = 0;
    while (node >= 0) {
      const bin = columns[node][row];
      const set = categoryBins[node];
      if (set) {
        node = set.has(bin) ? leftChild[node] : rightChild[node];
        continue;
      }
      const left = bin === missingBin[node] ? (decisionType[node] & DEFAULT_LEFT) !== 0 : bin <= thresholdBin[node];
      node = left ? leftChild[node] : rightChild[node];
    }
    scores[offset + row] += linear ? linearOutput(linear, ~node, leafValue[~node], raw, row) : leafValue[~node];
  }
}

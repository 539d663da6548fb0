import type { BinnedDataset } from '../data/binned-dataset.js';
import { columnReader } from '../data/column-reader.js';
import type { Dataset } from '../data/dataset.js';
import { roundToZero, ZERO_THRESHOLD } from '../numbers/floats.js';
import { negatedSolution } from '../numbers/full-pivot-solve.js';
import type { LinearLeaves, LinearTree, Tree } from '../text/tree.js';

/** Values as linear leaves see them: [features of the dataset] float32 [rows], nothing where a feature is no number that can split. */
export type RawColumns = readonly (Float32Array | undefined)[];

/** Rows of the leaves, leaf by leaf, and what is to be fitted to them. */
interface FittedRows {
  readonly rowOrder: Int32Array;
  /** [rows] of one output. */
  readonly gradients: Float32Array;
  readonly hessians: Float32Array;
}

/** Which part of the order the rows of each leaf are. */
interface LeafRanges {
  readonly leafBegin: Int32Array;
  readonly leafCount: Int32Array;
}

/** How far leaves go to their new functions. */
interface Decay {
  /** Share that the leaves keep. */
  readonly rate: number;
  /** [leaves] plain values after the same refit. */
  readonly leafValue: Float64Array;
}

type GrownLeaves = Pick<Tree, 'numLeaves' | 'splitFeature' | 'leftChild' | 'rightChild' | 'leafValue'> & LeafRanges;

/** Returns the numeric features in use as float32, which is what native keeps of them. */
export function rawColumns(dataset: Dataset, { mappers, used }: BinnedDataset): RawColumns {
  const columnOf = columnReader(dataset);
  const columns: (Float32Array | undefined)[] = new Array(dataset.features).fill(undefined);
  for (const feature of used) {
    if (!mappers[feature].categories) columns[feature] = Float32Array.from(columnOf(feature));
  }
  return columns;
}

/** Returns leaves without features that add what their plain values do: those of a first tree, and of one that could not split. */
export function constantLeaves(values: Float64Array): LinearLeaves {
  return {
    constants: values.map(roundToZero),
    begin: new Int32Array(values.length + 1),
    features: new Int32Array(0),
    coefficients: new Float64Array(0),
  };
}

/** Returns the leaves with all that they add multiplied. */
export function scaledLeaves(linear: LinearLeaves, rate: number): LinearLeaves {
  const scaled = (value: number) => roundToZero(value * rate);
  return { ...linear, constants: linear.constants.map(scaled), coefficients: linear.coefficients.map(scaled) };
}

/** Returns what a leaf adds to a row: its linear function, or its plain value where a feature of it is missing. */
export function linearOutput(linear: LinearLeaves, leaf: number, plain: number, raw: RawColumns, row: number): number {
  const { constants, begin, features, coefficients } = linear;
  let output = constants[leaf];
  for (let i = begin[leaf]; i < begin[leaf + 1]; i++) {
    const value = raw[features[i]]![row];
    if (Number.isNaN(value)) return plain;
    output += value * coefficients[i];
  }
  return output;
}

/**
 * Fits a linear function to the rows of each leaf, in the numeric features that its path splits on, as native's `CalculateLinear`.
 *
 * @see Shi, Li, Li (2019), Gradient Boosting with Piece-Wise Linear Regression Trees, equation 3
 */
export class LinearFit {
  private readonly isIncomplete: readonly boolean[];

  /** @param lambda L2 regularisation of the coefficients, not of the constants. */
  constructor(
    private readonly raw: RawColumns,
    private readonly lambda: number,
  ) {
    this.isIncomplete = raw.map((column) => column?.some(Number.isNaN) ?? false);
  }

  fit(tree: GrownLeaves, rows: FittedRows): LinearLeaves {
    const paths = pathFeatures(tree);
    const canMiss = this.canMiss(tree);
    const constants = new Float64Array(tree.numLeaves);
    const begin = new Int32Array(tree.numLeaves + 1);
    const features: number[] = [];
    const coefficients: number[] = [];
    for (let leaf = 0; leaf < tree.numLeaves; leaf++) {
      const ofLeaf = paths[leaf].filter((feature) => this.raw[feature]);
      const from = tree.leafBegin[leaf];
      const solution = this.solve(ofLeaf, rows, from, from + tree.leafCount[leaf], canMiss);
      constants[leaf] = roundToZero(solution ? solution[ofLeaf.length] : tree.leafValue[leaf]);
      ofLeaf.forEach((feature, i) => {
        if (!solution || !(solution[i] < -ZERO_THRESHOLD || solution[i] > ZERO_THRESHOLD)) return;
        features.push(feature);
        coefficients.push(solution[i]);
      });
      begin[leaf + 1] = features.length;
    }
    return { constants, begin, features: Int32Array.from(features), coefficients: Float64Array.from(coefficients) };
  }

  /**
   * Returns the tree's functions moved towards those that fit other rows, each in the features that it has: native's `FitByExistingTree`.
   *
   * A leaf of which too little is known loses its coefficients, and its constant moves towards the plain value.
   */
  refit(tree: LinearTree, rows: FittedRows & LeafRanges, { rate, leafValue }: Decay): LinearLeaves {
    const canMiss = this.canMiss(tree);
    const { begin, features } = tree.linear;
    const constants = tree.linear.constants.slice();
    const coefficients = tree.linear.coefficients.slice();
    const moved = (from: number, to: number) => roundToZero(rate * from + (1 - rate) * to * tree.shrinkage);
    for (let leaf = 0; leaf < tree.numLeaves; leaf++) {
      const ofLeaf = Array.from(features.subarray(begin[leaf], begin[leaf + 1]));
      const from = rows.leafBegin[leaf];
      const solution = this.solve(ofLeaf, rows, from, from + rows.leafCount[leaf], canMiss);
      constants[leaf] = moved(constants[leaf], solution ? solution[ofLeaf.length] : leafValue[leaf]);
      ofLeaf.forEach((_, i) => {
        const at = begin[leaf] + i;
        coefficients[at] = solution ? moved(coefficients[at], solution[i]) : 0;
      });
    }
    return { constants, begin, features, coefficients };
  }

  /** Only where a tree splits on a feature that misses values does native look for them, and count by them. */
  private canMiss({ splitFeature }: Pick<Tree, 'splitFeature'>): boolean {
    return splitFeature.some((feature) => this.isIncomplete[feature]);
  }

  /** Returns the coefficients and the constant of one leaf; undefined where too little is known of its rows. */
  private solve(
    features: readonly number[],
    { rowOrder, gradients, hessians }: FittedRows,
    from: number,
    to: number,
    canMiss: boolean,
  ): Float64Array | undefined {
    const n = features.length + 1;
    const columns = features.map((feature) => this.raw[feature]!);
    const matrix = new Float64Array(n * n);
    const vector = new Float64Array(n);
    const values = new Float64Array(n).fill(1);
    let known = canMiss ? 0 : to - from;
    for (let at = from; at < to; at++) {
      const row = rowOrder[at];
      let seen = 0;
      for (; seen < columns.length; seen++) {
        values[seen] = columns[seen][row];
        if (Number.isNaN(values[seen])) break;
      }
      // native counts values, not rows, and those of a row up to the first that is missing
      if (canMiss) known += seen;
      if (seen < columns.length) continue;
      const gradient = gradients[row];
      const hessian = hessians[row];
      for (let i = 0; i < n; i++) {
        vector[i] += values[i] * gradient;
        const weighted = values[i] * hessian;
        for (let j = i; j < n; j++) matrix[j + i * n] += weighted * values[j];
      }
    }
    if (known < n) return undefined;
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) matrix[i + j * n] = matrix[j + i * n];
      if (i < n - 1) matrix[i + i * n] += this.lambda;
    }
    return negatedSolution(matrix, vector);
  }
}

/** Returns the features that the path to each leaf splits on, ascending and each once. */
function pathFeatures({ numLeaves, splitFeature, leftChild, rightChild }: GrownLeaves): number[][] {
  const paths: number[][] = Array.from({ length: numLeaves }, () => []);
  if (numLeaves === 1) return paths;
  const open: { node: number; path: readonly number[] }[] = [{ node: 0, path: [] }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node } = next;
    const path = next.path.includes(splitFeature[node]) ? next.path : [...next.path, splitFeature[node]];
    for (const child of [leftChild[node], rightChild[node]]) {
      if (child >= 0) open.push({ node: child, path });
      else paths[~child] = [...path].sort((a, b) => a - b);
    }
  }
  return paths;
}

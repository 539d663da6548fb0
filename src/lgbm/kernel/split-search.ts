import type { SplitBounds } from '../grow/bound-steps.js';
import type { PackedSums, RootSums } from '../grow/packed-sums.js';

/** A leaf of the tree being grown: its rows, their sums, and the best way to split it. */
export interface Leaf {
  /** Number of the leaf in the tree. */
  readonly index: number;
  /** The leaf's rows are `rowOrder[begin..begin + count - 1]`, ascending. */
  begin: number;
  count: number;
  /** Sums of gradients and hessians over the rows, as the split that made the leaf estimated them. */
  gradient: number;
  hessian: number;
  depth: number;
  /** The leaf's value so far, and the bounds that monotone splits above it set. */
  output: number;
  lower: number;
  upper: number;
  /** Bounds of its splits on a column, where they are not the same for all. */
  boundsOf?: (column: number) => SplitBounds;
  /** Features that the path to the leaf has split on. */
  branch: readonly number[];
  /** Which stored histograms are the leaf's own. */
  slot: number;
  readonly best: SplitCandidate;
}

/** The best split found for a leaf. `gain` is -Infinity where there is none. */
export interface SplitCandidate {
  gain: number;
  /** Index among the features in use. */
  feature: number;
  /** Rows of this bin and those below go left. */
  thresholdBin: number;
  /** Bins that go left at a categorical split, in native's order; undefined at a numeric one. */
  categories: readonly number[] | undefined;
  /** Whether rows with a missing value go left. */
  defaultLeft: boolean;
  leftGradient: number;
  leftHessian: number;
  leftOutput: number;
  rightGradient: number;
  rightHessian: number;
  rightOutput: number;
  /** Of quantised gradients, what they were counted in. */
  leftUnits?: PackedSums;
  rightUnits?: PackedSums;
}

/**
 * The numeric heart of growing a tree: sums gradients into histograms and finds splits.
 *
 * Implementations differ in speed alone. All add in native's order, so that all give the same bits.
 */
export interface SplitSearch {
  /** [outputs × rows], filled by the objective before each iteration. */
  readonly gradients: Float32Array;
  /** [outputs × rows]; stays 1 everywhere with a constant hessian. */
  readonly hessians: Float32Array;
  /** [rows] row numbers, those of one leaf side by side; a tree starts with its bag in ascending order. */
  readonly rowOrder: Int32Array;
  /** Begins a tree for one output; `features` says with 1 or 0 which features in use it may split on. */
  startTree(output: number, features: Uint8Array): void;
  /**
   * Quantises a tree's gradients and returns their sums over its rows; only where gradients are quantised.
   *
   * @param rows The tree's rows are the first of `rowOrder`.
   */
  quantize?(rows: number): RootSums;
  /** Finds the best split of the root, or of two new siblings: `small` has the fewer rows, `large` holds its parent's slot. */
  search(small: Leaf, large: Leaf | undefined): void;
  /** Does so while trees begin with forced splits, and looks at the features of those as well; only where there are any. */
  searchForced?(small: Leaf, large: Leaf | undefined): void;
  /**
   * Returns the forced split of a leaf, or undefined where it gains nothing.
   *
   * @param isSmall Whether the leaf was the smaller of the two last searched, which is what native reads sums of.
   * @param node Index of the forced split.
   */
  forcedSplit?(leaf: Leaf, isSmall: boolean, parentOutput: number, node: number): SplitCandidate | undefined;
  /** Finds the best split of a leaf anew whose bounds have changed; only where leaves are bounded at all. */
  searchAgain?(leaf: Leaf): void;
  /** Is told of each split before it is made; only where splits cost. */
  beforeSplit?(leaf: Leaf, leaves: readonly Leaf[]): void;
  /** Sorts the leaf's rows into left and right by its best split, keeping their order; returns how many go left. */
  partition(leaf: Leaf): number;
}

/** Returns a candidate that says: no split. */
export function noSplit(): SplitCandidate {
  return {
    gain: -Infinity,
    feature: -1,
    thresholdBin: 0,
    categories: undefined,
    defaultLeft: true,
    leftGradient: 0,
    leftHessian: 0,
    leftOutput: 0,
    rightGradient: 0,
    rightHessian: 0,
    rightOutput: 0,
  };
}

import type { Leaf } from '../kernel/split-search.js';
import { BoundSteps, type SplitBounds, SteppedBounds } from './bound-steps.js';
import {
  type GrowingNodes,
  hasTurned,
  MonotoneBounds,
  type NewLeaves,
  type Path,
  strictest,
  touchingSides,
} from './monotone-bounds.js';

/** Nodes, and the leaves as they are so far. */
export interface GrowingTree extends GrowingNodes {
  /** [leaves] the node that a leaf hangs from, -1 at the root. */
  readonly leafParent: Int32Array;
  /** [leaves] */
  readonly leafValue: Float64Array;
  /** [columns] how many bins a numeric column has, 0 for a categorical one. */
  readonly bins: readonly number[];
}

/** Bounds of one leaf along one feature. */
interface FeatureBounds {
  lower: BoundSteps;
  upper: BoundSteps;
  /** What a split elsewhere has made out of date. */
  isLowerStale: boolean;
  isUpperStale: boolean;
}

/** What a walk through the tree is to bound: the bins begin..end-1 of a column, in the leaf that it started from. */
interface Search {
  readonly column: number;
  readonly isLower: boolean;
  readonly steps: BoundSteps;
}

/**
 * Bounds of leaf values by the leaves around them, for each feature and each of its bins (method `advanced`): a leaf that touches
 * another along a part of a feature only is bounded by it in that part alone.
 *
 * @see Auguste, Malory, Smirnov (2020), A Better Method to Enforce Monotonic Constraints in Regression and Classification Trees
 */
export class AdvancedBounds extends MonotoneBounds {
  /** [leaves][columns] */
  private readonly entries: FeatureBounds[][] = [];

  constructor(private readonly tree: GrowingTree) {
    super(tree);
  }

  /** Returns the bounds of a leaf's splits on a column. */
  boundsOf(leaf: number, column: number): SplitBounds {
    const bounds = this.entryOf(leaf)[column];
    if ((bounds.isLowerStale || bounds.isUpperStale) && this.tree.bins[column] > 0) {
      // native brings the lower bounds up to date where both are stale, and takes both for done
      const isLower = bounds.isLowerStale;
      const steps = isLower ? bounds.lower : bounds.upper;
      steps.reset();
      this.seek({ column, isLower, steps }, leaf);
      bounds.isLowerStale = false;
      bounds.isUpperStale = false;
    }
    return new SteppedBounds(bounds.lower, bounds.upper);
  }

  protected override boundNew(left: Leaf, right: Leaf, direction: number): void {
    this.entries[right.index] = this.entryOf(left.index).map(({ lower, upper, ...stale }) => ({
      ...stale,
      lower: lower.copy(),
      upper: upper.copy(),
    }));
    if (direction === 0) return;
    const [low, high] = direction > 0 ? [left, right] : [right, left];
    for (const { upper } of this.entryOf(low.index)) upper.narrow(high.output);
    for (const { lower } of this.entryOf(high.index)) lower.narrow(low.output);
  }

  /** Native looks at every leaf again that a split could have touched: what bounded it before may do so no longer. */
  protected override narrow(
    leaf: Leaf,
    made: NewLeaves,
    narrowsUpper: boolean,
    touchesLeft: boolean,
    touchesRight: boolean,
  ): boolean {
    const value = strictest(made, narrowsUpper, touchesLeft, touchesRight);
    for (const bounds of this.entryOf(leaf.index)) {
      if (narrowsUpper) bounds.isUpperStale = true;
      else bounds.isLowerStale = true;
      (narrowsUpper ? bounds.upper : bounds.lower).narrow(value);
    }
    return true;
  }

  private entryOf(leaf: number): FeatureBounds[] {
    this.entries[leaf] ??= this.tree.bins.map(() => ({
      lower: new BoundSteps(true),
      upper: new BoundSteps(false),
      isLowerStale: false,
      isUpperStale: false,
    }));
    return this.entries[leaf];
  }

  /** Goes up from a leaf, and down again wherever a monotone split has leaves on its other side. */
  private seek(search: Search, leaf: number): void {
    const { tree } = this;
    const { column } = search;
    const path: Path = { columns: [], thresholds: [], fromRight: [] };
    let [begin, end] = [0, tree.bins[column]];
    let node = ~leaf;
    for (let parent = tree.leafParent[leaf]; parent >= 0; node = parent, parent = tree.parent[parent]) {
      const isRight = tree.rightChild[parent] === node;
      const threshold = tree.thresholdBin[parent];
      const isNumeric = tree.isNumeric(parent);
      if (isNumeric && tree.column[parent] === column) {
        if (isRight) begin = Math.max(threshold, begin);
        else end = Math.min(threshold + 1, end);
      }
      if (!isNumeric || hasTurned(path, tree.column[parent], isRight)) continue;
      const direction = tree.direction(parent);
      const boundsLower = direction < 0 ? !isRight : isRight;
      if (direction !== 0 && boundsLower === search.isLower) {
        const opposite = isRight ? tree.leftChild[parent] : tree.rightChild[parent];
        this.collect(search, opposite, tree.column[parent], path, begin, end);
      }
      path.columns.push(tree.column[parent]);
      path.thresholds.push(threshold);
      path.fromRight.push(isRight);
    }
  }

  private collect(search: Search, node: number, root: number, path: Path, begin: number, end: number): void {
    const { tree } = this;
    const { column, isLower, steps } = search;
    if (node < 0) {
      steps.narrowPart(tree.leafValue[~node], begin, end, tree.bins[column]);
      return;
    }
    const threshold = tree.thresholdBin[node];
    const isNumeric = tree.isNumeric(node);
    const isSame = tree.column[node] === column;
    const [touchesLeft, touchesRight] = isNumeric
      ? touchingSides(path, tree.column[node], threshold)
      : ([true, true] as const);
    // of a monotone split, only the side with the stricter values matters, unless it is what is searched along
    const direction = isSame && root !== column ? 0 : tree.direction(node);
    const matters = (isLeftSide: boolean) => direction === 0 || (direction < 0 === isLower) === isLeftSide;
    if (touchesLeft && (matters(true) || !touchesRight)) {
      this.collect(search, tree.leftChild[node], root, path, begin, isSame ? Math.min(threshold + 1, end) : end);
    }
    if (touchesRight && (matters(false) || !touchesLeft)) {
      this.collect(search, tree.rightChild[node], root, path, isSame ? Math.max(threshold + 1, begin) : begin, end);
    }
  }
}

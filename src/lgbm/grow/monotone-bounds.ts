import type { Leaf } from '../kernel/split-search.js';

/** The nodes of a growing tree, as far as bounds go by them. All arrays are [nodes]; a child below 0 is the leaf ~child. */
export interface GrowingNodes {
  readonly parent: Int32Array;
  readonly column: Int32Array;
  readonly thresholdBin: Int32Array;
  readonly leftChild: Int32Array;
  readonly rightChild: Int32Array;
  isNumeric(node: number): boolean;
  /** -1, 0 or 1: how the feature of a node may act. */
  direction(node: number): number;
}

/** Splits met on the way up from a leaf, as far as they tell which leaves of other branches touch it. */
export interface Path {
  readonly columns: number[];
  readonly thresholds: number[];
  readonly fromRight: boolean[];
}

/** Two leaves that a split has just made. */
export interface NewLeaves {
  readonly column: number;
  readonly threshold: number;
  readonly left: number;
  readonly right: number;
}

/**
 * Bounds of leaf values by the values of the leaves around them (method `intermediate`): wider than those by the middle of each
 * split, but a new split can narrow the bounds of leaves elsewhere in the tree, whose best splits are then to be sought again.
 *
 * @see Auguste, Malory, Smirnov (2020), A Better Method to Enforce Monotonic Constraints in Regression and Classification Trees
 */
export class MonotoneBounds {
  private readonly isUnderMonotone = new Set<number>();

  constructor(private readonly nodes: GrowingNodes) {}

  /**
   * Bounds the children of a split, and whatever leaves touch them.
   *
   * @param node The split's node; `left` and `right` are its leaves.
   * @param leaves All leaves of the tree, by index.
   * @returns The leaves whose bounds have become narrower, in the order in which their splits are to be sought again.
   */
  afterSplit(node: number, left: Leaf, right: Leaf, leaves: readonly Leaf[]): Leaf[] {
    const { nodes } = this;
    const direction = nodes.direction(node);
    if (direction === 0 && !this.isUnderMonotone.has(left.index)) return [];
    this.isUnderMonotone.add(left.index).add(right.index);
    this.boundNew(left, right, direction);
    const made: NewLeaves = {
      column: nodes.column[node],
      threshold: nodes.thresholdBin[node],
      left: left.output,
      right: right.output,
    };
    const narrowed: Leaf[] = [];
    this.goUp(node, made, leaves, narrowed);
    return narrowed;
  }

  /** Bounds the two leaves of a split by each other. */
  protected boundNew(left: Leaf, right: Leaf, direction: number): void {
    if (direction === 0) return;
    const [low, high] = direction > 0 ? [left, right] : [right, left];
    low.upper = Math.min(low.upper, high.output);
    high.lower = Math.max(high.lower, low.output);
  }

  /** Bounds a leaf by those new ones that it touches; returns whether its best split is to be sought again. */
  protected narrow(
    leaf: Leaf,
    made: NewLeaves,
    narrowsUpper: boolean,
    touchesLeft: boolean,
    touchesRight: boolean,
  ): boolean {
    const value = strictest(made, narrowsUpper, touchesLeft, touchesRight);
    if (narrowsUpper ? !(value < leaf.upper) : !(value > leaf.lower)) return false;
    if (narrowsUpper) leaf.upper = value;
    else leaf.lower = value;
    return true;
  }

  private goUp(from: number, made: NewLeaves, leaves: readonly Leaf[], narrowed: Leaf[]): void {
    const { nodes } = this;
    const path: Path = { columns: [], thresholds: [], fromRight: [] };
    for (let node = from, parent = nodes.parent[node]; parent >= 0; node = parent, parent = nodes.parent[node]) {
      const isRight = nodes.rightChild[parent] === node;
      if (!nodes.isNumeric(parent) || hasTurned(path, nodes.column[parent], isRight)) continue;
      const direction = nodes.direction(parent);
      if (direction !== 0) {
        const opposite = isRight ? nodes.leftChild[parent] : nodes.rightChild[parent];
        const narrowsUpper = direction < 0 ? !isRight : isRight;
        this.goDown(opposite, path, made, { leaves, narrowed, narrowsUpper }, true, true);
      }
      path.columns.push(nodes.column[parent]);
      path.thresholds.push(nodes.thresholdBin[parent]);
      path.fromRight.push(isRight);
    }
  }

  private goDown(
    node: number,
    path: Path,
    made: NewLeaves,
    to: { leaves: readonly Leaf[]; narrowed: Leaf[]; narrowsUpper: boolean },
    touchesLeft: boolean,
    touchesRight: boolean,
  ): void {
    if (node < 0) {
      const leaf = to.leaves[~node];
      if (leaf.best.gain !== -Infinity && this.narrow(leaf, made, to.narrowsUpper, touchesLeft, touchesRight)) {
        to.narrowed.push(leaf);
      }
      return;
    }
    const { nodes } = this;
    const column = nodes.column[node];
    const threshold = nodes.thresholdBin[node];
    const isNumeric = nodes.isNumeric(node);
    const isSame = isNumeric && column === made.column;
    const [goesLeft, goesRight] = isNumeric ? touchingSides(path, column, threshold) : [true, true];
    // beyond the new threshold, one of the two new leaves is out of reach
    if (goesLeft) {
      const reaches = touchesRight && !(isSame && threshold <= made.threshold);
      this.goDown(nodes.leftChild[node], path, made, to, touchesLeft, reaches);
    }
    if (goesRight) {
      const reaches = touchesLeft && !(isSame && threshold >= made.threshold);
      this.goDown(nodes.rightChild[node], path, made, to, reaches, touchesRight);
    }
  }
}

/** Whether the path has come up from the same side of the same feature before: what lies opposite then touches nothing here. */
export function hasTurned({ columns, fromRight }: Path, column: number, isRight: boolean): boolean {
  return columns.some((passed, i) => passed === column && fromRight[i] === isRight);
}

/** Whether the left and the right side of a node elsewhere touch the leaves that the path comes from. */
export function touchingSides(
  { columns, thresholds, fromRight }: Path,
  column: number,
  threshold: number,
): readonly [left: boolean, right: boolean] {
  let [left, right] = [true, true];
  for (let i = 0; i < columns.length; i++) {
    if (columns[i] !== column) continue;
    if (threshold >= thresholds[i] && !fromRight[i]) right = false;
    if (threshold <= thresholds[i] && fromRight[i]) left = false;
  }
  return [left, right];
}

/** Returns the strictest of the values of the new leaves that are touched. */
export function strictest(
  { left, right }: NewLeaves,
  narrowsUpper: boolean,
  touchesLeft: boolean,
  touchesRight: boolean,
): number {
  if (touchesLeft && touchesRight) return narrowsUpper ? Math.min(left, right) : Math.max(left, right);
  return touchesRight ? right : left;
}

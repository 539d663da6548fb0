import { type Leaf, noSplit, type SplitCandidate, type SplitSearch } from '../kernel/split-search.js';
import type { Params } from '../parameters/params.js';
import { leafOutput } from './leaf-gain.js';
import { type GrownTree, type GrowOptions, TreeBuilder } from './tree-builder.js';

/**
 * Grows one tree leaf by leaf, always splitting the leaf that gains most; equal gains go to the smaller feature, then leaf.
 *
 * @param rows Rows of the tree, already in `search.rowOrder[0..rows - 1]`.
 * @param output Which output's gradients to fit.
 */
export function growTree(options: GrowOptions, rows: number, output: number): GrownTree {
  const { search, params } = options;
  const root = rootLeaf(options, rows, output);
  const tree = new TreeBuilder(options, root);
  const growth = new Growth(options, tree, root);
  if (params.forcedSplits.length > 0 && !growth.force()) return tree.finish(growth.leaves);
  while (growth.leaves.length < params.num_leaves) {
    if (isWorthSearching(growth.newest, params)) search.search(...growth.newest);
    if (!growth.splitBest()) break;
  }
  return tree.finish(growth.leaves);
}

/** The leaves of a growing tree, and how they are split. */
class Growth {
  readonly leaves: Leaf[];
  /** The two leaves that the last split made, the one with fewer rows first; the root before there is any. */
  newest: [small: Leaf, large: Leaf | undefined];

  constructor(
    private readonly options: GrowOptions,
    private readonly tree: TreeBuilder,
    root: Leaf,
  ) {
    this.leaves = [root];
    this.newest = [root, undefined];
  }

  /** Splits the leaf that gains most; returns false where none gains anything. */
  splitBest(): boolean {
    const next = splitBest(this.leaves, this.options.search);
    if (next) this.split(next.leaf, next.leftCount);
    return next !== undefined;
  }

  private split(leaf: Leaf, leftCount: number): Leaf {
    const { tree, leaves, options } = this;
    options.search.beforeSplit?.(leaf, leaves);
    const right = tree.split(leaf, leftCount);
    leaves.push(right);
    for (const narrowed of tree.bound(leaf, right, leaves)) options.search.searchAgain?.(narrowed);
    this.newest = leaf.count < right.count ? [leaf, right] : [right, leaf];
    // the histogram of the split leaf becomes that of the larger child, which is then only subtracted from
    if (this.newest[0] === leaf) {
      const { slot } = leaf;
      leaf.slot = right.slot;
      right.slot = slot;
    }
    options.memory.smallOutput = this.newest[0].output;
    return right;
  }

  /**
   * Begins the tree with the forced splits, level by level, up to the first that gains nothing, whose place the best split takes.
   *
   * @returns Whether the tree can grow on.
   */
  force(): boolean {
    const { search, params, memory } = this.options;
    const nodes = params.forcedSplits;
    const candidates = new Map<Leaf, SplitCandidate | undefined>();
    const queue: { node: number; leaf: Leaf }[] = [{ node: 0, leaf: this.leaves[0] }];
    // native has not set the root's own value: it is that of the leaf that was smaller at the last split of the tree before
    const look = (leaf: Leaf, node: number, parentOutput: number) => {
      if (node < 0) return;
      candidates.set(leaf, search.forcedSplit?.(leaf, leaf === this.newest[0], parentOutput, node));
    };
    let [left, right]: [Leaf, Leaf | undefined] = [this.leaves[0], undefined];
    let [leftNode, rightNode] = [0, -1];
    for (let next = queue.shift(); next; next = queue.shift()) {
      if (isWorthSearching(this.newest, params)) search.searchForced?.(...this.newest);
      look(left, leftNode, right ? left.output : memory.smallOutput);
      if (right) look(right, rightNode, right.output);
      const candidate = candidates.get(next.leaf);
      if (candidate) Object.assign(next.leaf.best, candidate);
      const leftCount = candidate ? search.partition(next.leaf) : 0;
      if (leftCount === 0 || leftCount === next.leaf.count) {
        if (candidate) next.leaf.best.gain = -Infinity;
        return this.splitBest();
      }
      left = next.leaf;
      right = this.split(left, leftCount);
      ({ left: leftNode, right: rightNode } = nodes[next.node]);
      if (leftNode >= 0) queue.push({ node: leftNode, leaf: left });
      if (rightNode >= 0) queue.push({ node: rightNode, leaf: right });
    }
    return true;
  }
}

function rootLeaf({ search, constantHessian, binned, params }: GrowOptions, rows: number, output: number): Leaf {
  const { rowOrder } = search;
  const sumOf = (derivatives: Float32Array) => {
    const own = derivatives.subarray(output * binned.rows, (output + 1) * binned.rows);
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += own[rowOrder[i]];
    return sum;
  };
  let gradient = sumOf(search.gradients);
  let hessian = constantHessian ? rows : sumOf(search.hessians);
  const quantized = search.quantize?.(rows);
  if (quantized) ({ gradient, hessian } = quantized);
  return {
    index: 0,
    begin: 0,
    count: rows,
    gradient,
    hessian,
    depth: 0,
    output: leafOutput(gradient, hessian, params),
    lower: -Infinity,
    upper: Infinity,
    branch: [],
    slot: 0,
    best: noSplit(),
  };
}

function isWorthSearching([small, large]: [Leaf, Leaf | undefined], params: Params): boolean {
  if (params.max_depth > 0 && small.depth >= params.max_depth) return false;
  const needed = params.min_data_in_leaf * 2;
  return small.count >= needed || (large !== undefined && large.count >= needed);
}

/**
 * Sorts the rows of the leaf that gains most. The scan works with estimated counts, so a split can turn out to leave one side
 * empty; native aborts there, this engine passes to the next best leaf.
 */
function splitBest(leaves: readonly Leaf[], search: SplitSearch): { leaf: Leaf; leftCount: number } | undefined {
  for (;;) {
    let leaf = leaves[0];
    for (const other of leaves) if (isBetter(other, leaf)) leaf = other;
    if (!(leaf.best.gain > 0)) return undefined;
    const leftCount = search.partition(leaf);
    if (leftCount > 0 && leftCount < leaf.count) return { leaf, leftCount };
    leaf.best.gain = -Infinity;
  }
}

function isBetter({ best: a }: Leaf, { best: b }: Leaf): boolean {
  return a.gain !== b.gain ? a.gain > b.gain : a.feature < b.feature;
}

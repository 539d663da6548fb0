import { MISSING_ZERO } from '../data/bin-mapper.js';
import { CATEGORICAL, type LinearLeaves, MISSING_SHIFT, type PredictingTree } from '../text/tree.js';

/** Trees laid end to end in flat arrays, for walking rows down without touching objects. */
export interface FlatModel {
  readonly outputs: number;
  /** [trees] first node of each tree, or ~leaf for a tree of one leaf. */
  readonly root: Int32Array;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly decision: Uint8Array;
  /** [nodes] child node, or ~leaf, both counted over all trees. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly leafValue: Float64Array;
  /** Whether no node looks at categories or takes zero for missing: then comparing decides for every number. */
  readonly isPlain: boolean;
  /** [trees] number of the tree's first leaf in `leafValue`. */
  readonly firstLeaf: Int32Array;
  /** [nodes] for categorical nodes, first and one past last word of its set in `categoryBits`. */
  readonly categoryBegin: Int32Array;
  readonly categoryEnd: Int32Array;
  readonly categoryBits: Uint32Array;
  /** Linear functions of all leaves, where any tree has them; a leaf without one is a constant. */
  readonly linear?: LinearLeaves;
}

/** What is laid flat of a model. */
export interface PredictingModel {
  readonly outputs: number;
  readonly trees: readonly PredictingTree[];
}

/** Bits of a decision that make more of a value than its comparison with the threshold. */
export const SPECIAL = CATEGORICAL | (MISSING_ZERO << MISSING_SHIFT);

/** Returns the model's trees laid flat. */
export function flatten({ trees, outputs }: PredictingModel): FlatModel {
  const nodes = trees.reduce((sum, tree) => sum + tree.splitFeature.length, 0);
  const leaves = trees.reduce((sum, tree) => sum + tree.numLeaves, 0);
  const words = trees.reduce((sum, tree) => sum + (tree.categories?.bits.length ?? 0), 0);
  const flat = {
    outputs,
    root: new Int32Array(trees.length),
    feature: new Int32Array(nodes),
    threshold: new Float64Array(nodes),
    decision: new Uint8Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    leafValue: new Float64Array(leaves),
    isPlain: trees.every((tree) => tree.decisionType.every((type) => (type & SPECIAL) === 0)),
    firstLeaf: new Int32Array(trees.length),
    categoryBegin: new Int32Array(words > 0 ? nodes : 0),
    categoryEnd: new Int32Array(words > 0 ? nodes : 0),
    categoryBits: new Uint32Array(words),
  };
  let node = 0;
  let leaf = 0;
  let word = 0;
  trees.forEach((tree, t) => {
    const count = tree.splitFeature.length;
    flat.root[t] = count > 0 ? node : ~leaf;
    flat.firstLeaf[t] = leaf;
    flat.feature.set(tree.splitFeature, node);
    flat.threshold.set(tree.threshold, node);
    flat.decision.set(tree.decisionType, node);
    flat.leafValue.set(tree.leafValue, leaf);
    for (let i = 0; i < count; i++) {
      flat.left[node + i] = moved(tree.leftChild[i], node, leaf);
      flat.right[node + i] = moved(tree.rightChild[i], node, leaf);
    }
    if (tree.categories) word = addCategories(tree, flat, node, word);
    node += count;
    leaf += tree.numLeaves;
  });
  return trees.some((tree) => tree.linear) ? { ...flat, linear: flattenLinear(trees) } : flat;
}

function flattenLinear(trees: readonly PredictingTree[]): LinearLeaves {
  const counts = trees.flatMap(({ linear, numLeaves }) =>
    Array.from({ length: numLeaves }, (_, leaf) => (linear ? linear.begin[leaf + 1] - linear.begin[leaf] : 0)),
  );
  const begin = new Int32Array(counts.length + 1);
  for (let leaf = 0; leaf < counts.length; leaf++) begin[leaf + 1] = begin[leaf] + counts[leaf];
  return {
    constants: Float64Array.from(trees.flatMap((tree) => [...(tree.linear?.constants ?? tree.leafValue)])),
    begin,
    features: Int32Array.from(trees.flatMap(({ linear }) => [...(linear?.features ?? [])])),
    coefficients: Float64Array.from(trees.flatMap(({ linear }) => [...(linear?.coefficients ?? [])])),
  };
}

function moved(child: number, node: number, leaf: number): number {
  return child >= 0 ? child + node : ~(~child + leaf);
}

function addCategories(tree: PredictingTree, flat: FlatModel, node: number, word: number): number {
  const { boundaries, bits } = tree.categories!;
  flat.categoryBits.set(bits, word);
  for (let i = 0; i < tree.splitFeature.length; i++) {
    if (!(tree.decisionType[i] & 1)) continue;
    flat.categoryBegin[node + i] = word + boundaries[tree.threshold[i]];
    flat.categoryEnd[node + i] = word + boundaries[tree.threshold[i] + 1];
  }
  return word + bits.length;
}

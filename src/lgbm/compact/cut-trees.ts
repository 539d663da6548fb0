import { checkShape, checkThresholds } from '../text/check-tree.js';
import type { ModelFault } from '../text/model-fault.js';
import type { CategorySets, LinearLeaves, PredictingTree } from '../text/tree.js';
import type { CompactParts } from './compact-layout.js';

/** Where the next tree's share of each part begins. */
interface Cursor {
  node: number;
  leaf: number;
  boundary: number;
  word: number;
  linearLeaf: number;
  coefficient: number;
}

/**
 * Returns the trees of a compact form one by one.
 *
 * @throws What `fault` returns for records that together do not make up the parts.
 */
export function cutTrees(parts: CompactParts, fault: ModelFault): PredictingTree[] {
  const cursor: Cursor = { node: 0, leaf: 0, boundary: 0, word: 0, linearLeaf: 0, coefficient: 0 };
  const trees = Array.from(parts.treeLeaves, (leaves, t) => cutTree(parts, cursor, t, leaves, fault));
  const lengths: [number, ArrayLike<number>][] = [
    [cursor.node, parts.left],
    [cursor.leaf, parts.leafValue],
    [cursor.boundary, parts.boundaries],
    [cursor.word, parts.bits],
    [cursor.linearLeaf, parts.constants],
    [cursor.coefficient, parts.coefficients],
  ];
  for (const [end, { length }] of lengths) if (end !== length) throw fault('trees', `${length} entries in all`, end);
  return trees;
}

function cutTree(parts: CompactParts, cursor: Cursor, t: number, numLeaves: number, fault: ModelFault): PredictingTree {
  // none of these where no tree has categories or linear leaves
  const { [t]: boundaries = 0 } = parts.treeBoundaries;
  const { [t]: words = 0 } = parts.treeWords;
  const isLinear = parts.treeIsLinear[t] === 1;
  const where = `Tree=${t}`;
  if (numLeaves < 1) throw fault(`${where} num_leaves`, '>= 1', numLeaves);
  if (boundaries < 0 || words < 0) throw fault(`${where} cat_boundaries`, '>= 0', Math.min(boundaries, words));
  const { node, leaf } = cursor;
  const nodes = node + numLeaves - 1;
  const leaves = leaf + numLeaves;
  if (leaves > parts.leafValue.length) throw fault(`${where} num_leaves`, 'in the form', numLeaves);
  const tree: PredictingTree = {
    numLeaves,
    splitFeature: Int32Array.from(parts.splitFeature.subarray(node, nodes)),
    threshold: parts.threshold.subarray(node, nodes),
    decisionType: parts.decisionType.subarray(node, nodes),
    leftChild: Int32Array.from(parts.left.subarray(node, nodes)),
    rightChild: Int32Array.from(parts.right.subarray(node, nodes)),
    leafValue: parts.leafValue.subarray(leaf, leaves),
    leafCount: Int32Array.from(parts.leafCount.subarray(leaf, leaves)),
    internalCount: Int32Array.from(parts.internalCount.subarray(node, nodes)),
    ...(boundaries > 0 && { categories: cutCategories(parts, cursor, boundaries, words, fault) }),
    ...(isLinear && { linear: cutLinear(parts, cursor, numLeaves, fault) }),
  };
  cursor.node = nodes;
  cursor.leaf = leaves;
  return tree;
}

function cutCategories(
  parts: CompactParts,
  cursor: Cursor,
  count: number,
  words: number,
  fault: ModelFault,
): CategorySets {
  const boundaries = parts.boundaries.subarray(cursor.boundary, cursor.boundary + count);
  const bits = parts.bits.subarray(cursor.word, cursor.word + words);
  const isAscending = boundaries[0] === 0 && boundaries.every((bound, i) => i === 0 || bound >= boundaries[i - 1]);
  if (boundaries.length !== count || !isAscending || boundaries[count - 1] !== words || bits.length !== words) {
    throw fault('cat_boundaries', `ascending from 0 to ${words}`, boundaries.subarray(0, 5).join(' '));
  }
  cursor.boundary += count;
  cursor.word += words;
  return { boundaries, bits };
}

function cutLinear(parts: CompactParts, cursor: Cursor, leaves: number, fault: ModelFault): LinearLeaves {
  const { linearLeaf, coefficient } = cursor;
  const counts = parts.coefficientCount.subarray(linearLeaf, linearLeaf + leaves);
  if (counts.length !== leaves) throw fault('leaf_const', `${leaves} entries`, counts.length);
  const begin = new Int32Array(leaves + 1);
  const left = parts.coefficients.length - coefficient;
  counts.forEach((count, i) => {
    if (count < 0 || begin[i] + count > left) throw fault('num_features', `0..${left - begin[i]}`, count);
    begin[i + 1] = begin[i] + count;
  });
  const end = coefficient + begin[leaves];
  cursor.linearLeaf += leaves;
  cursor.coefficient = end;
  return {
    constants: parts.constants.subarray(linearLeaf, linearLeaf + leaves),
    begin,
    features: parts.coefficientFeature.subarray(coefficient, end),
    coefficients: parts.coefficients.subarray(coefficient, end),
  };
}

/** Checks what the text's reader checks while it reads: trees are trees, features exist, and numbers are numbers. */
export function checkTrees(trees: readonly PredictingTree[], features: number, fault: ModelFault): void {
  trees.forEach((tree, t) => {
    const where = `Tree=${t}`;
    const { splitFeature, threshold, decisionType, leafValue, categories, linear } = tree;
    const isFeature = (feature: number) => feature >= 0 && feature < features;
    if (!splitFeature.every(isFeature)) throw fault(`${where} split_feature`, `0..${features - 1}`, 'another');
    if (linear && !linear.features.every(isFeature))
      throw fault(`${where} leaf_features`, `0..${features - 1}`, 'another');
    if (!decisionType.every((type) => type <= 11)) throw fault(`${where} decision_type`, '0..11', 'another');
    for (const numbers of [threshold, leafValue, linear?.constants ?? [], linear?.coefficients ?? []]) {
      for (const value of numbers)
        if (Number.isNaN(value)) throw fault(`${where} threshold and leaf_value`, 'numbers', value);
    }
    for (const value of leafValue) if (!Number.isFinite(value)) throw fault(`${where} leaf_value`, 'finite', value);
    checkShape(tree, where, fault);
    checkThresholds(tree, categories ? categories.boundaries.length - 1 : 0, where, fault);
  });
}

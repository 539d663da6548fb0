import { checkShape, checkThresholds } from './check-tree.js';
import { modelFault } from './model-fault.js';
import { type CategorySets, constantTree, type LinearLeaves, type Tree } from './tree.js';
import type { TreeBlock } from './tree-block.js';

/**
 * Returns the tree that one block of a model's text describes.
 *
 * Arrays are only as long as the text that lists them: a hostile leaf count cannot make this allocate.
 *
 * @param where Names the tree in errors.
 * @param features Features of the model.
 */
export function parseTree(block: TreeBlock, where: string, features: number): Tree {
  const [numLeaves] = block.integers('num_leaves', 1, 1, 131072);
  const [numCat] = block.integers('num_cat', 1, 0, 2 ** 31 - 1);
  const [isLinear] = block.has('is_linear') ? block.integers('is_linear', 1, 0, 1) : [0];
  const leafValue = block.numbers('leaf_value', numLeaves);
  const boundless = leafValue.find((value) => !Number.isFinite(value));
  if (boundless !== undefined) throw modelFault(`${where} leaf_value`, 'finite numbers', boundless);
  const leafCount = block.integers('leaf_count', numLeaves, 0, 2 ** 31 - 1, true);
  const linear = isLinear ? { linear: linearLeaves(block, numLeaves, features) } : {};
  const [shrinkage] = block.has('shrinkage') ? block.numbers('shrinkage', 1) : [1];
  if (numLeaves === 1) {
    // native writes no weight for a leaf whose tree it has itself read from text
    const leafWeight = block.isEmpty('leaf_weight') ? new Float64Array(0) : block.numbers('leaf_weight', 1);
    return { ...constantTree(leafValue[0], leafCount[0]), shrinkage, leafWeight, ...linear };
  }
  const nodes = numLeaves - 1;
  const tree: Tree = {
    numLeaves,
    splitFeature: block.integers('split_feature', nodes, 0, features - 1),
    splitGain: block.numbers('split_gain', nodes, true).map(Math.fround),
    threshold: block.numbers('threshold', nodes),
    decisionType: new Uint8Array(block.integers('decision_type', nodes, 0, 11, true)),
    leftChild: block.integers('left_child', nodes, -numLeaves, nodes - 1),
    rightChild: block.integers('right_child', nodes, -numLeaves, nodes - 1),
    leafValue,
    leafWeight: block.numbers('leaf_weight', numLeaves, true),
    leafCount,
    internalValue: block.numbers('internal_value', nodes, true),
    internalWeight: block.numbers('internal_weight', nodes, true),
    internalCount: block.integers('internal_count', nodes, 0, 2 ** 31 - 1, true),
    shrinkage,
    ...linear,
    ...(numCat > 0 && { categories: categorySets(block, numCat) }),
  };
  checkShape(tree, where);
  checkThresholds(tree, numCat, where);
  return tree;
}

function categorySets(block: TreeBlock, count: number): CategorySets {
  const boundaries = block.integers('cat_boundaries', count + 1, 0, 2 ** 31 - 1);
  if (boundaries[0] !== 0 || boundaries.some((bound, i) => i > 0 && bound < boundaries[i - 1])) {
    throw modelFault('cat_boundaries', 'ascending from 0', boundaries.subarray(0, 5).join(' '));
  }
  return { boundaries, bits: block.words('cat_threshold', boundaries[count]) };
}

function linearLeaves(block: TreeBlock, numLeaves: number, features: number): LinearLeaves {
  const constants = block.numbers('leaf_const', numLeaves);
  const begin = new Int32Array(numLeaves + 1);
  block.integers('num_features', numLeaves, 0, features).forEach((count, leaf) => {
    begin[leaf + 1] = begin[leaf] + count;
  });
  return {
    constants,
    begin,
    features: block.integers('leaf_features', begin[numLeaves], 0, features - 1),
    coefficients: block.numbers('leaf_coeff', begin[numLeaves]),
  };
}

import { MISSING_NAN, MISSING_ZERO } from '../data/bin-mapper.js';
import { ZERO_THRESHOLD } from '../numbers/floats.js';
import { CATEGORICAL, DEFAULT_LEFT, type LinearLeaves, MISSING_SHIFT } from '../text/tree.js';
import { type FlatModel, SPECIAL } from './flat-model.js';

/** Which trees to walk, and what over. */
export interface Walk {
  readonly model: FlatModel;
  /** [rows × features], row-major. */
  readonly values: Float64Array;
  readonly rows: number;
  readonly features: number;
  /** Trees begin..end-1 of the model. */
  readonly begin: number;
  readonly end: number;
}

/** Trees stay in the cache while this many rows pass through them. */
const BLOCK = 256;

/** Adds the leaf values of trees begin..end-1 to `scores` [rows × outputs]; a row's trees are added in order. */
export function addRawScores(walk: Walk, scores: Float64Array): void {
  const { model, rows, features, begin, end, values } = walk;
  const { outputs, root, leafValue, linear } = model;
  for (let block = 0; block < rows; block += BLOCK) {
    const blockEnd = Math.min(rows, block + BLOCK);
    for (let t = begin; t < end; t++) {
      const output = t % outputs;
      if (!linear) {
        addTree(walk, root[t], block, blockEnd, scores, output);
        continue;
      }
      for (let row = block; row < blockEnd; row++) {
        const leaf = leafOf(model, root[t], values, row * features);
        scores[row * outputs + output] += linearValue(linear, leaf, leafValue[leaf], values, row * features);
      }
    }
  }
}

/** Adds one tree's leaf values to the scores of rows begin..end-1: the walk of `leafOf` written out. */
export function addTree(
  { model, values, features }: Walk,
  root: number,
  begin: number,
  end: number,
  scores: Float64Array,
  output: number,
): void {
  const { outputs, feature, threshold, left, right, leafValue, isPlain } = model;
  for (let row = begin; row < end; row++) {
    const at = row * features;
    let node = root;
    while (node >= 0) {
      const value = values[at + feature[node]];
      if (isPlain && value <= threshold[node]) node = left[node];
      else if (isPlain && value > threshold[node]) node = right[node];
      else node = goesLeft(model, node, value) ? left[node] : right[node];
    }
    scores[row * outputs + output] += leafValue[~node];
  }
}

/** Returns what one tree adds to the score of one row. */
export function valueOfRow({ model, values, features }: Walk, tree: number, row: number): number {
  const { root, leafValue, linear } = model;
  const leaf = leafOf(model, root[tree], values, row * features);
  return linear ? linearValue(linear, leaf, leafValue[leaf], values, row * features) : leafValue[leaf];
}

/** The leaf's linear function at a row, or its plain value where a feature of it is missing. */
function linearValue(linear: LinearLeaves, leaf: number, plain: number, values: Float64Array, at: number): number {
  const { constants, begin, features, coefficients } = linear;
  let sum = constants[leaf];
  for (let i = begin[leaf]; i < begin[leaf + 1]; i++) {
    const value = values[at + features[i]];
    if (Number.isNaN(value)) return plain;
    sum += coefficients[i] * value;
  }
  return sum;
}

/** Writes the leaf that each row reaches in trees begin..end-1 to `leaves` [rows × (end - begin)], counted within its tree. */
export function writeLeaves({ model, values, rows, features, begin, end }: Walk, leaves: Float64Array): void {
  const trees = end - begin;
  for (let row = 0; row < rows; row++) {
    for (let t = begin; t < end; t++) {
      const leaf = leafOf(model, model.root[t], values, row * features);
      leaves[row * trees + t - begin] = leaf - model.firstLeaf[t];
    }
  }
}

/** Returns the leaf, counted over all trees, that the row whose values start at `values[at]` reaches from a root. */
export function leafOf(model: FlatModel, root: number, values: Float64Array, at: number): number {
  const { feature, threshold, decision, left, right } = model;
  let node = root;
  while (node >= 0) {
    const value = values[at + feature[node]];
    // the common case inline: a number, at a node that neither looks at categories nor takes zero for missing
    const isLeft =
      !Number.isNaN(value) && (decision[node] & SPECIAL) === 0
        ? value <= threshold[node]
        : goesLeft(model, node, value);
    node = isLeft ? left[node] : right[node];
  }
  return ~node;
}

/** Returns whether a value goes to the left child of a node. */
export function goesLeft(model: FlatModel, node: number, value: number): boolean {
  const decision = model.decision[node];
  if (decision & CATEGORICAL) return inCategories(model, node, value);
  const missing = decision >> MISSING_SHIFT;
  if (Number.isNaN(value)) {
    return missing === MISSING_NAN ? (decision & DEFAULT_LEFT) !== 0 : zeroGoesLeft(model, node, missing, decision);
  }
  if (missing === MISSING_ZERO && value >= -ZERO_THRESHOLD && value <= ZERO_THRESHOLD) {
    return (decision & DEFAULT_LEFT) !== 0;
  }
  return value <= model.threshold[node];
}

function zeroGoesLeft(model: FlatModel, node: number, missing: number, decision: number): boolean {
  return missing === MISSING_ZERO ? (decision & DEFAULT_LEFT) !== 0 : 0 <= model.threshold[node];
}

/** Categories in the node's set go left; NaN, negative and unknown ones go right. */
function inCategories(model: FlatModel, node: number, value: number): boolean {
  if (!(value > -1)) return false;
  const code = Math.trunc(value);
  const begin = model.categoryBegin[node];
  const words = model.categoryEnd[node] - begin;
  if (code >= words * 32) return false;
  return ((model.categoryBits[begin + Math.floor(code / 32)] >>> (code % 32)) & 1) === 1;
}

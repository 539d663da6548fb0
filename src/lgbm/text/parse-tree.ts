import { modelFault } from './model-fault.js';
import { CATEGORICAL, type CategorySets, constantTree, type LinearLeaves, type Tree } from './tree.js';

/**
 * Returns the tree that one block of a model's text describes.
 *
 * Arrays are only as long as the text that lists them: a hostile leaf count cannot make this allocate.
 *
 * @param lines From `Tree=` up to the empty line.
 * @param number Expected number of the tree.
 * @param features Features of the model.
 */
export function parseTree(lines: readonly string[], number: number, features: number): Tree {
  const where = `Tree=${number}`;
  if (lines[0] !== where) throw modelFault(lines[0], where, lines[0]);
  const entries = new Map<string, string>();
  for (const line of lines.slice(1)) {
    const mark = line.indexOf('=');
    if (mark < 0) throw modelFault(`${where} line`, 'key=value', line);
    entries.set(line.slice(0, mark), line.slice(mark + 1));
  }
  const block = new Block(entries, where);
  const [numLeaves] = block.integers('num_leaves', 1, 1, 131072);
  const [numCat] = block.integers('num_cat', 1, 0, 2 ** 31 - 1);
  const [isLinear] = block.has('is_linear') ? block.integers('is_linear', 1, 0, 1) : [0];
  const leafValue = block.numbers('leaf_value', numLeaves);
  const boundless = leafValue.find((value) => !Number.isFinite(value));
  if (boundless !== undefined) throw modelFault(`${where} leaf_value`, 'finite numbers', boundless);
  const leafCount = Int32Array.from(block.integers('leaf_count', numLeaves, 0, 2 ** 31 - 1, true));
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
    splitFeature: Int32Array.from(block.integers('split_feature', nodes, 0, features - 1)),
    splitGain: block.numbers('split_gain', nodes, true).map(Math.fround),
    threshold: block.numbers('threshold', nodes),
    decisionType: Uint8Array.from(block.integers('decision_type', nodes, 0, 11, true)),
    leftChild: Int32Array.from(block.integers('left_child', nodes, -numLeaves, nodes - 1)),
    rightChild: Int32Array.from(block.integers('right_child', nodes, -numLeaves, nodes - 1)),
    leafValue,
    leafWeight: block.numbers('leaf_weight', numLeaves, true),
    leafCount,
    internalValue: block.numbers('internal_value', nodes, true),
    internalWeight: block.numbers('internal_weight', nodes, true),
    internalCount: Int32Array.from(block.integers('internal_count', nodes, 0, 2 ** 31 - 1, true)),
    shrinkage,
    ...linear,
    ...(numCat > 0 && { categories: categorySets(block, numCat) }),
  };
  checkShape(tree, where);
  checkThresholds(tree, numCat, where);
  return tree;
}

/** The key=value lines of one tree. */
class Block {
  constructor(
    private readonly entries: ReadonlyMap<string, string>,
    private readonly where: string,
  ) {}

  has(key: string): boolean {
    return this.entries.has(key);
  }

  isEmpty(key: string): boolean {
    return (this.entries.get(key) ?? '').trim() === '';
  }

  /** Whole numbers in [low, high]; zeros if the key may be absent and is. */
  integers(key: string, length: number, low: number, high: number, optional = false): number[] {
    if (optional && !this.has(key)) return new Array<number>(length).fill(0);
    return this.words(key, length).map((word) => {
      const value = Number(word);
      if (!/^-?\d{1,15}$/.test(word) || value < low || value > high) {
        throw modelFault(`${this.where} ${key}`, `whole numbers ${low}..${high}`, word);
      }
      return value;
    });
  }

  /** Numbers, infinities included; zeros if the key may be absent and is. */
  numbers(key: string, length: number, optional = false): Float64Array {
    if (optional && !this.has(key)) return new Float64Array(length);
    return Float64Array.from(this.words(key, length), (word) => {
      const value = numberOf(word);
      if (value === undefined) throw modelFault(`${this.where} ${key}`, 'numbers', word);
      return value;
    });
  }

  private words(key: string, length: number): string[] {
    const text = this.entries.get(key);
    if (text === undefined) throw modelFault(`${this.where} ${key}`, 'given', undefined);
    const words = text.split(' ').filter(Boolean);
    if (words.length !== length) throw modelFault(`${this.where} ${key}`, `${length} entries`, words.length);
    return words;
  }
}

function numberOf(word: string): number | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word)) return Number(word);
  if (/^[+]?inf(inity)?$/i.test(word)) return Infinity;
  if (/^-inf(inity)?$/i.test(word)) return -Infinity;
  return undefined;
}

function categorySets(block: Block, count: number): CategorySets {
  const text = block.integers('cat_boundaries', count + 1, 0, 2 ** 31 - 1);
  if (text[0] !== 0 || text.some((bound, i) => i > 0 && bound < text[i - 1])) {
    throw modelFault('cat_boundaries', 'ascending from 0', text.slice(0, 5).join(' '));
  }
  const bits = block.integers('cat_threshold', text[count], 0, 2 ** 32 - 1);
  return { boundaries: Int32Array.from(text), bits: Uint32Array.from(bits) };
}

function linearLeaves(block: Block, numLeaves: number, features: number): LinearLeaves {
  const constants = block.numbers('leaf_const', numLeaves);
  const begin = new Int32Array(numLeaves + 1);
  block.integers('num_features', numLeaves, 0, features).forEach((count, leaf) => {
    begin[leaf + 1] = begin[leaf] + count;
  });
  return {
    constants,
    begin,
    features: Int32Array.from(block.integers('leaf_features', begin[numLeaves], 0, features - 1)),
    coefficients: block.numbers('leaf_coeff', begin[numLeaves]),
  };
}

/** Every node but the root, and every leaf, must hang from exactly one node; nothing may hang from itself. */
function checkShape({ numLeaves, leftChild, rightChild }: Tree, where: string): void {
  const nodeSeen = new Uint8Array(numLeaves - 1);
  const leafSeen = new Uint8Array(numLeaves);
  const open = [0];
  let reached = 0;
  while (open.length > 0) {
    const at = open.pop()!;
    const seen = at >= 0 ? nodeSeen : leafSeen;
    const index = at >= 0 ? at : ~at;
    if (seen[index]) throw modelFault(`${where} left_child and right_child`, 'a tree', `${at} twice`);
    seen[index] = 1;
    reached++;
    if (at >= 0) open.push(leftChild[at], rightChild[at]);
  }
  if (reached !== 2 * numLeaves - 1)
    throw modelFault(`${where} left_child and right_child`, 'one tree', `${reached} reached`);
}

function checkThresholds({ threshold, decisionType }: Tree, numCat: number, where: string): void {
  for (let node = 0; node < threshold.length; node++) {
    if (!(decisionType[node] & CATEGORICAL)) continue;
    const set = threshold[node];
    if (!Number.isInteger(set) || set < 0 || set >= numCat) {
      throw modelFault(`${where} threshold`, `a category set 0..${numCat - 1}`, set);
    }
  }
}

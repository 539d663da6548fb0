import { invalid } from '../../errors.js';
import { type Booster, createBooster } from '../predict/booster.js';
import { type FlatModel, SPECIAL } from '../predict/flat-model.js';
import { checkModel } from '../text/check-model.js';
import type { Model } from '../text/model.js';
import { CATEGORICAL, type Tree } from '../text/tree.js';
import {
  type CompactCounts,
  type CompactParts,
  checksum,
  compactBytes,
  HEADER,
  MAGIC,
  TREE,
  TREE_WORDS,
  VERSION,
  viewParts,
} from './compact-layout.js';
import { checkTrees, cutTrees } from './cut-trees.js';
import type { CompactText } from './encode-model.js';

/**
 * Returns the booster that {@link encodeModel} made these bytes of: what `parseModel` returns for the text.
 *
 * The bytes are copied, and may begin anywhere in their buffer. Nothing in them is trusted: the length has to be what the counts say
 * before anything is laid over them, the checksum has to be right, and every child, feature and category is looked at.
 *
 * @throws ForecastError INVALID_MODEL for bytes that are damaged, of another version or no model: load the text instead.
 */
export function decodeModel(bytes: Uint8Array): Booster {
  const { parts, counts } = readParts(bytes);
  const { header } = parts;
  const { featureNames, featureInfos, ...text } = readText(parts.text);
  const shared = {
    ...text,
    numClass: header[HEADER.numClass],
    outputs: header[HEADER.outputs],
    labelIndex: header[HEADER.labelIndex],
    isRead: true,
    averageOutput: header[HEADER.averageOutput] === 1,
    featureNames: perFeature('feature_names', featureNames, header[HEADER.features]),
    featureInfos: perFeature('feature_infos', featureInfos, header[HEADER.features]),
  };
  checkModel(shared, counts.trees, fault);
  const flat = readFlat(parts, counts, shared.outputs, shared.featureNames.length);
  if (!flat) {
    const trees = cutTrees(parts, fault);
    checkTrees(trees, shared.featureNames.length, fault);
    return createBooster({ ...shared, trees });
  }
  // trees as objects are needed to write and to explain, seldom to predict
  let trees: readonly Tree[] | undefined;
  const model: Model = {
    ...shared,
    get trees() {
      trees ??= cutTrees(parts, fault);
      return trees;
    },
  };
  return createBooster(model, undefined, flat);
}

/** Returns the error for bytes whose `field` is not as expected. */
function fault(field: string, expected: string, actual: unknown): Error {
  return invalid('INVALID_MODEL', 'decodeModel', field, expected, actual);
}

function readParts(bytes: Uint8Array): { parts: CompactParts; counts: CompactCounts } {
  if (!(bytes instanceof Uint8Array)) throw fault('bytes', 'a Uint8Array', typeof bytes);
  const { length } = bytes;
  if (length < 64 || length % 8 !== 0) throw fault('bytes', 'a multiple of 8, 64 or more', length);
  const buffer = new ArrayBuffer(length);
  new Uint8Array(buffer).set(bytes);
  const words = new Int32Array(buffer);
  if (words[HEADER.magic] !== MAGIC) throw fault('first bytes', 'LGBM', words[HEADER.magic]);
  if (words[HEADER.version] !== VERSION) throw fault('version', String(VERSION), words[HEADER.version]);
  const counts: CompactCounts = {
    trees: words[HEADER.trees],
    leaves: words[HEADER.leaves],
    weights: words[HEADER.weights],
    boundaries: words[HEADER.boundaries],
    words: words[HEADER.words],
    linearLeaves: words[HEADER.linearLeaves],
    coefficients: words[HEADER.coefficients],
    text: words[HEADER.text],
  };
  for (const [name, count] of Object.entries(counts)) if (count < 0) throw fault(name, '>= 0', count);
  if (counts.leaves < counts.trees) throw fault('leaves', `>= ${counts.trees} trees`, counts.leaves);
  if (compactBytes(counts) !== length) throw fault('length', `${compactBytes(counts)} bytes`, length);
  if (checksum(words) !== words[HEADER.checksum]) throw fault('checksum', 'that of the bytes', 'another');
  return { parts: viewParts(buffer, counts), counts };
}

const OPTIONAL_TEXTS = ['monotoneConstraints', 'parameters', 'pandasCategorical'] as const;

function readText(bytes: Uint8Array): CompactText {
  let read: Partial<Record<keyof CompactText, unknown>>;
  try {
    read = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid('INVALID_MODEL', 'decodeModel', 'text', 'JSON in UTF-8', 'other bytes', cause);
  }
  const text = (name: keyof CompactText): string => {
    const value = read?.[name];
    if (typeof value !== 'string') throw fault(name, 'a string', value);
    return value;
  };
  const texts = {
    objective: text('objective'),
    featureNames: text('featureNames'),
    featureInfos: text('featureInfos'),
  };
  const given = OPTIONAL_TEXTS.filter((name) => read[name] !== undefined);
  return { ...texts, ...Object.fromEntries(given.map((name) => [name, text(name)])) };
}

function perFeature(field: string, text: string, features: number): string[] {
  const words = text.split(' ');
  if (words.length !== features || words.includes('')) throw fault(field, `${features} entries`, words.length);
  return words;
}

/** Returns the trees as prediction walks them, after checking every number; undefined where only trees one by one can be checked. */
function readFlat(
  parts: CompactParts,
  counts: CompactCounts,
  outputs: number,
  features: number,
): FlatModel | undefined {
  if (counts.boundaries > 0 || counts.words > 0 || counts.linearLeaves > 0 || counts.coefficients > 0) return undefined;
  const { trees, leaves } = counts;
  const { left, right, splitFeature, threshold, decisionType, leafValue } = parts;
  const root = new Int32Array(trees);
  const firstLeaf = new Int32Array(trees);
  const seen = new Uint8Array(leaves - trees + leaves);
  let kinds = 0;
  let node = 0;
  let leaf = 0;
  let weights = 0;
  let isAscending = true;
  for (let t = 0; t < trees; t++) {
    const size = parts.trees[t * TREE_WORDS + TREE.leaves];
    if (size < 1 || leaf + size > leaves) throw fault('num_leaves', `1..${leaves - leaf}`, size);
    weights += treeWeights(parts.trees[t * TREE_WORDS + TREE.weights], size);
    root[t] = size > 1 ? node : ~leaf;
    firstLeaf[t] = leaf;
    const nodeEnd = node + size - 1;
    const leafEnd = leaf + size;
    const first = node;
    for (; node < nodeEnd; node++) {
      const a = left[node];
      const b = right[node];
      if (a >= 0 ? a < first || a >= nodeEnd : ~a < leaf || ~a >= leafEnd) throw fault('left_child', 'in its tree', a);
      if (b >= 0 ? b < first || b >= nodeEnd : ~b < leaf || ~b >= leafEnd) throw fault('right_child', 'in its tree', b);
      // a leaf's mark comes after those of all nodes; a child after its parent cannot be above it
      if ((a >= 0 && a <= node) || (b >= 0 && b <= node)) isAscending = false;
      seen[a >= 0 ? a : leaves - trees + ~a]++;
      seen[b >= 0 ? b : leaves - trees + ~b]++;
      const feature = splitFeature[node];
      if (feature < 0 || feature >= features) throw fault('split_feature', `0..${features - 1}`, feature);
      if (Number.isNaN(threshold[node])) throw fault('threshold', 'a number', threshold[node]);
      if (decisionType[node] > 11) throw fault('decision_type', '0..11', decisionType[node]);
      kinds |= decisionType[node];
    }
    leaf = leafEnd;
  }
  if (leaf !== leaves) throw fault('num_leaves', `${leaves} in all`, leaf);
  if (weights !== counts.weights) throw fault('leaf_weight', `${counts.weights} in all`, weights);
  for (let i = 0; i < leaves; i++)
    if (!Number.isFinite(leafValue[i])) throw fault('leaf_value', 'finite', leafValue[i]);
  if (kinds & CATEGORICAL) throw fault('decision_type', 'without categories', kinds);
  if (!isAscending) return undefined;
  for (let i = 0; i < seen.length; i++)
    if (seen[i] > 1) throw fault('left_child and right_child', 'a tree', 'a child twice');
  return {
    outputs,
    root,
    feature: splitFeature,
    threshold,
    decision: decisionType,
    left,
    right,
    leafValue,
    isPlain: (kinds & SPECIAL) === 0,
    firstLeaf,
    categoryBegin: new Int32Array(0),
    categoryEnd: new Int32Array(0),
    categoryBits: new Uint32Array(0),
  };
}

/** A tree has one weight for each leaf; one of a single leaf may have none. */
function treeWeights(weights: number, leaves: number): number {
  if (weights !== leaves && !(weights === 0 && leaves === 1)) throw fault('leaf_weight', `${leaves} entries`, weights);
  return weights;
}

import { invalid } from '../../errors.js';
import { type Booster, createPredictingBooster } from '../predict/booster.js';
import { type FlatModel, flatten, SPECIAL } from '../predict/flat-model.js';
import { checkModel } from '../text/check-model.js';
import type { Model } from '../text/model.js';
import { CATEGORICAL } from '../text/tree.js';
import {
  type CompactCounts,
  type CompactPlaces,
  checksum,
  HEADER,
  HEADER_WORDS,
  isSpecial,
  MAGIC,
  placesOf,
  VERSION,
  viewParts,
  viewWalked,
  type WalkedParts,
  type Width,
} from './compact-layout.js';
import { checkTrees, cutTrees } from './cut-trees.js';
import type { CompactHead } from './encode-model.js';

/**
 * Returns the booster that {@link encodeModel} made these bytes of: one that predicts as that of the text does, to the last bit, in every
 * kind of prediction. What else a text holds it does not know: `toText`, `dumpModel` and `featureImportance` throw UNSUPPORTED_MODEL, as do
 * `train` and `refit` when asked to go on from it.
 *
 * The bytes are copied, and may begin anywhere in their buffer. Nothing in them is trusted: the length has to be what the counts say
 * before anything is laid over them, the checksum has to be right, and every child, feature and category is looked at.
 *
 * @throws ForecastError INVALID_MODEL for bytes that are damaged, of another version or no model: load the text instead.
 */
export function decodeModel(bytes: Uint8Array): Booster {
  return decodeOwned(bytes instanceof Uint8Array ? new Uint8Array(bytes) : bytes);
}

/**
 * Returns what {@link decodeModel} does, over the bytes themselves where they begin their buffer: they must not change any more.
 *
 * @throws ForecastError INVALID_MODEL as {@link decodeModel}
 */
export function decodeOwned(bytes: Uint8Array): Booster {
  const form = readBuffer(bytes);
  const { buffer, words, counts, places } = form;
  const { objective, featureNames, pandasCategorical } = headOf(form);
  const outputs = words[HEADER.outputs];
  const averageOutput = words[HEADER.averageOutput] === 1;
  // no spread: with it this would take a fifth of the whole
  const head = { objective, featureNames, pandasCategorical, outputs, averageOutput };
  checkModel({ outputs, numClass: words[HEADER.numClass], objective }, counts.trees, fault);
  const cut = once(() => cutTrees(viewParts(buffer, counts, places), fault));
  let flat = readFlat(viewWalked(buffer, counts, places), counts, outputs, featureNames.length);
  if (!flat) {
    checkTrees(cut(), featureNames.length, fault);
    flat = flatten({ trees: cut(), outputs });
  }
  return createPredictingBooster(head, flat, cut);
}

/** Returns what makes the value when it is first asked for. */
function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Returns the error for bytes whose `field` is not as expected. */
function fault(field: string, expected: string, actual: unknown): Error {
  return invalid('INVALID_MODEL', 'decodeModel', field, expected, actual);
}

interface CompactBuffer {
  readonly buffer: ArrayBuffer;
  /** All of the buffer; the header first. */
  readonly words: Int32Array;
  readonly counts: CompactCounts;
  readonly places: CompactPlaces;
}

/** Fewest bytes of a form: its header. */
const LEAST_BYTES = 4 * HEADER_WORDS;

function readBuffer(bytes: Uint8Array): CompactBuffer {
  if (!(bytes instanceof Uint8Array)) throw fault('bytes', 'a Uint8Array', typeof bytes);
  const { length } = bytes;
  if (length < LEAST_BYTES || length % 8 !== 0) {
    throw fault('bytes', `a multiple of 8, ${LEAST_BYTES} or more`, length);
  }
  const lies = bytes.byteOffset === 0 && bytes.buffer instanceof ArrayBuffer;
  const buffer = lies ? (bytes.buffer as ArrayBuffer) : new Uint8Array(bytes).buffer;
  const words = new Int32Array(buffer, 0, length / 4);
  if (words[HEADER.magic] !== MAGIC) throw fault('first bytes', 'LGBM', words[HEADER.magic]);
  if (words[HEADER.version] !== VERSION) throw fault('version', String(VERSION), words[HEADER.version]);
  const counts: CompactCounts = {
    trees: words[HEADER.trees],
    leaves: words[HEADER.leaves],
    boundaries: words[HEADER.boundaries],
    words: words[HEADER.words],
    linearLeaves: words[HEADER.linearLeaves],
    coefficients: words[HEADER.coefficients],
    head: words[HEADER.head],
    featureBytes: widthOf('feature_bytes', words[HEADER.featureBytes]),
    childBytes: widthOf('child_bytes', words[HEADER.childBytes]),
    countBytes: widthOf('count_bytes', words[HEADER.countBytes]),
  };
  for (const name in counts) {
    const count = counts[name as keyof CompactCounts];
    if (count < 0) throw fault(name, '>= 0', count);
  }
  if (counts.leaves < counts.trees) throw fault('leaves', `>= ${counts.trees} trees`, counts.leaves);
  const places = placesOf(counts);
  if (places.end !== length) throw fault('length', `${places.end} bytes`, length);
  if (checksum(words) !== words[HEADER.checksum]) throw fault('checksum', 'that of the bytes', 'another');
  return { buffer, words, counts, places };
}

function widthOf(field: string, bytes: number): Width {
  if (bytes !== 1 && bytes !== 2 && bytes !== 4) throw fault(field, '1, 2 or 4', bytes);
  return bytes;
}

type Head = Pick<Model, 'objective' | 'featureNames' | 'pandasCategorical'>;

/** The heads that were read last, as they stand in the form: those of one member's models are the same, but for the objective. */
const heads: { readonly words: Int32Array; readonly bytes: number; readonly features: number; readonly head: Head }[] =
  [];
const MOST_HEADS = 4;

function headOf({ buffer, words, counts: { head: bytes }, places }: CompactBuffer): Head {
  const features = words[HEADER.features];
  // filled up with zeros to whole words
  const begin = places.head / 4;
  const end = begin + Math.ceil(bytes / 4);
  for (const known of heads) {
    if (known.bytes === bytes && known.features === features && isSame(known.words, words, begin)) return known.head;
  }
  const head = readHead(new Uint8Array(buffer, places.head, bytes), features);
  if (heads.length === MOST_HEADS) heads.shift();
  heads.push({ words: words.slice(begin, end), bytes, features, head });
  return head;
}

/** Returns whether `words` hold all of `part`, from `begin` on. */
function isSame(part: Int32Array, words: Int32Array, begin: number): boolean {
  for (let i = 0; i < part.length; i++) if (part[i] !== words[begin + i]) return false;
  return true;
}

function readHead(bytes: Uint8Array, features: number): Head {
  const text = textsOf(bytes);
  return {
    objective: text('objective'),
    featureNames: perFeature('feature_names', text('featureNames'), features),
    pandasCategorical: text('pandasCategorical', true),
  };
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Returns what reads texts by name out of JSON; one that may be absent is undefined then. */
function textsOf(bytes: Uint8Array) {
  let read: Partial<Record<string, unknown>> | undefined;
  try {
    read = JSON.parse(UTF8.decode(bytes));
  } catch (cause) {
    throw invalid('INVALID_MODEL', 'decodeModel', 'text', 'JSON in UTF-8', 'other bytes', cause);
  }
  function text(name: keyof CompactHead): string;
  function text(name: keyof CompactHead, mayLack: true): string | undefined;
  function text(name: keyof CompactHead, mayLack = false): string | undefined {
    const value = read?.[name];
    if (typeof value === 'string' || (mayLack && value === undefined)) return value;
    throw fault(name, 'a string', value);
  }
  return text;
}

/** What was cut apart last: the models of one member have the same names. */
let last: { readonly text: string; readonly words: readonly string[] } = { text: '', words: [''] };

function perFeature(field: string, text: string, features: number): readonly string[] {
  if (text !== last.text) last = { text, words: Object.freeze(text.split(' ')) };
  const { words } = last;
  if (words.length !== features || words.includes('')) throw fault(field, `${features} entries`, words.length);
  return words;
}

/** Returns the trees as prediction walks them, after checking every number; undefined where only trees one by one can be checked. */
function readFlat(parts: WalkedParts, counts: CompactCounts, outputs: number, features: number): FlatModel | undefined {
  if (isSpecial(counts)) return undefined;
  const { trees, leaves } = counts;
  const nodes = leaves - trees;
  const { treeLeaves, threshold, decisionType, leafValue } = parts;
  // one allocation for all
  const wide = new Int32Array(3 * nodes + 2 * trees);
  const left = wide.subarray(0, nodes);
  const right = wide.subarray(nodes, 2 * nodes);
  const feature = wide.subarray(2 * nodes, 3 * nodes);
  const root = wide.subarray(3 * nodes, 3 * nodes + trees);
  const firstLeaf = wide.subarray(3 * nodes + trees);
  left.set(parts.left);
  right.set(parts.right);
  feature.set(parts.splitFeature);
  /** How often each child of the tree at hand was met, its nodes first: so few as seldom need memory of their own. */
  let seen = new Uint8Array(64);
  /** Not 0 once a child was met again. */
  let met = 0;
  let kinds = 0;
  let node = 0;
  let leaf = 0;
  let isAscending = true;
  for (let t = 0; t < trees; t++) {
    const size = treeLeaves[t];
    if (size < 1 || leaf + size > leaves) throw fault('num_leaves', `1..${leaves - leaf}`, size);
    root[t] = size > 1 ? node : ~leaf;
    firstLeaf[t] = leaf;
    const first = node;
    const nodeEnd = node + size - 1;
    if (2 * size > seen.length) seen = new Uint8Array(2 * size);
    else seen.fill(0, 0, 2 * size);
    for (let own = 0; node < nodeEnd; node++, own++) {
      const a = left[node];
      const b = right[node];
      if (a >= 0 ? a >= size - 1 : ~a >= size) throw fault('left_child', 'in its tree', a);
      if (b >= 0 ? b >= size - 1 : ~b >= size) throw fault('right_child', 'in its tree', b);
      // a child after its parent cannot be above it
      if ((a >= 0 && a <= own) || (b >= 0 && b <= own)) isAscending = false;
      met |= seen[a >= 0 ? a : size - 1 + ~a]++ | seen[b >= 0 ? b : size - 1 + ~b]++;
      // counted over all trees: ~(~a + leaf) is a - leaf
      left[node] = a >= 0 ? a + first : a - leaf;
      right[node] = b >= 0 ? b + first : b - leaf;
      if (feature[node] < 0 || feature[node] >= features) {
        throw fault('split_feature', `0..${features - 1}`, feature[node]);
      }
      const bound = threshold[node];
      if (Number.isNaN(bound)) throw fault('threshold', 'a number', bound);
      const kind = decisionType[node];
      if (kind > 11) throw fault('decision_type', '0..11', kind);
      kinds |= kind;
    }
    leaf += size;
  }
  if (leaf !== leaves) throw fault('num_leaves', `${leaves} in all`, leaf);
  for (let i = 0; i < leaves; i++) {
    const value = leafValue[i];
    // 0 for finite numbers only
    if (value - value !== 0) throw fault('leaf_value', 'finite', value);
  }
  if (kinds & CATEGORICAL) throw fault('decision_type', 'without categories', kinds);
  if (!isAscending) return undefined;
  if (met !== 0) throw fault('left_child and right_child', 'a tree', 'a child twice');
  return {
    outputs,
    root,
    feature,
    threshold,
    decision: decisionType,
    left,
    right,
    leafValue,
    isPlain: (kinds & SPECIAL) === 0,
    firstLeaf,
    categoryBegin: NONE,
    categoryEnd: NONE,
    categoryBits: NO_BITS,
  };
}

const NONE = new Int32Array(0);
const NO_BITS = new Uint32Array(0);

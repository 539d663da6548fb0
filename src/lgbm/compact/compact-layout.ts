/** How many of what a model in compact form holds. */
export interface CompactCounts {
  readonly trees: number;
  /** Leaves of all trees; a tree has one node less. */
  readonly leaves: number;
  /** Leaf weights of all trees: a tree of one leaf may lack its own. */
  readonly weights: number;
  /** Bounds of category sets, and words of their bits, over all trees. */
  readonly boundaries: number;
  readonly words: number;
  /** Leaves of linear trees, and their coefficients. */
  readonly linearLeaves: number;
  readonly coefficients: number;
  /** Bytes of the text part. */
  readonly text: number;
}

/**
 * A model's numbers, each kind end to end for all trees, over one buffer. Nodes and leaves of a tree follow those of the tree before;
 * children are numbered over all trees, as in `FlatModel`.
 */
export interface CompactParts {
  readonly header: Int32Array;
  readonly threshold: Float64Array;
  readonly leafValue: Float64Array;
  readonly leafWeight: Float64Array;
  readonly internalValue: Float64Array;
  readonly internalWeight: Float64Array;
  readonly shrinkage: Float64Array;
  readonly constants: Float64Array;
  readonly coefficients: Float64Array;
  readonly splitGain: Float32Array;
  /** [trees × TREE_WORDS] see {@link TREE}. */
  readonly trees: Int32Array;
  readonly splitFeature: Int32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly leafCount: Int32Array;
  readonly internalCount: Int32Array;
  readonly boundaries: Int32Array;
  /** [linear leaves] how many coefficients each has. */
  readonly coefficientCount: Int32Array;
  readonly coefficientFeature: Int32Array;
  readonly bits: Uint32Array;
  readonly decisionType: Uint8Array;
  /** JSON in UTF-8, see `CompactText`. */
  readonly text: Uint8Array;
}

/** First word of the form: `LGBM` in bytes, where the lowest comes first. */
export const MAGIC = 0x4d42474c;

/** Changes with every change of what follows; another version is refused, and its text read instead. */
export const VERSION = 1;

/** Words of the header. */
export const HEADER = {
  magic: 0,
  version: 1,
  checksum: 2,
  outputs: 3,
  numClass: 4,
  labelIndex: 5,
  features: 6,
  averageOutput: 7,
  trees: 8,
  leaves: 9,
  weights: 10,
  boundaries: 11,
  words: 12,
  linearLeaves: 13,
  coefficients: 14,
  text: 15,
} as const;
const HEADER_WORDS = 16;

/** Words of one tree's record. */
export const TREE = { leaves: 0, weights: 1, boundaries: 2, words: 3, isLinear: 4 } as const;
export const TREE_WORDS = 5;

/** Every part begins at a multiple of this. */
const ALIGNMENT = 8;

/** Returns how long the form of so much is; the same places that {@link viewParts} takes. */
export function compactBytes(counts: CompactCounts): number {
  return place(counts).end;
}

/** Returns the parts of a buffer of that length. */
export function viewParts(buffer: ArrayBuffer, counts: CompactCounts): CompactParts {
  const { at } = place(counts);
  const { trees, leaves, weights, boundaries, words, linearLeaves, coefficients, text } = counts;
  const nodes = leaves - trees;
  return {
    header: new Int32Array(buffer, 0, HEADER_WORDS),
    threshold: new Float64Array(buffer, at[0], nodes),
    leafValue: new Float64Array(buffer, at[1], leaves),
    leafWeight: new Float64Array(buffer, at[2], weights),
    internalValue: new Float64Array(buffer, at[3], nodes),
    internalWeight: new Float64Array(buffer, at[4], nodes),
    shrinkage: new Float64Array(buffer, at[5], trees),
    constants: new Float64Array(buffer, at[6], linearLeaves),
    coefficients: new Float64Array(buffer, at[7], coefficients),
    splitGain: new Float32Array(buffer, at[8], nodes),
    trees: new Int32Array(buffer, at[9], trees * TREE_WORDS),
    splitFeature: new Int32Array(buffer, at[10], nodes),
    left: new Int32Array(buffer, at[11], nodes),
    right: new Int32Array(buffer, at[12], nodes),
    leafCount: new Int32Array(buffer, at[13], leaves),
    internalCount: new Int32Array(buffer, at[14], nodes),
    boundaries: new Int32Array(buffer, at[15], boundaries),
    coefficientCount: new Int32Array(buffer, at[16], linearLeaves),
    coefficientFeature: new Int32Array(buffer, at[17], coefficients),
    bits: new Uint32Array(buffer, at[18], words),
    decisionType: new Uint8Array(buffer, at[19], nodes),
    text: new Uint8Array(buffer, at[20], text),
  };
}

function place(counts: CompactCounts): { at: number[]; end: number } {
  const { trees, leaves, weights, boundaries, words, linearLeaves, coefficients, text } = counts;
  const nodes = leaves - trees;
  const doubles = [nodes, leaves, weights, nodes, nodes, trees, linearLeaves, coefficients];
  const singles = [nodes, trees * TREE_WORDS, nodes, nodes, nodes, leaves, nodes];
  const others = [boundaries, linearLeaves, coefficients, words];
  let end = 4 * HEADER_WORDS;
  const at: number[] = [];
  const put = (bytes: number) => {
    at.push(end);
    end += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
  };
  for (const length of doubles) put(8 * length);
  for (const length of singles) put(4 * length);
  for (const length of others) put(4 * length);
  put(nodes);
  put(text);
  return { at, end };
}

const PRIME = 0x01000193;

/**
 * Returns a checksum of the words after the checksum's own: four interleaved FNV-1a hashes over words instead of bytes. Any change of
 * one word changes it.
 *
 * @see Fowler, Noll, Vo: the FNV non-cryptographic hash algorithm
 */
export function checksum(words: Int32Array): number {
  let a = 1;
  let b = 2;
  let c = 3;
  let d = words[0] ^ words[1];
  let at = HEADER.checksum + 1;
  for (const last = words.length - 3; at < last; at += 4) {
    a = Math.imul(a ^ words[at], PRIME);
    b = Math.imul(b ^ words[at + 1], PRIME);
    c = Math.imul(c ^ words[at + 2], PRIME);
    d = Math.imul(d ^ words[at + 3], PRIME);
  }
  for (; at < words.length; at++) a = Math.imul(a ^ words[at], PRIME);
  return Math.imul(Math.imul(Math.imul(a ^ b, PRIME) ^ c, PRIME) ^ d, PRIME);
}

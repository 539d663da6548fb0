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
  /** Bytes of the two parts of text. */
  readonly head: number;
  readonly rest: number;
}

/** The parts that a prediction needs. */
export interface PredictingParts {
  readonly threshold: Float64Array;
  readonly leafValue: Float64Array;
  /** [trees × TREE_WORDS] see {@link TREE}. */
  readonly trees: Int32Array;
  readonly splitFeature: Int32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly decisionType: Uint8Array;
}

/**
 * A model's numbers, each kind end to end for all trees, over one buffer. Nodes and leaves of a tree follow those of the tree before;
 * children are numbered over all trees, as in `FlatModel`.
 */
export interface CompactParts extends PredictingParts {
  readonly header: Int32Array;
  readonly leafWeight: Float64Array;
  readonly internalValue: Float64Array;
  readonly internalWeight: Float64Array;
  readonly shrinkage: Float64Array;
  readonly constants: Float64Array;
  readonly coefficients: Float64Array;
  readonly splitGain: Float32Array;
  readonly leafCount: Int32Array;
  readonly internalCount: Int32Array;
  readonly boundaries: Int32Array;
  /** [linear leaves] how many coefficients each has. */
  readonly coefficientCount: Int32Array;
  readonly coefficientFeature: Int32Array;
  readonly bits: Uint32Array;
  /** JSON in UTF-8, see `CompactHead`. */
  readonly head: Uint8Array;
  /** JSON in UTF-8, see `CompactRest`. */
  readonly rest: Uint8Array;
}

/** First word of the form: `LGBM` in bytes, where the lowest comes first. */
export const MAGIC = 0x4d42474c;

/** Changes with every change of what follows; another version is refused, and its text read instead. */
export const VERSION = 2;

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
  head: 15,
  rest: 16,
} as const;
/** Even, so that what follows begins at a multiple of 8 bytes. */
const HEADER_WORDS = 18;

/** Words of one tree's record. */
export const TREE = { leaves: 0, weights: 1, boundaries: 2, words: 3, isLinear: 4 } as const;
export const TREE_WORDS = 5;

/** Every part begins at a multiple of this. */
const ALIGNMENT = 8;

/** Where the parts begin, in bytes, and where the last one ends. */
export type CompactPlaces = Readonly<Record<keyof Omit<CompactParts, 'header'> | 'end', number>>;

/** Returns where the parts of so much begin. */
export function placesOf(counts: CompactCounts): CompactPlaces {
  const { trees, leaves, weights, boundaries, words, linearLeaves, coefficients } = counts;
  const nodes = leaves - trees;
  let end = 4 * HEADER_WORDS;
  const after = (bytes: number) => {
    const begin = end;
    end += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return begin;
  };
  return {
    threshold: after(8 * nodes),
    leafValue: after(8 * leaves),
    leafWeight: after(8 * weights),
    internalValue: after(8 * nodes),
    internalWeight: after(8 * nodes),
    shrinkage: after(8 * trees),
    constants: after(8 * linearLeaves),
    coefficients: after(8 * coefficients),
    splitGain: after(4 * nodes),
    trees: after(4 * trees * TREE_WORDS),
    splitFeature: after(4 * nodes),
    left: after(4 * nodes),
    right: after(4 * nodes),
    leafCount: after(4 * leaves),
    internalCount: after(4 * nodes),
    boundaries: after(4 * boundaries),
    coefficientCount: after(4 * linearLeaves),
    coefficientFeature: after(4 * coefficients),
    bits: after(4 * words),
    decisionType: after(nodes),
    head: after(counts.head),
    rest: after(counts.rest),
    end,
  };
}

/** Returns the parts that a prediction needs of a buffer of that length. */
export function viewPredicting(buffer: ArrayBuffer, counts: CompactCounts, at: CompactPlaces): PredictingParts {
  const { trees, leaves } = counts;
  const nodes = leaves - trees;
  return {
    threshold: new Float64Array(buffer, at.threshold, nodes),
    leafValue: new Float64Array(buffer, at.leafValue, leaves),
    trees: new Int32Array(buffer, at.trees, trees * TREE_WORDS),
    splitFeature: new Int32Array(buffer, at.splitFeature, nodes),
    left: new Int32Array(buffer, at.left, nodes),
    right: new Int32Array(buffer, at.right, nodes),
    decisionType: new Uint8Array(buffer, at.decisionType, nodes),
  };
}

/** Returns all parts of a buffer of that length. */
export function viewParts(buffer: ArrayBuffer, counts: CompactCounts, at: CompactPlaces): CompactParts {
  const { trees, leaves, weights, boundaries, words, linearLeaves, coefficients } = counts;
  const nodes = leaves - trees;
  return {
    ...viewPredicting(buffer, counts, at),
    header: new Int32Array(buffer, 0, HEADER_WORDS),
    leafWeight: new Float64Array(buffer, at.leafWeight, weights),
    internalValue: new Float64Array(buffer, at.internalValue, nodes),
    internalWeight: new Float64Array(buffer, at.internalWeight, nodes),
    shrinkage: new Float64Array(buffer, at.shrinkage, trees),
    constants: new Float64Array(buffer, at.constants, linearLeaves),
    coefficients: new Float64Array(buffer, at.coefficients, coefficients),
    splitGain: new Float32Array(buffer, at.splitGain, nodes),
    leafCount: new Int32Array(buffer, at.leafCount, leaves),
    internalCount: new Int32Array(buffer, at.internalCount, nodes),
    boundaries: new Int32Array(buffer, at.boundaries, boundaries),
    coefficientCount: new Int32Array(buffer, at.coefficientCount, linearLeaves),
    coefficientFeature: new Int32Array(buffer, at.coefficientFeature, coefficients),
    bits: new Uint32Array(buffer, at.bits, words),
    head: new Uint8Array(buffer, at.head, counts.head),
    rest: new Uint8Array(buffer, at.rest, counts.rest),
  };
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

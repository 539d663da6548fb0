/** How many of what a model in compact form holds, and how wide some of it is. */
export interface CompactCounts {
  readonly trees: number;
  /** Leaves of all trees; a tree has one node less. */
  readonly leaves: number;
  /** Bounds of category sets, and words of their bits, over all trees. */
  readonly boundaries: number;
  readonly words: number;
  /** Leaves of linear trees, and their coefficients. */
  readonly linearLeaves: number;
  readonly coefficients: number;
  /** Bytes of the text. */
  readonly head: number;
  /** Bytes of the number of a feature, of a child, and of a count of rows: the fewest of 1, 2 and 4 that hold all of them. */
  readonly featureBytes: Width;
  readonly childBytes: Width;
  readonly countBytes: Width;
}

export type Width = 1 | 2 | 4;

/** Numbers >= 0 in the fewest bytes. */
export type Unsigned = Uint8Array | Uint16Array | Int32Array;
/** Numbers of either sign in the fewest bytes. */
export type Signed = Int8Array | Int16Array | Int32Array;

/** The parts that a walk down plain trees needs. */
export interface WalkedParts {
  /** [nodes] */
  readonly threshold: Float64Array;
  /** [leaves] */
  readonly leafValue: Float64Array;
  /** [trees] how many leaves each has. */
  readonly treeLeaves: Int32Array;
  /** [nodes] */
  readonly left: Signed;
  readonly right: Signed;
  readonly splitFeature: Unsigned;
  readonly decisionType: Uint8Array;
}

/**
 * What predictions need of a model's numbers, each kind end to end for all trees, over one buffer. Nodes and leaves of a tree follow those
 * of the tree before; children are numbered within their tree, as in `Tree`.
 */
export interface CompactParts extends WalkedParts {
  readonly header: Int32Array;
  readonly constants: Float64Array;
  readonly coefficients: Float64Array;
  /** [trees] bounds and words of each tree's category sets, and whether its leaves are linear; empty where no tree has any of them. */
  readonly treeBoundaries: Int32Array;
  readonly treeWords: Int32Array;
  readonly treeIsLinear: Int32Array;
  readonly boundaries: Int32Array;
  /** [linear leaves] how many coefficients each has. */
  readonly coefficientCount: Int32Array;
  readonly coefficientFeature: Int32Array;
  readonly bits: Uint32Array;
  /** [leaves], [nodes] training rows, by which contributions are weighed. */
  readonly leafCount: Unsigned;
  readonly internalCount: Unsigned;
  /** JSON in UTF-8, see `CompactHead`. */
  readonly head: Uint8Array;
}

/** First word of the form: `LGBM` in bytes, where the lowest comes first. */
export const MAGIC = 0x4d42474c;

/** Changes with every change of what follows; another version is refused, and its text read instead. */
export const VERSION = 3;

/** Words of the header. */
export const HEADER = {
  magic: 0,
  version: 1,
  checksum: 2,
  outputs: 3,
  numClass: 4,
  features: 5,
  averageOutput: 6,
  trees: 7,
  leaves: 8,
  boundaries: 9,
  words: 10,
  linearLeaves: 11,
  coefficients: 12,
  head: 13,
  featureBytes: 14,
  childBytes: 15,
  countBytes: 16,
} as const;
/** Even, so that what follows begins at a multiple of 8 bytes. */
export const HEADER_WORDS = 18;

/** Every part begins at a multiple of this. */
const ALIGNMENT = 8;

/** Where the parts begin, in bytes, and where the last one ends. */
export type CompactPlaces = Readonly<Record<keyof Omit<CompactParts, 'header'> | 'end', number>>;

/** Returns where the parts of so much begin. */
export function placesOf(counts: CompactCounts): CompactPlaces {
  const { trees, leaves, boundaries, words, linearLeaves, coefficients } = counts;
  const nodes = leaves - trees;
  const special = specialTrees(counts);
  let end = 4 * HEADER_WORDS;
  const after = (bytes: number) => {
    const begin = end;
    end += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return begin;
  };
  return {
    threshold: after(8 * nodes),
    leafValue: after(8 * leaves),
    constants: after(8 * linearLeaves),
    coefficients: after(8 * coefficients),
    treeLeaves: after(4 * trees),
    treeBoundaries: after(4 * special),
    treeWords: after(4 * special),
    treeIsLinear: after(4 * special),
    boundaries: after(4 * boundaries),
    coefficientCount: after(4 * linearLeaves),
    coefficientFeature: after(4 * coefficients),
    bits: after(4 * words),
    left: after(counts.childBytes * nodes),
    right: after(counts.childBytes * nodes),
    splitFeature: after(counts.featureBytes * nodes),
    leafCount: after(counts.countBytes * leaves),
    internalCount: after(counts.countBytes * nodes),
    decisionType: after(nodes),
    head: after(counts.head),
    end,
  };
}

/** Returns whether any tree has category sets or linear leaves. */
export function isSpecial({ boundaries, words, linearLeaves, coefficients }: CompactCounts): boolean {
  return boundaries > 0 || words > 0 || linearLeaves > 0 || coefficients > 0;
}

/** Returns of how many trees there are records of category sets and linear leaves: all or none. */
function specialTrees(counts: CompactCounts): number {
  return isSpecial(counts) ? counts.trees : 0;
}

/** Returns the parts that a walk down plain trees needs of a buffer of that length. */
export function viewWalked(buffer: ArrayBuffer, counts: CompactCounts, at: CompactPlaces): WalkedParts {
  const { trees, leaves, childBytes, featureBytes } = counts;
  const nodes = leaves - trees;
  return {
    threshold: new Float64Array(buffer, at.threshold, nodes),
    leafValue: new Float64Array(buffer, at.leafValue, leaves),
    treeLeaves: new Int32Array(buffer, at.treeLeaves, trees),
    left: new SIGNED[childBytes](buffer, at.left, nodes),
    right: new SIGNED[childBytes](buffer, at.right, nodes),
    splitFeature: new UNSIGNED[featureBytes](buffer, at.splitFeature, nodes),
    decisionType: new Uint8Array(buffer, at.decisionType, nodes),
  };
}

const SIGNED = { 1: Int8Array, 2: Int16Array, 4: Int32Array } as const;
const UNSIGNED = { 1: Uint8Array, 2: Uint16Array, 4: Int32Array } as const;

/** Returns all parts of a buffer of that length. */
export function viewParts(buffer: ArrayBuffer, counts: CompactCounts, at: CompactPlaces): CompactParts {
  const { trees, leaves, boundaries, words, linearLeaves, coefficients, countBytes } = counts;
  const nodes = leaves - trees;
  const special = specialTrees(counts);
  return {
    ...viewWalked(buffer, counts, at),
    header: new Int32Array(buffer, 0, HEADER_WORDS),
    constants: new Float64Array(buffer, at.constants, linearLeaves),
    coefficients: new Float64Array(buffer, at.coefficients, coefficients),
    treeBoundaries: new Int32Array(buffer, at.treeBoundaries, special),
    treeWords: new Int32Array(buffer, at.treeWords, special),
    treeIsLinear: new Int32Array(buffer, at.treeIsLinear, special),
    boundaries: new Int32Array(buffer, at.boundaries, boundaries),
    coefficientCount: new Int32Array(buffer, at.coefficientCount, linearLeaves),
    coefficientFeature: new Int32Array(buffer, at.coefficientFeature, coefficients),
    bits: new Uint32Array(buffer, at.bits, words),
    leafCount: new UNSIGNED[countBytes](buffer, at.leafCount, leaves),
    internalCount: new UNSIGNED[countBytes](buffer, at.internalCount, nodes),
    head: new Uint8Array(buffer, at.head, counts.head),
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

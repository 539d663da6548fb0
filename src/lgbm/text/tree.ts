/**
 * What predictions need of a decision tree. Nodes are numbered in the order of their splits; a child >= 0 is a node, a negative child c is
 * leaf ~c.
 *
 * A tree of one leaf has no nodes, and a single leaf value.
 */
export interface PredictingTree {
  readonly numLeaves: number;
  /** [nodes] index of the raw feature. */
  readonly splitFeature: Int32Array;
  /** [nodes] values at or below go left; for a categorical node, the index of its category set. */
  readonly threshold: Float64Array;
  /** [nodes] bits: 1 categorical, 2 missing values go left, 4 zero is missing, 8 NaN is missing. */
  readonly decisionType: Uint8Array;
  readonly leftChild: Int32Array;
  readonly rightChild: Int32Array;
  /** [leaves] raw score that the leaf adds. */
  readonly leafValue: Float64Array;
  /** [leaves] training rows. */
  readonly leafCount: Int32Array;
  readonly internalCount: Int32Array;
  /** Category sets that splits on categories name. */
  readonly categories?: CategorySets;
  /** Linear functions in the leaves. */
  readonly linear?: LinearLeaves;
}

/** One decision tree. */
export interface Tree extends PredictingTree {
  /** [nodes] improvement of the objective, float32 precision. */
  readonly splitGain: Float64Array;
  /** [leaves] sum of hessians. */
  readonly leafWeight: Float64Array;
  /** [nodes] the value that the node had as a leaf. */
  readonly internalValue: Float64Array;
  readonly internalWeight: Float64Array;
  readonly shrinkage: number;
}

/** A tree with linear functions in its leaves. */
export type LinearTree = Tree & { readonly linear: LinearLeaves };

/** A linear function for each leaf: leaf i adds `constants[i]` and its features times coefficients, `begin[i]..begin[i + 1] - 1`. */
export interface LinearLeaves {
  readonly constants: Float64Array;
  readonly begin: Int32Array;
  readonly features: Int32Array;
  readonly coefficients: Float64Array;
}

/** Sets of category codes: set i is the bits of `bits[boundaries[i]..boundaries[i + 1] - 1]`, lowest code first. */
export interface CategorySets {
  readonly boundaries: Int32Array;
  readonly bits: Uint32Array;
}

/** Bits of {@link Tree.decisionType}. */
export const CATEGORICAL = 1;
export const DEFAULT_LEFT = 2;
export const MISSING_SHIFT = 2;

/** Returns a tree of one leaf that adds `value` for every row. */
export function constantTree(value: number, rows: number): Tree {
  const none = new Float64Array(0);
  const nowhere = new Int32Array(0);
  return {
    numLeaves: 1,
    splitFeature: nowhere,
    splitGain: none,
    threshold: none,
    decisionType: new Uint8Array(0),
    leftChild: nowhere,
    rightChild: nowhere,
    leafValue: Float64Array.of(value),
    leafWeight: Float64Array.of(0),
    leafCount: Int32Array.of(rows),
    internalValue: none,
    internalWeight: none,
    internalCount: nowhere,
    shrinkage: 1,
  };
}

import { missingBin } from '../data/bin-mapper.js';
import type { BinnedDataset } from '../data/binned-dataset.js';
import { type Leaf, noSplit, type SplitSearch } from '../kernel/split-search.js';
import { roundToZero } from '../numbers/floats.js';
import type { Params } from '../parameters/params.js';
import {
  CATEGORICAL,
  type CategorySets,
  constantTree,
  DEFAULT_LEFT,
  type LinearLeaves,
  MISSING_SHIFT,
  type Tree,
} from '../text/tree.js';
import { AdvancedBounds, type GrowingTree } from './advanced-bounds.js';
import { MonotoneBounds } from './monotone-bounds.js';

/** A tree fresh from growing: it also knows its splits as bins, and which training rows each leaf holds. */
export interface GrownTree extends Omit<Tree, 'leafValue' | 'internalValue' | 'shrinkage' | 'linear'> {
  /** [leaves], still changed by renewal, learning rate and initial score. */
  leafValue: Float64Array;
  internalValue: Float64Array;
  shrinkage: number;
  linear?: LinearLeaves;
  /** [nodes] index among the features in use. */
  readonly splitColumn: Int32Array;
  /** [nodes] bins at or below go left. */
  readonly thresholdBin: Int32Array;
  /** [nodes] the bin of missing values, -1 for none. */
  readonly missingBin: Int32Array;
  /** [nodes] bins that go left at a categorical node, undefined at a numeric one. */
  readonly categoryBins: readonly (ReadonlySet<number> | undefined)[];
  /** [leaves] where the leaf's rows are in the search's `rowOrder`. */
  readonly leafBegin: Int32Array;
}

/** Returns a tree of one leaf in the form of a grown one. */
export function grownConstant(value: number, rows: number): GrownTree {
  const nowhere = new Int32Array(0);
  const splits = { splitColumn: nowhere, thresholdBin: nowhere, missingBin: nowhere, categoryBins: [] };
  return { ...constantTree(value, rows), ...splits, leafBegin: Int32Array.of(0) };
}

/** What growing needs beside the search. */
export interface GrowOptions {
  readonly search: SplitSearch;
  readonly binned: BinnedDataset;
  readonly params: Params;
  readonly constantHessian: boolean;
  /** What lasts from tree to tree. */
  readonly memory: GrowthMemory;
}

/** What a tree knows of the one before. */
export interface GrowthMemory {
  /** The value of the leaf with fewer rows of the last split. */
  smallOutput: number;
}

/** Collects the nodes of a growing tree. */
export class TreeBuilder {
  private nodes = 0;
  private readonly splitFeature: Int32Array;
  private readonly splitColumn: Int32Array;
  private readonly splitGain: Float64Array;
  private readonly threshold: Float64Array;
  private readonly thresholdBin: Int32Array;
  private readonly missingBin: Int32Array;
  private readonly decisionType: Uint8Array;
  private readonly leftChild: Int32Array;
  private readonly rightChild: Int32Array;
  private readonly internalValue: Float64Array;
  private readonly internalWeight: Float64Array;
  private readonly internalCount: Int32Array;
  private readonly leafValue: Float64Array;
  private readonly leafWeight: Float64Array;
  /** [leaves] the node that the leaf hangs from. */
  private readonly leafParent: Int32Array;
  private readonly nodeParent: Int32Array;
  private readonly bounds: MonotoneBounds | undefined;
  private readonly categoryBins: (ReadonlySet<number> | undefined)[] = [];
  private readonly categoryWords: number[][] = [];

  constructor(
    private readonly options: GrowOptions,
    root: Leaf,
  ) {
    // each leaf holds a row at least
    const num_leaves = Math.max(1, Math.min(options.params.num_leaves, root.count));
    const ints = () => new Int32Array(num_leaves);
    const doubles = () => new Float64Array(num_leaves);
    this.splitFeature = ints();
    this.splitColumn = ints();
    this.splitGain = doubles();
    this.threshold = doubles();
    this.thresholdBin = ints();
    this.missingBin = ints();
    this.decisionType = new Uint8Array(num_leaves);
    this.leftChild = ints();
    this.rightChild = ints();
    this.internalValue = doubles();
    this.internalWeight = doubles();
    this.internalCount = ints();
    this.leafValue = doubles();
    this.leafWeight = doubles();
    this.leafParent = ints().fill(-1);
    this.nodeParent = ints();
    // native's learner of linear leaves leaves the root's own value out
    if (!options.params.linear_tree) this.leafValue[0] = roundToZero(root.output);
    this.bounds = this.boundsFor(options);
    this.setBounds(root);
  }

  private boundsFor({ params, binned }: GrowOptions): MonotoneBounds | undefined {
    const { isBounded, monotone_constraints_method: method } = params;
    if (!isBounded || method === 'basic') return undefined;
    const nodes: GrowingTree = {
      parent: this.nodeParent,
      column: this.splitColumn,
      thresholdBin: this.thresholdBin,
      leftChild: this.leftChild,
      rightChild: this.rightChild,
      isNumeric: (node) => this.categoryBins[node] === undefined,
      direction: (node) => this.directionOf(node),
      leafParent: this.leafParent,
      leafValue: this.leafValue,
      bins: binned.used.map((feature) => (binned.mappers[feature].categories ? 0 : binned.mappers[feature].numBin)),
    };
    return method === 'advanced' ? new AdvancedBounds(nodes) : new MonotoneBounds(nodes);
  }

  private setBounds(leaf: Leaf): void {
    const { bounds } = this;
    if (bounds instanceof AdvancedBounds) leaf.boundsOf = (column) => bounds.boundsOf(leaf.index, column);
  }

  /** Makes a node of a leaf whose rows are sorted: `leaf` becomes its left child, the returned leaf its right one. */
  split(leaf: Leaf, leftCount: number): Leaf {
    const node = this.nodes++;
    const { best, index } = leaf;
    const right = node + 1;
    const { binned, params } = this.options;
    const feature = binned.used[best.feature];
    const mapper = binned.mappers[feature];
    const parent = this.leafParent[index];
    if (parent >= 0) {
      if (this.leftChild[parent] === ~index) this.leftChild[parent] = node;
      else this.rightChild[parent] = node;
    }
    this.nodeParent[node] = parent;
    this.splitFeature[node] = feature;
    this.splitColumn[node] = best.feature;
    this.splitGain[node] = Math.fround(best.gain + params.min_gain_to_split);
    this.categoryBins.push(best.categories && new Set(best.categories));
    if (best.categories && mapper.categories) {
      this.threshold[node] = this.categoryWords.length;
      this.categoryWords.push(bitWords(best.categories.map((bin) => mapper.categories![bin])));
      this.decisionType[node] = CATEGORICAL | (mapper.missing << MISSING_SHIFT);
    } else {
      this.threshold[node] = mapper.bounds[best.thresholdBin];
      this.thresholdBin[node] = best.thresholdBin;
      this.missingBin[node] = missingBin(mapper);
      this.decisionType[node] = (best.defaultLeft ? DEFAULT_LEFT : 0) | (mapper.missing << MISSING_SHIFT);
    }
    this.leftChild[node] = ~index;
    this.rightChild[node] = ~right;
    this.internalValue[node] = this.leafValue[index];
    this.internalWeight[node] = best.leftHessian + best.rightHessian;
    this.internalCount[node] = leaf.count;
    this.leafParent[index] = node;
    this.leafParent[right] = node;
    this.leafValue[index] = numberOrZero(best.leftOutput);
    this.leafValue[right] = numberOrZero(best.rightOutput);
    this.leafWeight[index] = best.leftHessian;
    this.leafWeight[right] = best.rightHessian;

    const branch = [...leaf.branch, feature];
    const rightLeaf: Leaf = {
      index: right,
      begin: leaf.begin + leftCount,
      count: leaf.count - leftCount,
      gradient: best.rightGradient,
      hessian: best.rightHessian,
      depth: leaf.depth + 1,
      output: best.rightOutput,
      lower: leaf.lower,
      upper: leaf.upper,
      branch,
      slot: right,
      best: noSplit(),
    };
    this.setBounds(rightLeaf);
    leaf.count = leftCount;
    leaf.gradient = best.leftGradient;
    leaf.hessian = best.leftHessian;
    leaf.depth++;
    leaf.output = best.leftOutput;
    leaf.branch = branch;
    best.gain = -Infinity;
    return rightLeaf;
  }

  /** Bounds the values of the leaves that the last split made; returns other leaves whose bounds that narrows. */
  bound(left: Leaf, right: Leaf, leaves: readonly Leaf[]): readonly Leaf[] {
    const node = this.nodes - 1;
    if (this.bounds) return this.bounds.afterSplit(node, left, right, leaves);
    boundChildren(left, right, this.directionOf(node));
    return [];
  }

  private directionOf(node: number): number {
    return this.categoryBins[node] ? 0 : (this.options.params.monotone[this.splitFeature[node]] ?? 0);
  }

  finish(leaves: readonly Leaf[]): GrownTree {
    const { nodes } = this;
    const numLeaves = nodes + 1;
    return {
      numLeaves,
      splitFeature: this.splitFeature.slice(0, nodes),
      splitColumn: this.splitColumn.slice(0, nodes),
      splitGain: this.splitGain.slice(0, nodes),
      threshold: this.threshold.slice(0, nodes),
      thresholdBin: this.thresholdBin.slice(0, nodes),
      missingBin: this.missingBin.slice(0, nodes),
      decisionType: this.decisionType.slice(0, nodes),
      categoryBins: this.categoryBins,
      ...(this.categoryWords.length > 0 && { categories: categorySetsOf(this.categoryWords) }),
      leftChild: this.leftChild.slice(0, nodes),
      rightChild: this.rightChild.slice(0, nodes),
      leafValue: this.leafValue.slice(0, numLeaves),
      leafWeight: this.leafWeight.slice(0, numLeaves),
      leafCount: Int32Array.from(leaves, (leaf) => leaf.count),
      leafBegin: Int32Array.from(leaves, (leaf) => leaf.begin),
      internalValue: this.internalValue.slice(0, nodes),
      internalWeight: this.internalWeight.slice(0, nodes),
      internalCount: this.internalCount.slice(0, nodes),
      shrinkage: 1,
    };
  }
}

/** After a split on a monotone feature, no value below may pass the middle of the two. */
function boundChildren(left: Leaf, right: Leaf, direction: number): void {
  if (direction === 0) return;
  const middle = (left.output + right.output) / 2;
  const [low, high] = direction > 0 ? [left, right] : [right, left];
  low.upper = Math.min(low.upper, middle);
  high.lower = Math.max(high.lower, middle);
}

/** Returns a set of codes as words of 32 bits, as many as the largest needs. */
function bitWords(codes: readonly number[]): number[] {
  const words = new Array<number>(Math.floor(codes.reduce((most, code) => Math.max(most, code)) / 32) + 1).fill(0);
  for (const code of codes) words[Math.floor(code / 32)] |= 1 << (code % 32);
  return words.map((word) => word >>> 0);
}

function categorySetsOf(words: readonly number[][]): CategorySets {
  const boundaries = new Int32Array(words.length + 1);
  words.forEach((set, i) => {
    boundaries[i + 1] = boundaries[i] + set.length;
  });
  return { boundaries, bits: Uint32Array.from(words.flat()) };
}

function numberOrZero(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

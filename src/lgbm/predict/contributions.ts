import { invalid } from '../../errors.js';
import type { PredictingTree } from '../text/tree.js';
import type { FlatModel } from './flat-model.js';
import { goesLeft } from './predict.js';

/** Trees to explain, and the same trees laid flat. */
export interface Explained {
  readonly trees: readonly PredictingTree[];
  readonly model: FlatModel;
  readonly outputs: number;
  readonly features: number;
  /** Trees begin..end-1. */
  readonly begin: number;
  readonly end: number;
}

/** Paths take room that grows with the square of the depth; no tree that was trained on data comes near this. */
const DEEPEST = 2000;

/**
 * Most steps that one row may take: some seconds. A hundred times what 1,000 trees of 31 leaves need; hostile trees, whose work grows
 * with leaves × depth², would need hours.
 */
const MOST_STEPS = 5e8;

/**
 * Adds to `contributions` [rows × outputs × (features + 1)] what each feature adds to each raw score, the expected score last.
 *
 * TreeSHAP with path-dependent expectations, weighted by the rows that trained each node.
 *
 * @see Lundberg, Erion, Lee: Consistent Individualized Feature Attribution for Tree Ensembles, 2018, algorithm 2
 */
export function addContributions(
  explained: Explained,
  values: Float64Array,
  rows: number,
  contributions: Float64Array,
): void {
  const { trees, model, outputs, features, begin, end } = explained;
  const width = features + 1;
  const depths = trees.slice(begin, end).map(depthOf);
  const expected = trees.slice(begin, end).map(expectedValue);
  const deepest = depths.reduce((most, depth) => Math.max(most, depth), 0);
  if (deepest > DEEPEST) {
    throw invalid('UNSUPPORTED_MODEL', 'predict', 'kind', `contrib of trees up to ${DEEPEST} deep`, deepest);
  }
  const steps = trees.slice(begin, end).reduce((sum, tree) => sum + stepsOf(tree, features), 0);
  if (steps > MOST_STEPS) {
    throw invalid('UNSUPPORTED_MODEL', 'predict', 'kind', `contrib of at most ${MOST_STEPS} steps a row`, steps);
  }
  const path = new Path(deepest);
  let nodes = 0;
  const firstNode = trees.map((tree) => {
    const first = nodes;
    nodes += tree.splitFeature.length;
    return first;
  });
  for (let row = 0; row < rows; row++) {
    for (let t = begin; t < end; t++) {
      const at = (row * outputs + (t % outputs)) * width;
      contributions[at + features] += expected[t - begin];
      if (trees[t].numLeaves === 1) continue;
      const walk: Walk = {
        tree: trees[t],
        model,
        firstNode: firstNode[t],
        values,
        row: row * features,
        contributions,
        at,
        path,
      };
      explain(walk, 0, 0, 0, 1, 1, -1);
    }
  }
}

interface Walk {
  readonly tree: PredictingTree;
  readonly model: FlatModel;
  readonly firstNode: number;
  readonly values: Float64Array;
  /** Where the row's values begin. */
  readonly row: number;
  readonly contributions: Float64Array;
  readonly at: number;
  readonly path: Path;
}

/** Paths from the root, one copy for each depth: element i of the copy at `start` is the i-th feature met. */
class Path {
  readonly feature: Int32Array;
  readonly zero: Float64Array;
  readonly one: Float64Array;
  readonly weight: Float64Array;

  constructor(deepest: number) {
    const size = ((deepest + 2) * (deepest + 3)) / 2;
    this.feature = new Int32Array(size);
    this.zero = new Float64Array(size);
    this.one = new Float64Array(size);
    this.weight = new Float64Array(size);
  }

  /** Copies the `depth` elements of the parent's path and puts one more behind them, spreading the weights. */
  extend(parent: number, start: number, depth: number, zero: number, one: number, feature: number): void {
    for (const part of [this.feature, this.zero, this.one, this.weight]) part.copyWithin(start, parent, parent + depth);
    const { weight } = this;
    this.feature[start + depth] = feature;
    this.zero[start + depth] = zero;
    this.one[start + depth] = one;
    weight[start + depth] = depth === 0 ? 1 : 0;
    for (let i = depth - 1; i >= 0; i--) {
      weight[start + i + 1] += (one * weight[start + i] * (i + 1)) / (depth + 1);
      weight[start + i] = (zero * weight[start + i] * (depth - i)) / (depth + 1);
    }
  }

  /** Takes element `index` out again, as if its feature had never been met. */
  unwind(start: number, depth: number, index: number): void {
    const { weight } = this;
    const one = this.one[start + index];
    const zero = this.zero[start + index];
    let next = weight[start + depth];
    for (let i = depth - 1; i >= 0; i--) {
      if (one !== 0) {
        const before = weight[start + i];
        weight[start + i] = (next * (depth + 1)) / ((i + 1) * one);
        next = before - (weight[start + i] * zero * (depth - i)) / (depth + 1);
      } else {
        weight[start + i] = (weight[start + i] * (depth + 1)) / (zero * (depth - i));
      }
    }
    for (let i = start + index; i < start + depth; i++) {
      this.feature[i] = this.feature[i + 1];
      this.zero[i] = this.zero[i + 1];
      this.one[i] = this.one[i + 1];
    }
  }

  /** Sum of the weights that would be left without element `index`. */
  sumWithout(start: number, depth: number, index: number): number {
    const { weight } = this;
    const one = this.one[start + index];
    const zero = this.zero[start + index];
    let next = weight[start + depth];
    let total = 0;
    for (let i = depth - 1; i >= 0; i--) {
      if (one !== 0) {
        const part = (next * (depth + 1)) / ((i + 1) * one);
        total += part;
        next = weight[start + i] - part * zero * ((depth - i) / (depth + 1));
      } else {
        total += weight[start + i] / zero / ((depth - i) / (depth + 1));
      }
    }
    return total;
  }
}

function explain(
  walk: Walk,
  node: number,
  parent: number,
  depth: number,
  zero: number,
  one: number,
  feature: number,
): void {
  const { tree, path } = walk;
  const start = parent + depth;
  path.extend(parent, start, depth, zero, one, feature);
  if (node < 0) {
    for (let i = 1; i <= depth; i++) {
      const weight = path.sumWithout(start, depth, i);
      const share = path.one[start + i] - path.zero[start + i];
      walk.contributions[walk.at + path.feature[start + i]] += weight * share * tree.leafValue[~node];
    }
    return;
  }
  const split = tree.splitFeature[node];
  const left = goesLeft(walk.model, walk.firstNode + node, walk.values[walk.row + split]);
  const hot = left ? tree.leftChild[node] : tree.rightChild[node];
  const cold = left ? tree.rightChild[node] : tree.leftChild[node];
  const rows = tree.internalCount[node];
  let zeroBefore = 1;
  let oneBefore = 1;
  let kept = depth;
  let index = 0;
  while (index <= depth && path.feature[start + index] !== split) index++;
  if (index <= depth) {
    // the feature was met before: its two fractions multiply instead of making a second element
    zeroBefore = path.zero[start + index];
    oneBefore = path.one[start + index];
    path.unwind(start, depth, index);
    kept--;
  }
  explain(walk, hot, start, kept + 1, (rowsOf(tree, hot) / rows) * zeroBefore, oneBefore, split);
  explain(walk, cold, start, kept + 1, (rowsOf(tree, cold) / rows) * zeroBefore, 0, split);
}

function rowsOf(tree: PredictingTree, child: number): number {
  return child >= 0 ? tree.internalCount[child] : tree.leafCount[~child];
}

/** Mean of the leaf values over the training rows: what the tree says of a row that nothing is known of. */
function expectedValue({ numLeaves, leafValue, leafCount, internalCount }: PredictingTree): number {
  if (numLeaves === 1) return leafValue[0];
  let sum = 0;
  for (let leaf = 0; leaf < numLeaves; leaf++) sum += (leafCount[leaf] / internalCount[0]) * leafValue[leaf];
  return sum;
}

function depthOf(tree: PredictingTree): number {
  let deepest = 0;
  visit(tree, (depth) => {
    deepest = Math.max(deepest, depth);
  });
  return deepest;
}

/** Returns how many elements of paths explaining one row touches. A path is no longer than there are features. */
function stepsOf(tree: PredictingTree, features: number): number {
  let steps = 0;
  visit(tree, (depth, leaves) => {
    const length = Math.min(depth, features);
    steps += depth + 4 * length + leaves * length * length;
  });
  return steps;
}

/** Calls back for every node with its depth, the root's being 1, and how many of its children are leaves. */
function visit({ leftChild, rightChild }: PredictingTree, told: (depth: number, leaves: number) => void): void {
  const open: [node: number, depth: number][] = leftChild.length > 0 ? [[0, 1]] : [];
  while (open.length > 0) {
    const [node, depth] = open.pop()!;
    const inner = [leftChild[node], rightChild[node]].filter((child) => child >= 0);
    told(depth, 2 - inner.length);
    for (const child of inner) open.push([child, depth + 1]);
  }
}

import type { BinnedDataset } from '../data/binned-dataset.js';
import type { Dataset } from '../data/dataset.js';
import { sharedBinsLike } from '../data/shared-bins.js';
import type { SplitSearch } from '../kernel/split-search.js';
import { EPSILON, roundToZero } from '../numbers/floats.js';
import { createMetric, type Metric } from '../objectives/metric.js';
import type { Objective } from '../objectives/objective.js';
import type { Params } from '../parameters/params.js';
import { constantTree, type Tree } from '../text/tree.js';
import { Bagging, usesBagging } from './bagging.js';
import type { Evaluation } from './early-stopping.js';
import { FeatureSampling } from './feature-sampling.js';
import { type GrownTree, growTree } from './grow.js';
import { addByBins, addConstant, addLeaves, startingScores } from './scores.js';

/** Rows whose scores follow the model as it grows, and the metrics to look at them with. */
interface Watched {
  readonly name: string;
  readonly binned: BinnedDataset;
  readonly scores: Float64Array;
  readonly metrics: readonly Metric[];
}

/** What boosting starts from. */
export interface BoostingStart {
  readonly dataset: Dataset;
  readonly binned: BinnedDataset;
  readonly valid: readonly Dataset[];
  readonly objective: Objective;
  readonly params: Params;
  readonly search: SplitSearch;
}

/** Gradient boosting, one iteration at a time. */
export class Boosting {
  readonly trees: Tree[] = [];
  private iteration = 0;
  private readonly watched: readonly Watched[];
  private readonly scores: Float64Array;
  private readonly training: Watched;
  private readonly bagging: Bagging | undefined;
  private readonly sampling: FeatureSampling;
  private readonly allRows: Int32Array;

  constructor(private readonly start: BoostingStart) {
    const { dataset, binned, valid, objective, params } = start;
    const watch = (name: string, data: Dataset, bins: BinnedDataset): Watched => ({
      name,
      binned: bins,
      scores: startingScores(data, objective.outputs),
      metrics: params.metric.map((metric) => createMetric(metric, data, params, objective.text)),
    });
    this.training = watch('training', dataset, binned);
    this.scores = this.training.scores;
    this.watched = valid.map((data, i) => watch(`valid_${i + 1}`, data, sharedBinsLike(data, binned)));
    this.bagging = usesBagging(params) ? new Bagging(dataset.rows, params) : undefined;
    this.sampling = new FeatureSampling(binned.used.length, params);
    this.allRows = Int32Array.from({ length: dataset.rows }, (_, row) => row);
  }

  /** Adds one tree per output; returns false, and adds none, when no tree could split any more. */
  next(): boolean {
    const { objective, search } = this.start;
    const { outputs } = objective;
    const initial = Array.from({ length: outputs }, (_, output) => this.initialScore(output));
    objective.gradients(this.scores, search.gradients, search.hessians);
    const bag = this.bagging?.at(this.iteration);
    const isFirst = this.trees.length === 0;
    let grew = false;
    const trees: Tree[] = [];
    for (let output = 0; output < outputs; output++) {
      const tree = this.grow(output, bag?.inside ?? this.allRows);
      if (tree) {
        grew = true;
        this.learn(tree, output, bag?.outside);
        if (Math.abs(initial[output]) > EPSILON) addBias(tree, initial[output]);
        trees.push(storedTree(tree));
      } else {
        trees.push(constantTree(isFirst ? this.constant(output, initial[output]) : 0, this.start.dataset.rows));
      }
    }
    if (!grew && !isFirst) return false;
    this.trees.push(...trees);
    if (grew) this.iteration++;
    return grew;
  }

  /** Returns every metric of the current iteration: training first if asked for, then the validation sets in order. */
  evaluate(): Evaluation[] {
    const { params } = this.start;
    const sets = params.is_provide_training_metric ? [this.training, ...this.watched] : this.watched;
    return sets.flatMap(({ name, scores, metrics }) =>
      metrics.map((metric) => ({
        iteration: this.iteration,
        dataset: name,
        metric: metric.name,
        value: metric.evaluate(scores),
        biggerIsBetter: metric.biggerIsBetter,
      })),
    );
  }

  /** Before the first trees, unless the data brings its own scores: lets all scores start from the labels' average. */
  private initialScore(output: number): number {
    const { dataset, objective, params, binned } = this.start;
    if (this.trees.length > 0 || dataset.initScore) return 0;
    if (!params.boost_from_average && binned.used.length > 0) return 0;
    const score = objective.initialScore(output);
    if (!(Math.abs(score) > EPSILON)) return 0;
    this.addToAll(output, score);
    return score;
  }

  /** The value of a first tree that could not split. */
  private constant(output: number, initial: number): number {
    const { dataset, objective, params } = this.start;
    if (params.boost_from_average || dataset.initScore) return initial;
    const score = objective.initialScore(output);
    this.addToAll(output, score);
    return score;
  }

  private addToAll(output: number, value: number): void {
    for (const { scores, binned } of [this.training, ...this.watched]) addConstant(scores, binned.rows, output, value);
  }

  private grow(output: number, rows: Int32Array): GrownTree | undefined {
    const { objective, binned, search, params } = this.start;
    if (!objective.needsTraining(output) || binned.used.length === 0) return undefined;
    search.startTree(output, this.sampling.next());
    search.rowOrder.set(rows);
    const { constantHessian } = objective;
    const tree = growTree({ search, binned, params, constantHessian }, rows.length, output);
    return tree.numLeaves > 1 ? tree : undefined;
  }

  /** Sets the tree's final leaf values and lets all scores follow. */
  private learn(tree: GrownTree, output: number, outside: Int32Array | undefined): void {
    const { objective, binned, search, params } = this.start;
    if (objective.renewLeaf) {
      for (let leaf = 0; leaf < tree.numLeaves; leaf++) {
        const begin = tree.leafBegin[leaf];
        const rows = search.rowOrder.subarray(begin, begin + tree.leafCount[leaf]);
        tree.leafValue[leaf] = roundToZero(objective.renewLeaf(rows, this.scores));
      }
    }
    shrink(tree, params.learning_rate);
    addLeaves(this.scores, output * binned.rows, tree, search.rowOrder);
    if (outside) addByBins(this.scores, output * binned.rows, tree, binned, outside);
    for (const { scores, binned: bins } of this.watched) addByBins(scores, output * bins.rows, tree, bins);
  }
}

function shrink(tree: GrownTree, rate: number): void {
  tree.leafValue = tree.leafValue.map((value) => roundToZero(value * rate));
  tree.internalValue = tree.internalValue.map((value) => roundToZero(value * rate));
  tree.shrinkage = rate;
}

/** Puts the initial score into the first tree, so that a model needs none beside its trees. */
function addBias(tree: GrownTree, bias: number): void {
  tree.leafValue = tree.leafValue.map((value) => roundToZero(value + bias));
  tree.internalValue = tree.internalValue.map((value) => roundToZero(value + bias));
  tree.shrinkage = 1;
}

function storedTree(tree: GrownTree): Tree {
  const { splitColumn: _c, thresholdBin: _t, missingBin: _m, leafBegin: _b, ...stored } = tree;
  return stored;
}

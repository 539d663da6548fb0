import type { BinnedDataset } from '../data/binned-dataset.js';
import type { Dataset } from '../data/dataset.js';
import { sharedBinsLike } from '../data/shared-bins.js';
import type { SplitSearch } from '../kernel/split-search.js';
import { EPSILON, roundToZero } from '../numbers/floats.js';
import { createMetric } from '../objectives/create-metric.js';
import { type CustomMetric, measuredBy } from '../objectives/custom-metric.js';
import type { Metric } from '../objectives/metric.js';
import type { Objective } from '../objectives/objective.js';
import type { Params } from '../parameters/params.js';
import type { Tree } from '../text/tree.js';
import { type Bag, Bagging, usesBagging } from './bagging.js';
import type { Evaluation } from './early-stopping.js';
import { FeatureSampling } from './feature-sampling.js';
import { GradientSampling } from './gradient-sampling.js';
import { growTree } from './grow.js';
import { leafOutput } from './leaf-gain.js';
import { constantLeaves, LinearFit, type RawColumns, rawColumns, scaledLeaves } from './linear-leaves.js';
import { addByBins, addConstant, addLeaves, multiply, startingScores } from './scores.js';
import { type GrownTree, type GrowthMemory, grownConstant } from './tree-builder.js';
import { TreeDropping } from './tree-dropping.js';

/** Rows whose scores follow the model as it grows, and the metrics to look at them with. */
interface Watched {
  readonly name: string;
  readonly binned: BinnedDataset;
  readonly scores: Float64Array;
  readonly metrics: readonly Metric[];
  /** With linear leaves, the values that they are functions of. */
  readonly raw: RawColumns | undefined;
}

/** What boosting starts from. */
export interface BoostingStart {
  readonly dataset: Dataset;
  readonly binned: BinnedDataset;
  readonly valid: readonly Dataset[];
  /** Bins of the validation sets where there are any yet. */
  readonly validBinned?: readonly BinnedDataset[] | undefined;
  readonly objective: Objective;
  readonly params: Params;
  readonly search: SplitSearch;
  /** Default one of its own; a search that draws features by node shares it. */
  readonly sampling?: FeatureSampling;
  /** Measures beside those that the parameters name. */
  readonly metrics?: readonly CustomMetric[] | undefined;
  /** Iterations of a model that is added to. */
  readonly earlier?: number;
}

/** Gradient boosting, one iteration at a time: plain, with trees dropped (DART), or as a random forest. */
export class Boosting {
  private readonly grown: GrownTree[] = [];
  private iteration = 0;
  private readonly watched: readonly Watched[];
  private readonly scores: Float64Array;
  private readonly training: Watched;
  private readonly bagging: Bagging | undefined;
  private readonly goss: GradientSampling | undefined;
  private readonly dropping: TreeDropping | undefined;
  private readonly linear: LinearFit | undefined;
  private readonly sampling: FeatureSampling;
  private readonly memory: GrowthMemory = { smallOutput: 0 };
  private readonly allRows: Int32Array;
  /** Of a random forest: the score that every tree starts from, by output. */
  private readonly forestStart: readonly number[] | undefined;

  constructor(private readonly start: BoostingStart) {
    const { dataset, binned, valid, objective, params } = start;
    const watch = (name: string, data: Dataset, bins: BinnedDataset, isMeasured = true): Watched => ({
      name,
      binned: bins,
      scores: startingScores(data, objective.outputs),
      metrics: isMeasured
        ? [
            ...params.metric.map((metric) => createMetric(metric, data, params, objective.text)),
            ...(start.metrics ?? []).map((metric) => measuredBy(metric, data, objective.outputs, objective.text)),
          ]
        : [],
      raw: params.linear_tree ? rawColumns(data, bins) : undefined,
    });
    this.training = watch('training', dataset, binned, params.is_provide_training_metric);
    this.scores = this.training.scores;
    this.watched = valid.map((data, i) =>
      watch(`valid_${i + 1}`, data, start.validBinned?.[i] ?? sharedBinsLike(data, binned)),
    );
    const isGoss = params.data_sample_strategy === 'goss';
    this.bagging = !isGoss && usesBagging(params) ? new Bagging(dataset, params) : undefined;
    this.goss = isGoss ? new GradientSampling(dataset.rows, objective.outputs, params) : undefined;
    this.dropping = params.boosting === 'dart' ? new TreeDropping(params) : undefined;
    this.linear = this.training.raw && new LinearFit(this.training.raw, params.linear_lambda);
    this.sampling = start.sampling ?? new FeatureSampling(binned.used, params);
    this.allRows = Int32Array.from({ length: dataset.rows }, (_, row) => row);
    this.forestStart = params.boosting === 'rf' ? this.startForest() : undefined;
  }

  /** All trees so far, in the order of iterations and outputs. */
  get trees(): Tree[] {
    return this.grown.map(storedTree);
  }

  /** Adds one tree per output; returns false, and adds none, when no tree could split any more. */
  next(): boolean {
    return this.forestStart ? this.nextOfForest(this.forestStart) : this.nextBoosted();
  }

  private nextBoosted(): boolean {
    const { objective, search, params } = this.start;
    const { outputs } = objective;
    const initial = Array.from({ length: outputs }, (_, output) => this.initialScore(output));
    const dropped = this.dropping?.draw(this.iteration) ?? [];
    for (const tree of this.treesOf(dropped)) {
      scale(tree.grown, -1);
      addTree(this.training, tree.output, tree.grown);
    }
    // rows that were drawn by their gradients had their hessians scaled
    if (this.goss && objective.constantHessian) search.hessians.fill(1);
    const bagFirst = params.bagging_by_query ? this.bag() : undefined;
    objective.gradients(this.scores, search.gradients, search.hessians, bagFirst?.queries);
    const bag = bagFirst ?? this.bag();
    const isFirst = this.isFirst();
    let grew = false;
    const trees: GrownTree[] = [];
    for (let output = 0; output < outputs; output++) {
      const tree = this.grow(output, bag?.inside ?? this.allRows);
      if (tree && tree.numLeaves > 1) {
        grew = true;
        this.renew(tree, this.scores);
        scale(tree, this.dropping?.rate ?? params.learning_rate);
        this.follow(tree, output, bag?.outside);
        if (Math.abs(initial[output]) > EPSILON) addBias(tree, initial[output]);
        trees.push(tree);
      } else {
        const value = isFirst ? this.constant(output, initial[output]) : 0;
        trees.push(this.constantLike(tree, value, this.start.dataset.rows));
      }
    }
    if (!grew && !isFirst) return false;
    this.grown.push(...trees);
    if (!grew) return false;
    this.iteration++;
    this.putBack(dropped);
    return true;
  }

  /** Gradients of a random forest are those of the start, for all its trees. */
  private startForest(): readonly number[] {
    const { objective, params, binned, dataset, search } = this.start;
    const isAveraged = params.boost_from_average || binned.used.length === 0;
    const start = Array.from({ length: objective.outputs }, (_, output) => {
      const score = isAveraged ? objective.initialScore(output) : 0;
      return Math.abs(score) > EPSILON ? score : 0;
    });
    const scores = Float64Array.from(this.scores, (_, i) => start[Math.floor(i / dataset.rows)]);
    objective.gradients(scores, search.gradients, search.hessians);
    return start;
  }

  private nextOfForest(start: readonly number[]): boolean {
    const { objective, dataset } = this.start;
    const bag = this.bag();
    const everyone = [this.training, ...this.watched];
    const isFirst = this.isFirst();
    for (let output = 0; output < objective.outputs; output++) {
      const average = (add: () => void) => {
        for (const { scores, binned } of everyone) multiply(scores, binned.rows, output, this.iteration);
        add();
        for (const { scores, binned } of everyone) multiply(scores, binned.rows, output, 1 / (this.iteration + 1));
      };
      const tree = this.grow(output, bag?.inside ?? this.allRows);
      if (tree && tree.numLeaves > 1) {
        this.renew(tree, new Float64Array(dataset.rows).fill(start[output]));
        if (Math.abs(start[output]) > EPSILON) addBias(tree, start[output]);
        average(() => this.follow(tree, output, bag?.outside));
        this.grown.push(tree);
      } else if (isFirst) {
        const value = objective.needsTraining(output) ? 0 : objective.initialScore(output);
        average(() => this.addToAll(output, value));
        this.grown.push(this.constantLike(tree, value, dataset.rows));
      } else {
        // native keeps what the root would have been worth, which its scores never see
        const linear = tree?.linear;
        this.grown.push({ ...grownConstant(tree?.leafValue[0] ?? 0, 0), ...(linear && { linear }) });
      }
    }
    this.iteration++;
    return true;
  }

  /** Returns every metric of an iteration, counted from 1: training first if asked for, then the validation sets in order. */
  evaluate(iteration: number): Evaluation[] {
    const { params } = this.start;
    const sets = params.is_provide_training_metric ? [this.training, ...this.watched] : this.watched;
    return sets.flatMap(({ name, scores, metrics }) =>
      metrics.flatMap(({ names, biggerIsBetter, evaluate }) => {
        const values = evaluate(scores);
        return names.map((metric, i) => ({ iteration, dataset: name, metric, value: values[i], biggerIsBetter }));
      }),
    );
  }

  private isFirst(): boolean {
    return this.grown.length === 0 && !this.start.earlier;
  }

  private bag(): Bag | undefined {
    const { search } = this.start;
    return this.goss?.at(this.iteration, search.gradients, search.hessians) ?? this.bagging?.at(this.iteration);
  }

  private treesOf(iterations: readonly number[]): { grown: GrownTree; output: number }[] {
    const { outputs } = this.start.objective;
    return iterations.flatMap((iteration) =>
      Array.from({ length: outputs }, (_, output) => ({ grown: this.grown[iteration * outputs + output], output })),
    );
  }

  /** Puts dropped trees back with what is left of them, so that old and new ones together weigh as much as the old did. */
  private putBack(dropped: readonly number[]): void {
    if (!this.dropping) return;
    const { valid, training } = this.dropping.factors();
    for (const { grown, output } of this.treesOf(dropped)) {
      scale(grown, valid);
      for (const set of this.watched) addTree(set, output, grown);
      scale(grown, training);
      addTree(this.training, output, grown);
    }
    this.dropping.settle();
  }

  /** Before the first trees, unless the data brings its own scores: lets all scores start from the labels' average. */
  private initialScore(output: number): number {
    const { dataset, objective, params, binned } = this.start;
    if (!this.isFirst() || dataset.initScore) return 0;
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

  /** Returns a tree, of one leaf if nothing could be split; undefined if there is nothing to learn. */
  private grow(output: number, rows: Int32Array): GrownTree | undefined {
    const { objective, binned, search, params } = this.start;
    if (!objective.needsTraining(output) || binned.used.length === 0) return undefined;
    search.startTree(output, this.sampling.next());
    search.rowOrder.set(rows);
    const constantHessian = objective.constantHessian && !this.goss;
    const tree = growTree({ search, binned, params, constantHessian, memory: this.memory }, rows.length, output);
    if (params.use_quantized_grad && params.quant_train_renew_leaf) this.renewQuantized(tree, output);
    if (this.linear) {
      // the first trees of boosting stay constant; those of a forest do not
      const isConstant = this.isFirst() && params.boosting !== 'rf';
      const [from, to] = [output * binned.rows, (output + 1) * binned.rows];
      const gradients = search.gradients.subarray(from, to);
      const hessians = search.hessians.subarray(from, to);
      tree.linear = isConstant
        ? constantLeaves(tree.leafValue)
        : this.linear.fit(tree, { rowOrder: search.rowOrder, gradients, hessians });
    }
    return tree;
  }

  /** Sets leaf values to what the gradients say that were quantised to find the splits. */
  private renewQuantized(tree: GrownTree, output: number): void {
    const { search, binned, params } = this.start;
    for (let leaf = 0; leaf < tree.numLeaves; leaf++) {
      let gradient = 0;
      let hessian = 0;
      const begin = tree.leafBegin[leaf];
      for (let i = begin; i < begin + tree.leafCount[leaf]; i++) {
        const at = output * binned.rows + search.rowOrder[i];
        gradient += search.gradients[at];
        hessian += search.hessians[at];
      }
      tree.leafValue[leaf] = roundToZero(leafOutput(gradient, hessian, params));
    }
  }

  /** Returns a tree of one leaf in place of one that could not split; linear if that is. */
  private constantLike(tree: GrownTree | undefined, value: number, rows: number): GrownTree {
    const constant = grownConstant(value, rows);
    return tree?.linear ? { ...constant, linear: constantLeaves(constant.leafValue) } : constant;
  }

  /** Sets leaf values that the objective wants to be others than the gradients say. */
  private renew(tree: GrownTree, scores: Float64Array): void {
    const { objective, search } = this.start;
    if (!objective.renewLeaf) return;
    for (let leaf = 0; leaf < tree.numLeaves; leaf++) {
      const begin = tree.leafBegin[leaf];
      const rows = search.rowOrder.subarray(begin, begin + tree.leafCount[leaf]);
      tree.leafValue[leaf] = roundToZero(objective.renewLeaf(rows, scores));
    }
  }

  /** Lets all scores follow a new tree. */
  private follow(tree: GrownTree, output: number, outside: Int32Array | undefined): void {
    const { binned, search } = this.start;
    const { raw } = this.training;
    addLeaves(this.scores, output * binned.rows, tree, search.rowOrder, raw);
    if (outside) addByBins(this.scores, output * binned.rows, tree, binned, outside, raw);
    for (const set of this.watched) addTree(set, output, tree);
  }
}

function addTree({ scores, binned, raw }: Watched, output: number, tree: GrownTree): void {
  if (tree.numLeaves === 1) addConstant(scores, binned.rows, output, tree.leafValue[0]);
  else addByBins(scores, output * binned.rows, tree, binned, undefined, raw);
}

function scale(tree: GrownTree, rate: number): void {
  tree.leafValue = tree.leafValue.map((value) => roundToZero(value * rate));
  tree.internalValue = tree.internalValue.map((value) => roundToZero(value * rate));
  if (tree.linear) tree.linear = scaledLeaves(tree.linear, rate);
  tree.shrinkage *= rate;
}

/** Puts the initial score into the first tree, so that a model needs none beside its trees. */
function addBias(tree: GrownTree, bias: number): void {
  tree.leafValue = tree.leafValue.map((value) => roundToZero(value + bias));
  tree.internalValue = tree.internalValue.map((value) => roundToZero(value + bias));
  if (tree.linear) {
    tree.linear = { ...tree.linear, constants: tree.linear.constants.map((value) => roundToZero(value + bias)) };
  }
  tree.shrinkage = 1;
}

function storedTree(tree: GrownTree): Tree {
  const { splitColumn: _c, thresholdBin: _t, missingBin: _m, categoryBins: _k, leafBegin: _b, ...stored } = tree;
  return stored;
}

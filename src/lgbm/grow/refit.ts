import { definedOf, invalid } from '../../errors.js';
import type { Dataset } from '../data/dataset.js';
import { sharedBins } from '../data/shared-bins.js';
import { parametersBlock } from '../kernel/parameters-block.js';
import { EPSILON, roundToZero } from '../numbers/floats.js';
import { createObjective } from '../objectives/create-objective.js';
import { PARAMETERS } from '../parameters/parameter-table.js';
import { type Params, resolveParams, type TrainParams } from '../parameters/params.js';
import { type Booster, createBooster, modelOf } from '../predict/booster.js';
import { leavesOf } from '../predict/raw-scores.js';
import type { Model } from '../text/model.js';
import type { LinearTree, Tree } from '../text/tree.js';
import { LinearFit, linearOutput, type RawColumns, rawColumns } from './linear-leaves.js';
import { startingScores } from './scores.js';
import { isSmoothed, shapedOutput } from './shaped-gain.js';
import { featureInfoOf } from './training.js';

/**
 * Returns the booster with its trees as they are and leaf values fitted to new rows, as `Booster.refit` of LightGBM's Python package.
 *
 * Each leaf keeps `refit_decay_rate` (default 0.9) of its value and takes the rest from the rows that reach it; so do the
 * constants and coefficients of linear leaves, each in the features that it has. Objectives whose leaves are renewed while training
 * (quantile, L1) are not renewed here.
 *
 * @param params What differs from the parameters in the booster's text, which are used otherwise.
 * @throws ForecastError INVALID_ARGUMENT for data of another width; UNSUPPORTED_MODEL for random forests and for models only some of
 * whose trees are linear; INVALID_DATASET where a feature of a linear leaf holds no numbers that differ, and as `train`;
 * INVALID_PARAMETER for a `linear_tree` that is not the model's; INVALID_PARAMETER and UNSUPPORTED_PARAMETER as `train`.
 * @example
 * const adapted = refit(booster, lastWeek, { refit_decay_rate: 0.8 });
 */
export function refit(booster: Booster, dataset: Dataset, params: TrainParams = {}): Booster {
  const model = modelOf(booster, 'refit');
  if (model.featureNames.length !== dataset.features) {
    const expected = `${model.featureNames.length} features wide`;
    throw invalid('INVALID_ARGUMENT', 'refit', 'dataset', expected, dataset.features);
  }
  if (model.averageOutput) {
    throw invalid('UNSUPPORTED_MODEL', 'refit', 'booster', 'no random forest', model.objective);
  }
  if (dataset.position) throw invalid('INVALID_ARGUMENT', 'refit', 'dataset', 'without positions', 'position');
  const isLinear = isLinearModel(model);
  const resolved = resolveParams({ ...parametersOf(model), linear_tree: isLinear, ...definedOf(params) });
  if (resolved.linear_tree !== isLinear) {
    throw invalid('INVALID_PARAMETER', 'refit', 'linear_tree', `${isLinear}, as the model is`, resolved.linear_tree);
  }
  const objective = createObjective(dataset, resolved);
  const { outputs } = objective;
  if (outputs !== model.outputs) {
    throw invalid('INVALID_ARGUMENT', 'refit', 'booster', `a model of ${outputs} outputs`, model.outputs);
  }
  const { rows } = dataset;
  const scores = startingScores(dataset, outputs);
  const gradients = new Float32Array(outputs * rows);
  const hessians = new Float32Array(outputs * rows).fill(1);
  const leaves = leavesOf(model, dataset.values, rows);
  const binned = sharedBins(dataset, resolved);
  const raw = isLinear ? rawColumns(dataset, binned) : undefined;
  if (raw) checkLeafFeatures(model, raw);
  const linearFit = raw && new LinearFit(raw, resolved.linear_lambda);
  const count = model.trees.length;
  const trees = model.trees.map((tree, t) => {
    const output = t % outputs;
    if (output === 0) objective.gradients(scores, gradients, hessians);
    const offset = output * rows;
    const leafOf = (row: number) => leaves[row * count + t];
    const fitted = { gradients: gradients.subarray(offset), hessians: hessians.subarray(offset) };
    const sums = sumsByLeaf(tree, leafOf, fitted.gradients, fitted.hessians, rows);
    const leafValue = refitted(tree, sums, resolved);
    if (!raw || !linearFit || !hasFunctions(tree)) {
      for (let row = 0; row < rows; row++) scores[offset + row] += leafValue[leafOf(row)];
      return { ...tree, leafValue };
    }
    const ordered = { ...orderedByLeaf(sums.counts, leafOf, rows), ...fitted };
    const linear = linearFit.refit(tree, ordered, { rate: resolved.refit_decay_rate, leafValue });
    for (let row = 0; row < rows; row++) {
      const leaf = leafOf(row);
      scores[offset + row] += linearOutput(linear, leaf, leafValue[leaf], raw, row);
    }
    return { ...tree, leafValue, linear };
  });
  return createBooster({
    ...model,
    objective: objective.text,
    featureNames: dataset.featureNames,
    featureInfos: binned.mappers.map(featureInfoOf),
    trees,
    parameters: parametersBlock(resolved),
  });
}

function hasFunctions(tree: Tree): tree is LinearTree {
  return tree.linear !== undefined;
}

/** Native reads functions of every tree of such a model, and ends where a tree has none. */
function isLinearModel({ trees }: Model): boolean {
  const linear = trees.filter(hasFunctions).length;
  if (linear > 0 && linear < trees.length) {
    const expected = 'trees all linear or none of them';
    throw invalid('UNSUPPORTED_MODEL', 'refit', 'booster', expected, `${linear} of ${trees.length} linear`);
  }
  return linear > 0;
}

/** Native takes another column for one whose values cannot split the new rows, and one coefficient for another where they are not in order. */
function checkLeafFeatures({ trees, featureNames }: Model, raw: RawColumns): void {
  for (const { begin, features } of trees.filter(hasFunctions).map(({ linear }) => linear)) {
    for (let leaf = 0; leaf + 1 < begin.length; leaf++) {
      for (let i = begin[leaf]; i < begin[leaf + 1]; i++) {
        if (i > begin[leaf] && features[i] <= features[i - 1]) {
          const expected = 'features of a linear leaf in ascending order';
          throw invalid('UNSUPPORTED_MODEL', 'refit', 'booster', expected, `${features[i - 1]}, ${features[i]}`);
        }
        if (!raw[features[i]]) {
          const expected = `numbers that can split in feature ${featureNames[features[i]]}, of which leaves are functions`;
          throw invalid('INVALID_DATASET', 'refit', 'values', expected, 'categories, or too few that differ');
        }
      }
    }
  }
}

/** Returns the rows leaf by leaf, ascending within each. */
function orderedByLeaf(leafCount: Int32Array, leafOf: (row: number) => number, rows: number) {
  const leafBegin = new Int32Array(leafCount.length);
  for (let leaf = 1; leaf < leafCount.length; leaf++) leafBegin[leaf] = leafBegin[leaf - 1] + leafCount[leaf - 1];
  const next = leafBegin.slice();
  const rowOrder = new Int32Array(rows);
  for (let row = 0; row < rows; row++) rowOrder[next[leafOf(row)]++] = row;
  return { rowOrder, leafBegin, leafCount };
}

interface LeafSums {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
  readonly counts: Int32Array;
}

function sumsByLeaf(
  { numLeaves }: Tree,
  leafOf: (row: number) => number,
  gradients: Float32Array,
  hessians: Float32Array,
  rows: number,
): LeafSums {
  const sums = {
    gradients: new Float64Array(numLeaves),
    hessians: new Float64Array(numLeaves).fill(EPSILON),
    counts: new Int32Array(numLeaves),
  };
  for (let row = 0; row < rows; row++) {
    const leaf = leafOf(row);
    sums.gradients[leaf] += gradients[row];
    sums.hessians[leaf] += hessians[row];
    sums.counts[leaf]++;
  }
  return sums;
}

function refitted(tree: Tree, sums: LeafSums, params: Params): Float64Array {
  const { refit_decay_rate: decay } = params;
  const free = { lower: -Infinity, upper: Infinity };
  return tree.leafValue.map((value, leaf) => {
    const side = { gradient: sums.gradients[leaf], hessian: sums.hessians[leaf], count: sums.counts[leaf] };
    // native smooths towards the number of the parent node, not towards its value, and leaf 0 not at all
    const isPulled = isSmoothed(params) && leaf > 0;
    const shape = isPulled ? params : { ...params, path_smooth: 0 };
    const output = shapedOutput(side, params.lambda_l2, isPulled ? parentOf(tree, leaf) : 0, free, shape);
    return roundToZero(decay * value + (1 - decay) * (output * tree.shrinkage));
  });
}

function parentOf({ leftChild, rightChild }: Tree, leaf: number): number {
  return Math.max(leftChild.indexOf(~leaf), rightChild.indexOf(~leaf));
}

/** Parameters that a refit has no use for, or that only this training's data fit. */
const NOT_TAKEN = new Set(['metric', 'early_stopping_round', 'boosting', 'data_sample_strategy']);

/** Returns the parameters that a model's text lists, as far as this engine trains by them, or what its objective says. */
function parametersOf({ parameters, objective }: Model): TrainParams {
  const [name, ...settings] = objective.split(' ');
  const said = Object.fromEntries(settings.map((setting) => setting.split(':')).filter(({ length }) => length === 2));
  const params: TrainParams = { ...(name !== '' && { objective: name }), ...said, metric: 'None' };
  if (settings.includes('sqrt')) params.reg_sqrt = true;
  for (const line of (parameters ?? '').split('\n')) {
    const mark = line.indexOf(': ');
    if (!line.startsWith('[') || mark < 0 || !line.endsWith(']')) continue;
    const key = line.slice(1, mark);
    const value = line.slice(mark + 2, -1);
    const known = PARAMETERS.find((parameter) => parameter.name === key);
    if (known?.support === 'supported' && value !== '' && !NOT_TAKEN.has(key)) params[key] = value;
  }
  return params;
}

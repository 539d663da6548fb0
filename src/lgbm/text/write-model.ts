import { splitCounts, splitGains } from '../predict/importance.js';
import { formatG } from './format-number.js';
import type { Model } from './model.js';
import type { Tree } from './tree.js';

/** Which part of a model to write. */
export interface WriteOptions {
  /** Trees begin..end-1 of the model. */
  readonly begin: number;
  readonly end: number;
  /** Trees that importances are taken of, from the first on: native does not leave out those before `begin`. */
  readonly importanceEnd: number;
  /** 0: importances count splits; 1: they sum gains. */
  readonly importanceType: number;
}

/** Returns a model as LightGBM's text format, version 4: what native 4.6 writes for the same trees, byte for byte. */
export function writeModel(model: Model, { begin, end, importanceEnd, importanceType }: WriteOptions): string {
  const trees = model.trees.slice(begin, end);
  const blocks = trees.map((tree, i) => `Tree=${i}\n${treeText(tree)}\n`);
  const lines = [
    'tree',
    'version=v4',
    `num_class=${model.numClass}`,
    `num_tree_per_iteration=${model.outputs}`,
    `label_index=${model.labelIndex}`,
    `max_feature_idx=${model.featureNames.length - 1}`,
    ...(model.objective === '' ? [] : [`objective=${model.objective}`]),
    ...(model.averageOutput ? ['average_output'] : []),
    `feature_names=${model.featureNames.join(' ')}`,
    ...(model.monotoneConstraints === undefined ? [] : [`monotone_constraints=${model.monotoneConstraints}`]),
    `feature_infos=${model.featureInfos.join(' ')}`,
    // native finds trees by these sizes in bytes; a tree's text is ASCII
    `tree_sizes=${blocks.map((block) => block.length).join(' ')}`,
  ];
  const parameters = model.parameters === undefined ? '' : `\nparameters:\n${model.parameters}\nend of parameters\n`;
  const categories = model.pandasCategorical === undefined ? '' : `\npandas_categorical:${model.pandasCategorical}\n`;
  const importances = importanceLines(model, model.trees.slice(0, importanceEnd), importanceType);
  return `${lines.join('\n')}\n\n${blocks.join('')}end of trees\n\nfeature_importances:\n${importances}${parameters}${categories}`;
}

function treeText(tree: Tree): string {
  const exact = (numbers: ArrayLike<number>) => joined(numbers, 17);
  const short = (numbers: ArrayLike<number>) => joined(numbers, 6);
  const whole = (numbers: Int32Array | Uint8Array | Uint32Array) => numbers.join(' ');
  const { categories } = tree;
  return [
    `num_leaves=${tree.numLeaves}`,
    `num_cat=${categories ? categories.boundaries.length - 1 : 0}`,
    `split_feature=${whole(tree.splitFeature)}`,
    `split_gain=${short(tree.splitGain)}`,
    `threshold=${exact(tree.threshold)}`,
    `decision_type=${whole(tree.decisionType)}`,
    `left_child=${whole(tree.leftChild)}`,
    `right_child=${whole(tree.rightChild)}`,
    `leaf_value=${exact(tree.leafValue)}`,
    `leaf_weight=${exact(tree.leafWeight)}`,
    `leaf_count=${whole(tree.leafCount)}`,
    `internal_value=${short(tree.internalValue)}`,
    `internal_weight=${short(tree.internalWeight)}`,
    `internal_count=${whole(tree.internalCount)}`,
    ...(categories
      ? [`cat_boundaries=${whole(categories.boundaries)}`, `cat_threshold=${whole(categories.bits)}`]
      : []),
    ...linearLines(tree),
    `shrinkage=${formatG(tree.shrinkage, 6)}`,
    '',
    '',
  ].join('\n');
}

/** Native separates the leaves of a linear tree by an extra space, and writes one after the last number of each. */
function linearLines({ linear }: Tree): string[] {
  if (!linear) return ['is_linear=0'];
  const { begin, features, coefficients, constants } = linear;
  const perLeaf = (write: (from: number, to: number) => string) =>
    Array.from(constants, (_, leaf) => {
      const [from, to] = [begin[leaf], begin[leaf + 1]];
      return to > from ? `${write(from, to)}  ` : ' ';
    }).join('');
  return [
    'is_linear=1',
    `leaf_const=${joined(constants, 17)}`,
    `num_features=${Array.from(constants, (_, leaf) => begin[leaf + 1] - begin[leaf]).join(' ')}`,
    `leaf_features=${perLeaf((from, to) => features.subarray(from, to).join(' '))}`,
    `leaf_coeff=${perLeaf((from, to) => joined(coefficients.subarray(from, to), 17))}`,
  ];
}

function joined(numbers: ArrayLike<number>, precision: number): string {
  let text = '';
  for (let i = 0; i < numbers.length; i++) text += (i === 0 ? '' : ' ') + formatG(numbers[i], precision);
  return text;
}

/** Features by falling importance, ties in their own order; an importance below 1 is left out and fractions are cut off. */
function importanceLines({ featureNames }: Model, trees: readonly Tree[], importanceType: number): string {
  const measure = importanceType === 1 ? splitGains : splitCounts;
  return Array.from(measure(trees, featureNames.length), (value, i) => ({
    name: featureNames[i],
    value: Math.trunc(value),
  }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value)
    .map(({ name, value }) => `${name}=${value}\n`)
    .join('');
}

import { splitCounts, splitGains } from '../predict/importance.js';
import { formatG } from './format-number.js';
import type { Model } from './model.js';
import { asNativeReads, nativeNumber } from './native-number.js';
import { CATEGORICAL, DEFAULT_LEFT, MISSING_SHIFT, type Tree } from './tree.js';

/** Which part of a model to write as JSON. */
export interface DumpRange {
  /** Trees begin..end-1. */
  readonly begin: number;
  readonly end: number;
  /** Trees that importances are taken of, from the first on: native does not leave out those before `begin`. */
  readonly importanceEnd: number;
  readonly importanceType: 'split' | 'gain';
}

/** Returns a model as JSON: what native 4.6 writes for the same trees, byte for byte. */
export function dumpModel(model: Model, { begin, end, importanceEnd, importanceType }: DumpRange): string {
  const { objective, featureNames, monotoneConstraints = '' } = model;
  const trees = model.trees
    .slice(begin, end)
    .map((tree, i) => `{"tree_index":${begin + i},${treeJson(model.isRead ? asNativeReads(tree) : tree)}}`);
  const measure = importanceType === 'gain' ? splitGains : splitCounts;
  const importances = Array.from(measure(model.trees.slice(0, importanceEnd), featureNames.length), Math.trunc);
  return [
    '{"name":"tree",',
    '"version":"v4",',
    `"num_class":${model.numClass},`,
    `"num_tree_per_iteration":${model.outputs},`,
    `"label_index":${model.labelIndex},`,
    `"max_feature_idx":${featureNames.length - 1},`,
    ...(objective === '' || objective === 'custom' ? [] : [`"objective":${JSON.stringify(objective)},`]),
    `"average_output":${model.averageOutput},`,
    `"feature_names":[${featureNames.map((name) => JSON.stringify(name)).join(',')}],`,
    `"monotone_constraints":[${monotoneConstraints.split(' ').join(',')}],`,
    `"feature_infos":{${featureNames.flatMap((name, i) => featureInfo(name, model.featureInfos[i])).join(',')}},`,
    `"tree_info":[${trees.join(',')}],`,
    '',
    `"feature_importances":{${featureNames.flatMap((name, i) => (importances[i] > 0 ? [`${JSON.stringify(name)}:${importances[i]}`] : [])).join(',')}}`,
    '}',
    '',
  ].join('\n');
}

function featureInfo(name: string, info: string): string[] {
  if (info === 'none') return [];
  const bounds = /^\[(.*):(.*)\]$/.exec(info);
  const values = bounds ? [] : info.split(':').map(Number);
  const [least, most] = bounds
    ? [bounds[1], bounds[2]].map((text) => exact(withinRange(nativeNumber(text))))
    : [Math.min, Math.max].map((pick) => values.reduce((a, b) => pick(a, b)));
  return [`${JSON.stringify(name)}:{"min_value":${least},"max_value":${most},"values":[${values.join(',')}]}`];
}

function treeJson(tree: Tree): string {
  const { numLeaves, categories, shrinkage } = tree;
  const sets = categories ? categories.boundaries.length - 1 : 0;
  const head = `"num_leaves":${numLeaves},\n"num_cat":${sets},\n"shrinkage":${exact(shrinkage)},\n`;
  if (numLeaves > 1) return `${head}"tree_structure":${nodesJson(tree)}\n`;
  const count = `"leaf_count":${tree.leafCount[0] ?? 0}${tree.linear ? ', \n' : ''}`;
  return `${head}"tree_structure":{"leaf_value":${exact(tree.leafValue[0])}, \n${count}${linearJson(tree, 0)}}\n`;
}

/** Writes node by node with a stack of its own: a tree may be deeper than calls can be. */
function nodesJson(tree: Tree): string {
  const parts: string[] = [];
  const open: (number | string)[] = [0];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'string') parts.push(next);
    else if (next < 0) parts.push(leafJson(tree, ~next));
    else {
      parts.push(nodeJson(tree, next), '"left_child":');
      open.push('\n}', tree.rightChild[next], ',\n"right_child":', tree.leftChild[next]);
    }
  }
  return parts.join('');
}

const MISSING_NAMES = ['None', 'Zero', 'NaN'];

function nodeJson(tree: Tree, node: number): string {
  const decision = tree.decisionType[node];
  const isCategorical = (decision & CATEGORICAL) !== 0;
  const threshold = isCategorical
    ? `"${categoriesOf(tree, tree.threshold[node]).join('||')}"`
    : exact(withinRange(tree.threshold[node]));
  return [
    '{',
    `"split_index":${node},`,
    `"split_feature":${tree.splitFeature[node]},`,
    `"split_gain":${exact(withinFloat(tree.splitGain[node]))},`,
    `"threshold":${threshold},`,
    `"decision_type":"${isCategorical ? '==' : '<='}",`,
    `"default_left":${(decision & DEFAULT_LEFT) !== 0},`,
    `"missing_type":"${MISSING_NAMES[decision >> MISSING_SHIFT]}",`,
    `"internal_value":${exact(tree.internalValue[node])},`,
    `"internal_weight":${exact(tree.internalWeight[node])},`,
    `"internal_count":${tree.internalCount[node]},`,
    '',
  ].join('\n');
}

function leafJson(tree: Tree, leaf: number): string {
  const { leafValue, leafWeight, leafCount, linear } = tree;
  return [
    '{',
    `"leaf_index":${leaf},`,
    `"leaf_value":${exact(leafValue[leaf])},`,
    `"leaf_weight":${exact(leafWeight[leaf])},`,
    `"leaf_count":${leafCount[leaf]}${linear ? ',' : ''}`,
    `${linearJson(tree, leaf)}}`,
  ].join('\n');
}

function linearJson({ linear }: Tree, leaf: number): string {
  if (!linear) return '';
  const { constants, begin, features, coefficients } = linear;
  const [from, to] = [begin[leaf], begin[leaf + 1]];
  const constant = `"leaf_const":${exact(constants[leaf])},\n`;
  if (to === from) return `${constant}"leaf_features":[],\n"leaf_coeff":[]\n`;
  const factors = Array.from(coefficients.subarray(from, to), exact);
  return `${constant}"leaf_features":[${features.subarray(from, to).join(', ')}], \n"leaf_coeff":[${factors.join(', ')}]\n`;
}

function categoriesOf({ categories }: Tree, set: number): number[] {
  if (!categories) return [];
  const words = categories.bits.subarray(categories.boundaries[set], categories.boundaries[set + 1]);
  return Array.from(words, (word, i) =>
    Array.from({ length: 32 }, (_, bit) => ((word >>> bit) & 1 ? [i * 32 + bit] : [])).flat(),
  ).flat();
}

function exact(value: number): string {
  return formatG(value, 17);
}

function withinRange(value: number): number {
  return Number.isNaN(value) ? 0 : Math.max(-1e300, Math.min(1e300, value));
}

function withinFloat(value: number): number {
  if (Number.isNaN(value)) return 0;
  return value >= 1e38 ? Math.fround(1e38) : value <= -1e38 ? Math.fround(-1e38) : value;
}

import type { Model } from '../text/model.js';
import { readModel } from '../text/parse-model.js';
import type { Tree } from '../text/tree.js';
import {
  type CompactCounts,
  type CompactParts,
  checksum,
  HEADER,
  MAGIC,
  placesOf,
  TREE,
  TREE_WORDS,
  VERSION,
  viewParts,
} from './compact-layout.js';

/** The text that a prediction needs, as JSON. */
export interface CompactHead {
  readonly objective: string;
  /** Separated by spaces, as in the model's text. */
  readonly featureNames: string;
  readonly pandasCategorical?: string;
}

/** The rest of the text, as JSON. */
export interface CompactRest {
  readonly featureInfos: string;
  readonly monotoneConstraints?: string;
  readonly parameters?: string;
}

/**
 * Returns a model's text in compact form, which `decodeModel` loads a hundred times faster than `parseModel` reads the text.
 *
 * Holds all that the text holds, in about half the bytes: numbers as they are in memory, children checked when read. To be kept beside
 * the text, never instead of it: a later version of this package may refuse the form, and LightGBM does not know it.
 *
 * @param text What `Booster.toText` returns, or any text that `parseModel` takes.
 * @throws ForecastError INVALID_MODEL, UNSUPPORTED_MODEL as `parseModel` does.
 * @example
 * const bytes = encodeModel(booster.toText());
 * decodeModel(bytes).predict(values, { rows: 1 });
 */
export function encodeModel(text: string): Uint8Array {
  const model = readModel(text);
  const { objective, featureNames, pandasCategorical } = model;
  // JSON leaves out what is undefined
  const bytesOf = (text: CompactHead | CompactRest) => new TextEncoder().encode(JSON.stringify(text));
  const head = bytesOf({ objective, featureNames: featureNames.join(' '), pandasCategorical });
  const rest = bytesOf(restOf(model));
  const counts = countsOf(model.trees, head.length, rest.length);
  const places = placesOf(counts);
  const buffer = new ArrayBuffer(places.end);
  const parts = viewParts(buffer, counts, places);
  writeHeader(parts.header, model, counts);
  parts.head.set(head);
  parts.rest.set(rest);
  writeTrees(parts, model.trees);
  parts.header[HEADER.checksum] = checksum(new Int32Array(buffer));
  return new Uint8Array(buffer);
}

function restOf({ featureInfos, monotoneConstraints, parameters }: Model): CompactRest {
  return { featureInfos: featureInfos.join(' '), monotoneConstraints, parameters };
}

function countsOf(trees: readonly Tree[], head: number, rest: number): CompactCounts {
  const sum = (of: (tree: Tree) => number) => trees.reduce((total, tree) => total + of(tree), 0);
  return {
    trees: trees.length,
    leaves: sum((tree) => tree.numLeaves),
    weights: sum((tree) => tree.leafWeight.length),
    boundaries: sum((tree) => tree.categories?.boundaries.length ?? 0),
    words: sum((tree) => tree.categories?.bits.length ?? 0),
    linearLeaves: sum((tree) => (tree.linear ? tree.numLeaves : 0)),
    coefficients: sum((tree) => tree.linear?.coefficients.length ?? 0),
    head,
    rest,
  };
}

function writeHeader(header: Int32Array, model: Model, counts: CompactCounts): void {
  const { outputs, numClass, labelIndex, featureNames, averageOutput } = model;
  const entries = {
    ...counts,
    magic: MAGIC,
    version: VERSION,
    outputs,
    numClass,
    labelIndex,
    features: featureNames.length,
    averageOutput: averageOutput ? 1 : 0,
  };
  for (const [name, value] of Object.entries(entries)) header[HEADER[name as keyof typeof entries]] = value;
}

function writeTrees(parts: CompactParts, trees: readonly Tree[]): void {
  let node = 0;
  let leaf = 0;
  let weight = 0;
  let boundary = 0;
  let word = 0;
  let linearLeaf = 0;
  let coefficient = 0;
  trees.forEach((tree, t) => {
    const { numLeaves, categories, linear } = tree;
    const record = parts.trees.subarray(t * TREE_WORDS);
    record[TREE.leaves] = numLeaves;
    record[TREE.weights] = tree.leafWeight.length;
    record[TREE.boundaries] = categories?.boundaries.length ?? 0;
    record[TREE.words] = categories?.bits.length ?? 0;
    record[TREE.isLinear] = linear ? 1 : 0;
    parts.shrinkage[t] = tree.shrinkage;
    parts.threshold.set(tree.threshold, node);
    parts.internalValue.set(tree.internalValue, node);
    parts.internalWeight.set(tree.internalWeight, node);
    parts.internalCount.set(tree.internalCount, node);
    parts.splitGain.set(tree.splitGain, node);
    parts.splitFeature.set(tree.splitFeature, node);
    parts.decisionType.set(tree.decisionType, node);
    for (let i = 0; i < numLeaves - 1; i++) {
      parts.left[node + i] = moved(tree.leftChild[i], node, leaf);
      parts.right[node + i] = moved(tree.rightChild[i], node, leaf);
    }
    parts.leafValue.set(tree.leafValue, leaf);
    parts.leafWeight.set(tree.leafWeight, weight);
    parts.leafCount.set(tree.leafCount, leaf);
    if (categories) {
      parts.boundaries.set(categories.boundaries, boundary);
      parts.bits.set(categories.bits, word);
    }
    if (linear) {
      parts.constants.set(linear.constants, linearLeaf);
      for (let i = 0; i < numLeaves; i++) {
        parts.coefficientCount[linearLeaf + i] = linear.begin[i + 1] - linear.begin[i];
      }
      parts.coefficients.set(linear.coefficients, coefficient);
      parts.coefficientFeature.set(linear.features, coefficient);
      linearLeaf += numLeaves;
      coefficient += linear.coefficients.length;
    }
    node += numLeaves - 1;
    leaf += numLeaves;
    weight += tree.leafWeight.length;
    boundary += record[TREE.boundaries];
    word += record[TREE.words];
  });
}

function moved(child: number, node: number, leaf: number): number {
  return child >= 0 ? child + node : ~(~child + leaf);
}

import type { Model } from '../text/model.js';
import { flatten } from './flat-model.js';
import { addRawScores, writeLeaves } from './predict.js';

/** Returns the raw scores of all trees [rows × outputs], row-major. */
export function rawScores(model: Model, values: Float64Array, rows: number): Float64Array {
  const scores = new Float64Array(rows * model.outputs);
  addRawScores(walkOf(model, values, rows), scores);
  return scores;
}

/** Returns the leaf that each row reaches in each tree [rows × trees]. */
export function leavesOf(model: Model, values: Float64Array, rows: number): Float64Array {
  const leaves = new Float64Array(rows * model.trees.length);
  writeLeaves(walkOf(model, values, rows), leaves);
  return leaves;
}

function walkOf(model: Model, values: Float64Array, rows: number) {
  const features = model.featureNames.length;
  return { model: flatten(model), values, rows, features, begin: 0, end: model.trees.length };
}

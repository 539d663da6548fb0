import { invalid, refuseUnknown } from '../../errors.js';
import type { Evaluation, StoppingPoint } from '../grow/early-stopping.js';
import { roundToZero, ZERO_THRESHOLD } from '../numbers/floats.js';
import { outputTransform } from '../objectives/output-transform.js';
import { dumpModel } from '../text/dump-model.js';
import type { Model } from '../text/model.js';
import type { PredictingTree } from '../text/tree.js';
import { writeModel } from '../text/write-model.js';
import { addBatchScores, BATCH_ROWS } from './batch-predict.js';
import { addContributions } from './contributions.js';
import { addUntilSure, checkedStop, type EarlyStopOptions } from './early-stop.js';
import { type FlatModel, flatten } from './flat-model.js';
import { splitCounts, splitGains } from './importance.js';
import { addRawScores, type Walk, writeLeaves } from './predict.js';

/** Which iterations to use: by default the first `bestIteration`. */
export interface IterationRange {
  /** First iteration, counted from 0; default 0. */
  startIteration?: number | undefined;
  /** How many iterations; <= 0 means all that follow; default up to `bestIteration`. */
  numIteration?: number | undefined;
}

/** Options of `Booster.predict`. */
export interface BoosterPredictOptions extends IterationRange {
  rows: number;
  /**
   * `value` (default): the objective's own unit, probabilities for classes. `raw`: the sum of leaf values. `leaf`: the leaf that
   * the row reaches in each tree. `contrib`: what each feature adds to the raw score (TreeSHAP), the expected score last.
   */
  kind?: 'value' | 'raw' | 'leaf' | 'contrib' | undefined;
  /**
   * For `value` and `raw` of classes and rankings: ends a row's prediction once its class is beyond doubt, as LightGBM's
   * `pred_early_stop`. Not for random forests, nor for objectives whose scores are to be exact.
   */
  earlyStop?: EarlyStopOptions | undefined;
}

/** Options of `Booster.dumpModel`. */
export interface DumpOptions extends IterationRange {
  /** What `feature_importances` holds; default `split`. */
  importanceType?: 'split' | 'gain' | undefined;
}

/**
 * A trained model that predicts. Immutable.
 *
 * One that `decodeModel` returned knows what predictions of every kind need. What asks for more of it (`featureImportance`, `toText`,
 * `dumpModel`, and `train` and `refit` from it) throws UNSUPPORTED_MODEL: ask the booster that `parseModel` makes of the text.
 */
export interface Booster {
  /** Raw scores per row: the number of classes for multiclass, else 1. */
  readonly outputs: number;
  readonly numFeatures: number;
  readonly featureNames: readonly string[];
  /** The objective as model text names it, for example `multiclass num_class:3`. */
  readonly objective: string;
  /** Iterations in the booster, those after the best one included. */
  readonly numIterations: number;
  /** Iterations that predict and toText use by default: the best ones with early stopping, else all. */
  readonly bestIteration: number;
  /** Whether early stopping ended the training. */
  readonly stoppedEarly: boolean;
  /** The metric that early stopping went by, at its best; undefined without early stopping or for a parsed model. */
  readonly bestScore: Evaluation | undefined;
  /** Every metric of every iteration, in order; empty without validation data or for a parsed model. */
  readonly evaluations: readonly Evaluation[];
  /** The JSON that LightGBM's Python package appends about categorical columns; undefined if the text had none. */
  readonly pandasCategorical: string | undefined;

  /**
   * Returns predictions, row-major: [rows × outputs], for `leaf` [rows × trees used], for `contrib` [rows × outputs × (features + 1)].
   *
   * @param values [rows × features], row-major; NaN is a missing value.
   * @throws ForecastError INVALID_ARGUMENT for values of another shape.
   */
  predict(values: Float64Array, options: BoosterPredictOptions): Float64Array;

  /**
   * Returns the importance of each feature [features]: how often it splits, or how much its splits gained.
   *
   * @throws ForecastError UNSUPPORTED_MODEL for a booster of a compact form, as do the two below.
   */
  featureImportance(type?: 'split' | 'gain', range?: IterationRange): Float64Array;

  /** Returns the model as LightGBM text, version 4, which native LightGBM and `parseModel` read. */
  toText(range?: IterationRange): string;

  /** Returns the model as JSON, as LightGBM's `dump_model` has it: nested nodes, for other programs to read. There is no way back. */
  dumpModel(options?: DumpOptions): string;
}

/** What is known of a booster from its training. */
export interface TrainingCourse {
  readonly evaluations: readonly Evaluation[];
  readonly stop?: StoppingPoint;
  readonly stoppedEarly: boolean;
}

/** Returns a booster over a model. */
export function createBooster(model: Model, course?: TrainingCourse): Booster {
  return boosterOver(model, flatten(model), { trees: () => model.trees, whole: () => model }, course);
}

/** What of a model a prediction needs beside its trees. */
export type ModelHead = Pick<Model, 'outputs' | 'objective' | 'averageOutput' | 'featureNames' | 'pandasCategorical'>;

/**
 * Returns a booster over what predictions need of a model, its trees laid flat.
 *
 * @param trees Returns the trees one by one; they are asked for when a prediction is explained.
 */
export function createPredictingBooster(
  head: ModelHead,
  flat: FlatModel,
  trees: () => readonly PredictingTree[],
): Booster {
  const whole = (where: string) => {
    throw invalid('UNSUPPORTED_MODEL', where, 'booster', 'a booster of a text', 'one of a compact form');
  };
  return boosterOver(head, flat, { trees, whole });
}

/** What a booster has beside its flat trees; asked for when it is needed. */
interface Sources {
  readonly trees: () => readonly PredictingTree[];
  /** @throws ForecastError UNSUPPORTED_MODEL, said of the function `where`, if only what predictions need is there */
  readonly whole: (where: string) => Model;
}

function boosterOver(head: ModelHead, flat: FlatModel, { trees, whole }: Sources, course?: TrainingCourse): Booster {
  const { outputs, featureNames } = head;
  const numFeatures = featureNames.length;
  const numIterations = flat.root.length / outputs;
  const bestIteration = course?.stop?.bestIteration ?? numIterations;
  const transform = outputTransform(head.objective);

  function treeRange({ startIteration = 0, numIteration }: IterationRange): [begin: number, end: number] {
    const start = Math.min(wholeNumber('startIteration', Math.max(0, startIteration)), numIterations);
    const count = wholeNumber('numIteration', numIteration ?? Math.max(0, bestIteration - start));
    const all = numIteration !== undefined && count <= 0;
    return [start * outputs, (all ? numIterations : Math.min(numIterations, start + count)) * outputs];
  }

  /** Trees that importances are taken of in text and JSON: native counts them from the first, wherever the range begins. */
  function importanceEnd({ numIteration = bestIteration }: IterationRange): number {
    return (numIteration > 0 ? Math.min(numIteration, numIterations) : numIterations) * outputs;
  }

  /** From sums of leaf values to the objective's unit; a random forest's raw scores are sums as well, its values means. */
  function convert(scores: Float64Array, iterations: number): void {
    if (head.averageOutput && iterations > 0) for (let i = 0; i < scores.length; i++) scores[i] /= iterations;
    for (let at = 0; at < scores.length; at += outputs) transform.convert(scores, at);
  }

  const booster: Booster = {
    outputs,
    numFeatures,
    featureNames,
    objective: head.objective,
    numIterations,
    bestIteration,
    stoppedEarly: course?.stoppedEarly ?? false,
    bestScore: course?.stop?.evaluation,
    evaluations: course?.evaluations ?? [],
    pandasCategorical: head.pandasCategorical,

    predict(given, options) {
      refuseUnknown('predict', options, ['rows', 'kind', 'earlyStop', ...RANGE_NAMES]);
      const { rows, kind = 'value', earlyStop } = options;
      if (!Number.isInteger(rows) || rows < 0) {
        throw invalid('INVALID_ARGUMENT', 'predict', 'rows', 'a whole number >= 0', rows);
      }
      if (!(given instanceof Float64Array) || given.length !== rows * numFeatures) {
        const expected = `a Float64Array of ${rows} rows × ${numFeatures} features`;
        throw invalid('INVALID_ARGUMENT', 'predict', 'values', expected, given?.length);
      }
      const values = withExactZeros(given);
      const stop = earlyStop === undefined ? undefined : checkedStop(earlyStop, kind, head);
      const [begin, end] = treeRange(options);
      const walk: Walk = { model: flat, values, rows, features: numFeatures, begin, end };
      if (kind === 'leaf') {
        const leaves = new Float64Array(rows * (end - begin));
        writeLeaves(walk, leaves);
        return leaves;
      }
      if (kind === 'contrib') {
        if (flat.linear) throw invalid('UNSUPPORTED_MODEL', 'predict', 'kind', 'not contrib for linear trees', kind);
        const contributions = new Float64Array(rows * outputs * (numFeatures + 1));
        const explained = { trees: trees(), model: flat, outputs, features: numFeatures, begin, end };
        addContributions(explained, values, rows, contributions);
        return contributions;
      }
      if (kind !== 'value' && kind !== 'raw') {
        throw invalid('INVALID_ARGUMENT', 'predict', 'kind', 'value, raw, leaf or contrib', kind);
      }
      const scores = new Float64Array(rows * outputs);
      if (stop) addUntilSure(walk, stop, scores);
      else if (rows >= BATCH_ROWS && !flat.linear) addBatchScores(walk, scores);
      else addRawScores(walk, scores);
      if (kind === 'value') convert(scores, (end - begin) / outputs);
      return scores;
    },

    featureImportance(type = 'split', range = {}) {
      refuseUnknown('featureImportance', range, RANGE_NAMES);
      if (type !== 'split' && type !== 'gain') {
        throw invalid('INVALID_ARGUMENT', 'featureImportance', 'type', 'split or gain', type);
      }
      const [begin, end] = treeRange(range);
      const measure = type === 'gain' ? splitGains : splitCounts;
      return measure(whole('featureImportance').trees.slice(begin, end), numFeatures);
    },

    toText(range = {}) {
      refuseUnknown('toText', range, RANGE_NAMES);
      const [begin, end] = treeRange(range);
      const model = whole('toText');
      const importanceType = model.parameters?.includes('[saved_feature_importance_type: 1]') ? 1 : 0;
      return writeModel(model, { begin, end, importanceEnd: importanceEnd(range), importanceType });
    },

    dumpModel(options = {}) {
      refuseUnknown('dumpModel', options, ['importanceType', ...RANGE_NAMES]);
      const { importanceType = 'split' } = options;
      if (importanceType !== 'split' && importanceType !== 'gain') {
        throw invalid('INVALID_ARGUMENT', 'dumpModel', 'importanceType', 'split or gain', importanceType);
      }
      const [begin, end] = treeRange(options);
      return dumpModel(whole('dumpModel'), { begin, end, importanceEnd: importanceEnd(options), importanceType });
    },
  };
  models.set(booster, whole);
  return booster;
}

const models = new WeakMap<Booster, Sources['whole']>();

/**
 * Returns the model of a booster.
 *
 * @param where Names the function that asks, in errors.
 * @throws ForecastError INVALID_ARGUMENT for what no function of this package made, UNSUPPORTED_MODEL for what `decodeModel` returned.
 */
export function modelOf(booster: Booster, where: string): Model {
  const whole = models.get(booster);
  if (whole) return whole(where);
  throw invalid('INVALID_ARGUMENT', where, 'booster', 'a booster that train or parseModel returned', booster);
}

const RANGE_NAMES = ['startIteration', 'numIteration'];

/** Native reads a value within the zero threshold as 0 when it predicts. Only a threshold as small tells them apart. */
function withExactZeros(values: Float64Array): Float64Array {
  for (let i = 0; i < values.length; i++) {
    if (Math.abs(values[i]) <= ZERO_THRESHOLD && values[i] !== 0) return values.map(roundToZero);
  }
  return values;
}

function wholeNumber(field: string, value: number): number {
  if (!Number.isInteger(value)) throw invalid('INVALID_ARGUMENT', 'booster', field, 'a whole number', value);
  return value;
}

import {
  type Booster,
  type CustomMetric,
  type CustomObjective,
  createDataset,
  cv,
  type Dataset,
  decodeModel,
  encodeModel,
  parseModel,
  refit,
  type SplitKernel,
  type TrainOptions,
  timeFolds,
  train,
} from '../../../src/lgbm/index.js';
import type { TrainingCase, TrainingRows } from './training-cases.js';

export { loadSimdKernel } from '../../../src/lgbm/index.js';
export { plainKernel } from '../../../src/lgbm/kernel/plain-split-search.js';

/** What native answers to a case; see native-training.py. */
export interface NativeTraining {
  error?: string;
  text: string;
  bestIteration: number;
  metrics: Record<string, number[]>;
  raw: number[];
  value: number[];
  leaf: number[];
  part?: string;
  json?: string;
  jsonRead?: string;
  sure?: number[];
}

/** Returns the request that native-training.py takes. */
export function requestOf({ params, train, valid, again, ...rest }: TrainingCase): object {
  return {
    ...rest,
    params,
    train: encoded(train),
    ...(valid && { valid: encoded(valid) }),
    ...(again && { again: encoded(again) }),
  };
}

/** Returns the dataset of a part of a case. */
export function datasetOf({ categorical, group, ...rows }: TrainingRows): Dataset {
  return createDataset({ ...rows, ...(group && { group }), ...(categorical && { categoricalFeatures: categorical }) });
}

/** Trains a case here, on the given kernel. */
export function trainHere(
  { params, train: rows, valid, course, firstParams, again }: TrainingCase,
  kernel?: SplitKernel,
): Booster {
  const data = datasetOf(rows);
  const options: TrainOptions = { kernel, valid: valid && datasetOf(valid) };
  if (course === 'continue') options.initModel = train(data, { ...params, ...firstParams }, { kernel });
  if (course === 'custom') Object.assign(options, { objective: pseudoHuber, metrics: [largestMiss] });
  const booster = train(data, params, options);
  return course === 'refit' && again ? refit(booster, datasetOf(again), params) : booster;
}

/** A smooth loss of one's own: only additions, products and square roots, which every engine rounds alike. */
const pseudoHuber: CustomObjective = ({ scores, dataset, gradients, hessians }) => {
  for (let i = 0; i < scores.length; i++) {
    const residual = scores[i] - dataset.labels[i];
    const root = Math.sqrt(1 + residual * residual);
    gradients[i] = residual / root;
    hessians[i] = 1 / (root * root * root);
  }
};

const largestMiss: CustomMetric = {
  name: 'largest_miss',
  biggerIsBetter: false,
  evaluate: (predictions, { labels }) =>
    predictions.reduce((most, value, i) => Math.max(most, Math.abs(value - labels[i])), 0),
};

/** Cross-validates a case here, and returns it in the form of native's answer, metrics as `lightgbm.cv` names them. */
function crossValidated({ params, train: rows, folds }: TrainingCase) {
  const data = datasetOf(rows);
  const { evaluations, bestIteration, boosters } = cv(data, params, {
    folds: folds ?? timeFolds(data.rows, { folds: 3 }),
  });
  const metrics: Record<string, number[]> = {};
  for (const name of new Set(evaluations.map(({ metric }) => metric))) {
    const ofMetric = evaluations.filter(({ metric }) => metric === name);
    metrics[`valid ${name}-mean`] = ofMetric.map(({ mean }) => mean);
    metrics[`valid ${name}-stdv`] = ofMetric.map(({ deviation }) => deviation);
  }
  const best = 'early_stopping_round' in params ? bestIteration : -1;
  return { booster: boosters[0], bestIteration: best, metrics };
}

/** Returns what differs between a case trained here and natively; nothing if all is equal. */
export function differencesOf(drawn: TrainingCase, native: NativeTraining, kernel?: SplitKernel): string[] {
  const validated = drawn.course === 'cv' ? crossValidated(drawn) : undefined;
  const booster = validated?.booster ?? trainHere(drawn, kernel);
  const bestIteration = validated?.bestIteration ?? booster.bestIteration;
  const differences: string[] = [];
  const text = booster.toText();
  if (core(text) !== core(native.text)) differences.push(`text: ${firstDifference(core(text), core(native.text))}`);
  if (native.bestIteration > 0 && native.bestIteration !== bestIteration) {
    differences.push(`best iteration ${bestIteration}, native ${native.bestIteration}`);
  }
  const { values, features } = drawn.train;
  const rows = Math.min(100, drawn.train.rows);
  const first = values.slice(0, rows * features);
  const same = (name: string, ours: ArrayLike<number>, theirs: readonly number[], tolerance = 0) => {
    const at = theirs.findIndex((value, i) => !(Math.abs(value - ours[i]) <= tolerance * Math.max(1, Math.abs(value))));
    if (ours.length !== theirs.length || at >= 0) {
      differences.push(`${name}[${at}]: ${ours[at]}, native ${theirs[at]} (${ours.length}, ${theirs.length})`);
    }
  };
  same('raw', booster.predict(first, { rows, kind: 'raw' }), native.raw);
  same('value', booster.predict(first, { rows }), native.value, 1e-14);
  same('leaf', booster.predict(first, { rows, kind: 'leaf' }), native.leaf);
  const decoded = decodeModel(encodeModel(booster.toText()));
  same('decoded', decoded.predict(first, { rows, kind: 'leaf' }), native.leaf);
  if (drawn.reading) {
    const { start, count, importance, stop } = drawn.reading;
    const range = { startIteration: start, numIteration: count };
    const options = { ...range, importanceType: importance };
    const all = booster.toText({ numIteration: -1 });
    const texts: [string, string, string | undefined][] = [
      ['part', core(booster.toText(range)), core(native.part ?? '')],
      ['json', booster.dumpModel(options), native.json],
      ['jsonRead', parseModel(all).dumpModel(options), native.jsonRead],
    ];
    for (const [name, ours, theirs = ''] of texts) {
      if (ours !== theirs) differences.push(`${name}: ${firstDifference(ours, theirs)}`);
    }
    if (stop) {
      const sure = booster.predict(first, { rows, kind: 'raw', earlyStop: stop, numIteration: -1 });
      same('sure', sure, native.sure ?? []);
    }
  }
  for (const [name, theirs] of Object.entries(native.metrics)) {
    const ours =
      validated?.metrics[name] ?? booster.evaluations.filter(({ metric }) => metric === name).map(({ value }) => value);
    // the package goes on asking after the last tree
    // native's gamma takes a logarithm in float32, whose last bit is the C library's own
    same(`metric ${name}`, ours, theirs.slice(0, ours.length), name === 'gamma' ? 1e-8 : 1e-13);
  }
  return differences;
}

function encoded({ values, labels, weights, ...rest }: TrainingRows): object {
  return { ...rest, values: base64(values), labels: base64(labels), ...(weights && { weights: base64(weights) }) };
}

function base64(array: Float64Array): string {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64');
}

function core(text: string): string {
  return text.slice(0, text.indexOf('\nparameters:'));
}

function firstDifference(ours: string, theirs: string): string {
  const a = ours.split('\n');
  const b = theirs.split('\n');
  const at = a.findIndex((line, i) => line !== b[i] && !line.startsWith('tree_sizes'));
  return `line ${at}: ${a[at]?.slice(0, 150)} | native ${b[at]?.slice(0, 150)}`;
}

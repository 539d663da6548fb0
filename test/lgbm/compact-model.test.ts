import { describe, expect, it } from 'vitest';
import { isForecastError } from '../../src/errors.js';
import { checksum, HEADER } from '../../src/lgbm/compact/compact-layout.js';
import { createDataset, decodeModel, encodeModel, parseModel, refit, train } from '../../src/lgbm/index.js';
import { datasetOf, trainHere } from '../parity/lgbm/compare-training.js';
import { randomCase, uniform } from '../parity/lgbm/random-cases.js';
import { TRAINING_LINES, trainingCase } from '../parity/lgbm/training-cases.js';
import { processorMs } from '../processor-time.js';
import { GOLDEN_NAMES, readGolden } from './golden.js';

const stump = (changes: Record<string, string> = {}): string => {
  const tree: Record<string, string> = {
    num_leaves: '3',
    num_cat: '0',
    split_feature: '0 1',
    split_gain: '1 0.25',
    threshold: '0.5 -1e-300',
    decision_type: '2 8',
    left_child: '1 -1',
    right_child: '-2 -3',
    leaf_value: '10 20 -1e+300',
    leaf_weight: '5 5 5',
    leaf_count: '5 5 5',
    internal_value: '15 1e+300',
    internal_weight: '10 5',
    internal_count: '15 10',
    is_linear: '0',
    shrinkage: '1',
    ...changes,
  };
  const block = Object.entries(tree).map(([key, value]) => `${key}=${value}\n`);
  const head =
    'version=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=1\nobjective=regression';
  return `tree\n${head}\nfeature_names=종가 b\nmonotone_constraints=1 0\nfeature_infos=[0:1] none\n\nTree=0\n${block.join('')}\n\nend of trees\n\npandas_categorical:[["x"]]\n`;
};

const MODELS: [name: string, text: string][] = [
  ['all that text can hold', stump()],
  [
    'children before their parents',
    stump({ left_child: '-1 0', right_child: '-2 -3' }).replace('left_child=-1 0', 'left_child=1 -1'),
  ],
  [
    'categories',
    stump({
      num_cat: '1',
      decision_type: '1 2',
      threshold: '0 2',
      cat_boundaries: '0 2',
      cat_threshold: '7 4294967295',
    }),
  ],
  [
    'linear leaves',
    stump({
      is_linear: '1',
      leaf_const: '1 2 3',
      num_features: '1 0 2',
      leaf_features: '1  0 1',
      leaf_coeff: '3  0.5 -2',
    }),
  ],
  [
    'a tree of one leaf without weight',
    stump({
      ...{ num_leaves: '1', split_feature: '', split_gain: '', threshold: '', decision_type: '', left_child: '' },
      ...{ right_child: '', leaf_value: '3', leaf_weight: '', leaf_count: '0', internal_value: '' },
      ...{ internal_weight: '', internal_count: '' },
    }),
  ],
  ['no tree', stump().replace(/Tree=0[\s\S]*?\n\n\n/, '')],
];
const values = Float64Array.of(0, 0, 1, -1, Number.NaN, 5, 0.5, Number.NaN);

/** Trains a random case, without early stopping where it has nothing to stop by. */
function trainedText(line: string, seed: number): string {
  const { params, ...drawn } = trainingCase(line, seed);
  if (!drawn.valid) params.early_stopping_round = 0;
  return trainHere({ ...drawn, params }).toText();
}

/** Expects the compact form to be the text in all that a booster can tell. */
function expectSame(text: string, input: Float64Array, rows: number): void {
  const parsed = parseModel(text);
  const decoded = decodeModel(encodeModel(text));
  expect(decoded.toText()).toBe(parsed.toText());
  expect(decoded.dumpModel()).toBe(parsed.dumpModel());
  const kinds = ['raw', 'value', 'leaf', ...(text.includes('is_linear=1') ? [] : (['contrib'] as const))] as const;
  for (const kind of kinds) {
    const [few, many] = [kind === 'contrib' ? 2 : rows, rows];
    const part = input.subarray(0, Math.min(few, many) * parsed.numFeatures);
    expect(decoded.predict(part, { rows: Math.min(few, many), kind })).toEqual(
      parsed.predict(part, { rows: Math.min(few, many), kind }),
    );
  }
  for (const type of ['split', 'gain'] as const) {
    expect(decoded.featureImportance(type)).toEqual(parsed.featureImportance(type));
  }
  const { predict: _p, toText: _t, dumpModel: _d, featureImportance: _f, ...facts } = parsed;
  expect(decoded).toMatchObject(facts);
}

describe('the compact form of a model', () => {
  it.each(MODELS)('is its text: %s', (_, text) => {
    expectSame(text, values, 4);
  });

  it.each(GOLDEN_NAMES.filter((name) => !name.startsWith('x_')))('is its text: golden %s', (name) => {
    const { model, valid } = readGolden(name);
    expectSame(model!, valid!.values, valid!.rows);
  });

  it.each(TRAINING_LINES)('is its text: random trainings of the kind %s', (line) => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8, 9, 31]) {
      const drawn = trainingCase(line, seed);
      const { values: input, rows } = drawn.train;
      expectSame(trainedText(line, seed), input, rows);
    }
  });

  it.each([
    ['sets of categories', 'categorical', 2, /\ncat_threshold=\d+ \d/],
    ['monotone directions', 'shapes', 7, /\nmonotone_constraints=/],
    ['weights of dropped trees', 'boosting', 2, /\nshrinkage=0\.0487805\n/],
    ['that a forest is averaged', 'boosting', 3, /\naverage_output\n/],
  ] as const)('carries %s', (_, line, seed, mark) => {
    const text = trainedText(line, seed);
    expect(text).toMatch(mark);
    expect(decodeModel(encodeModel(text)).toText()).toMatch(mark);
  });

  it('is added to and refitted as its text is', () => {
    for (const seed of [1, 2, 3]) {
      const { train: rows, params } = trainingCase('categorical', seed);
      const data = datasetOf(rows);
      const small = { ...params, early_stopping_round: 0, num_iterations: 3 };
      const text = train(data, small).toText();
      const decoded = decodeModel(encodeModel(text));
      expect(train(data, small, { initModel: decoded }).toText()).toBe(
        train(data, small, { initModel: text }).toText(),
      );
      expect(refit(decoded, data).toText()).toBe(refit(parseModel(text), data).toText());
    }
  });

  it('refuses what is no text, and a booster that is not written yet', () => {
    for (const given of [undefined, 5, parseModel(stump())]) {
      const refused = () => encodeModel(given as unknown as string);
      expect(refused).toThrow(expect.objectContaining({ code: 'INVALID_MODEL', field: 'text' }));
    }
  });

  it('is decoded wherever its bytes lie, and does not follow them afterwards', () => {
    const text = stump();
    const bytes = encodeModel(text);
    const elsewhere = new Uint8Array(bytes.length + 3);
    elsewhere.set(bytes, 3);
    const booster = decodeModel(elsewhere.subarray(3));
    elsewhere.fill(0);
    expect(booster.toText()).toBe(parseModel(text).toText());
  });

  it('refuses bytes of which any one is another, and any part of them', () => {
    const isRefused = (some: Uint8Array) => {
      try {
        decodeModel(some);
        return false;
      } catch (error) {
        return isForecastError(error, 'INVALID_MODEL');
      }
    };
    for (const [, text] of MODELS) {
      const bytes = encodeModel(text);
      for (let at = 0; at < bytes.length; at++) {
        const damaged = bytes.slice();
        damaged[at] ^= 1 << (at % 8);
        if (!isRefused(damaged) || !isRefused(bytes.subarray(0, at))) expect(at).toBe('refused');
      }
      expect(() => decodeModel(Uint8Array.from([...bytes, ...new Uint8Array(8)]))).toThrow(/length/);
    }
    expect(() => decodeModel(stump() as unknown as Uint8Array)).toThrow(/Uint8Array/);
  });

  it('answers 6,000 forgeries with INVALID_MODEL or a model that predicts and writes itself', () => {
    const { params, train: rows } = randomCase(2);
    delete params['early_stopping_round'];
    const trained = train(createDataset(rows), { ...params, num_iterations: 3, num_leaves: 5 }).toText();
    const sources = [...MODELS.map(([, text]) => text), trained].map(encodeModel);
    const u = uniform(7);
    const whole = (below: number) => Math.floor(u() * below);
    let loaded = 0;
    for (let i = 0; i < 6_000; i++) {
      const forged = sources[i % sources.length].slice();
      const words = new Int32Array(forged.buffer);
      for (let change = whole(3); change >= 0; change--) {
        // mostly small numbers and neighbours: those pass more checks than noise does
        const at = 3 + whole(words.length - 3);
        const changed = [whole(2 ** 32), -1 - whole(8), whole(8), words[at] + 1, words[at] - 1, 2 ** 31 - 1];
        words[at] = changed[whole(changed.length)];
      }
      words[HEADER.checksum] = checksum(words);
      const start = process.cpuUsage();
      try {
        const booster = decodeModel(forged);
        const input = new Float64Array(booster.numFeatures * 2).fill(0.3);
        for (const kind of ['value', 'leaf'] as const) booster.predict(input, { rows: 2, kind });
        booster.predict(new Float64Array(booster.numFeatures * 600), { rows: 600 });
        booster.featureImportance('gain');
        booster.toText();
        loaded++;
      } catch (error) {
        if (!isForecastError(error, 'INVALID_MODEL') && !isForecastError(error, 'UNSUPPORTED_MODEL')) throw error;
      }
      expect(processorMs(start)).toBeLessThan(1000);
    }
    expect(loaded).toBeGreaterThan(300);
  });
});

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
/** One tree, a path down the last feature, with the largest numbers that so many features, leaves and rows make. */
function widest({ features, leaves, rows }: { features: number; leaves: number; rows: number }): string {
  const list = (count: number, of: (i: number) => number) => Array.from({ length: count }, (_, i) => of(i)).join(' ');
  const nodes = leaves - 1;
  const tree: Record<string, string> = {
    num_leaves: `${leaves}`,
    split_feature: list(nodes, () => features - 1),
    split_gain: list(nodes, () => 1),
    threshold: list(nodes, (i) => i + 0.5),
    decision_type: list(nodes, () => 2),
    left_child: list(nodes, (i) => ~i),
    right_child: list(nodes, (i) => (i + 1 < nodes ? i + 1 : ~leaves + 1)),
    leaf_value: list(leaves, (i) => i / 3),
    leaf_weight: list(leaves, () => 1),
    leaf_count: list(leaves, () => 1),
    internal_value: list(nodes, () => 0),
    internal_weight: list(nodes, () => 1),
    internal_count: list(nodes, (i) => (i === 0 ? rows : leaves - i)),
  };
  const names = Array.from({ length: features }, (_, i) => `f${i}`).join(' ');
  const infos = Array.from({ length: features }, () => 'none').join(' ');
  return stump(tree)
    .replace('max_feature_idx=1', `max_feature_idx=${features - 1}`)
    .replace(/feature_names=.*/, `feature_names=${names}`)
    .replace(/monotone_constraints=.*\n/, '')
    .replace(/feature_infos=.*/, `feature_infos=${infos}`);
}

const values = Float64Array.of(0, 0, 1, -1, Number.NaN, 5, 0.5, Number.NaN);

/** Trains a random case, without early stopping where it has nothing to stop by. */
function trainedText(line: string, seed: number): string {
  const { params, ...drawn } = trainingCase(line, seed);
  if (!drawn.valid) params.early_stopping_round = 0;
  return trainHere({ ...drawn, params }).toText();
}

/** Expects the compact form to predict as its text does, in every kind and any part, and to refuse what only the text knows. */
function expectSame(text: string, input: Float64Array, rows: number): void {
  const parsed = parseModel(text);
  const decoded = decodeModel(encodeModel(text));
  const kinds = ['raw', 'value', 'leaf', ...(text.includes('is_linear=1') ? [] : (['contrib'] as const))] as const;
  const half = { startIteration: 1, numIteration: Math.ceil(parsed.numIterations / 2) };
  for (const kind of kinds) {
    const count = kind === 'contrib' ? Math.min(2, rows) : rows;
    const part = input.subarray(0, count * parsed.numFeatures);
    for (const range of [{}, half]) {
      const options = { ...range, rows: count, kind };
      expect(decoded.predict(part, options)).toEqual(parsed.predict(part, options));
    }
  }
  const { predict: _p, toText: _t, dumpModel: _d, featureImportance: _f, ...facts } = parsed;
  expect(decoded).toMatchObject(facts);
  for (const name of ['toText', 'dumpModel', 'featureImportance'] as const) {
    const refused = { code: 'UNSUPPORTED_MODEL', message: expect.stringMatching(`^${name}: booster must be .* text`) };
    expect(() => decoded[name]()).toThrow(expect.objectContaining(refused));
  }
}

describe('the compact form of a model', () => {
  it.each(MODELS)('predicts as its text: %s', (_, text) => {
    expectSame(text, values, 4);
  });

  it.each(GOLDEN_NAMES.filter((name) => !name.startsWith('x_')))('predicts as its text: golden %s', (name) => {
    const { model, valid } = readGolden(name);
    expectSame(model!, valid!.values, valid!.rows);
  });

  it.each(TRAINING_LINES)('predicts as its text: random trainings of the kind %s', (line) => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8, 9, 31]) {
      const drawn = trainingCase(line, seed);
      const { values: input, rows } = drawn.train;
      expectSame(trainedText(line, seed), input, rows);
    }
  });

  it.each([
    ['sets of categories', 'categorical', 2, /\ncat_threshold=\d+ \d/],
    ['weights of dropped trees', 'boosting', 2, /\nshrinkage=0\.0487805\n/],
    ['that a forest is averaged', 'boosting', 3, /\naverage_output\n/],
  ] as const)('carries %s', (_, line, seed, mark) => {
    const text = trainedText(line, seed);
    expect(text).toMatch(mark);
    const { values: input, rows } = trainingCase(line, seed).train;
    expectSame(text, input, rows);
  });

  it.each([
    ['256 features', { features: 256 }, [1, 1, 1]],
    ['257 features', { features: 257 }, [2, 1, 1]],
    ['65,537 features', { features: 65_537 }, [4, 1, 1]],
    ['trees of 128 leaves', { leaves: 128 }, [1, 1, 1]],
    ['trees of 129 leaves', { leaves: 129 }, [1, 2, 1]],
    ['trees of 32,769 leaves', { leaves: 32_769 }, [1, 4, 2]],
    ['256 rows', { rows: 256 }, [1, 1, 2]],
    ['65,536 rows', { rows: 65_536 }, [1, 1, 4]],
  ])('holds %s in the fewest bytes', (_, size, widths) => {
    const all = { features: 2, leaves: 4, rows: 4, ...size };
    const text = widest(all);
    const header = new Int32Array(encodeModel(text).buffer);
    expect([header[HEADER.featureBytes], header[HEADER.childBytes], header[HEADER.countBytes]]).toEqual(widths);
    const parsed = parseModel(text);
    const decoded = decodeModel(encodeModel(text));
    const input = new Float64Array(2 * parsed.numFeatures).fill(0.25).fill(99_999, parsed.numFeatures);
    // a path of more than 2,000 nodes is too deep to be explained
    const kinds = [...(['raw', 'leaf'] as const), ...(all.leaves > 2_000 ? [] : (['contrib'] as const))];
    for (const kind of kinds) {
      expect(decoded.predict(input, { rows: 2, kind })).toEqual(parsed.predict(input, { rows: 2, kind }));
    }
  });

  it('is much smaller than its text', () => {
    const { model } = readGolden(GOLDEN_NAMES[0]);
    expect(encodeModel(model!).length).toBeLessThan(model!.length / 3);
  });

  it('is not added to nor refitted: its text is', () => {
    const { train: rows, params } = trainingCase('categorical', 1);
    const data = datasetOf(rows);
    const small = { ...params, early_stopping_round: 0, num_iterations: 3 };
    const decoded = decodeModel(encodeModel(train(data, small).toText()));
    const refused = (name: string) =>
      expect.objectContaining({
        code: 'UNSUPPORTED_MODEL',
        message: expect.stringMatching(`^${name}: booster must be`),
      });
    expect(() => train(data, small, { initModel: decoded })).toThrow(refused('train'));
    expect(() => refit(decoded, data)).toThrow(refused('refit'));
  });

  it('refuses a form of the version before, which its store has the text of', () => {
    const before = Buffer.from(
      'TEdCTQIAAADk8CCTAQAAAAEAAAAAAAAAAQAAAAAAAAABAAAAAgAAAAIAAAAAAAAAAAAAAAAAAAAAAAAALQAAABgAAAAAAAAAAAAAAAAA4D8AAAAAAADwPwAAAAAAAABAAAAAAAAAFEAAAAAAAAAUQAAAAAAAAPg/AAAAAAAAJEAAAAAAAADwPwAAgD8AAAAAAgAAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAD/////AAAAAP7///8AAAAABQAAAAUAAAAKAAAAAAAAAAIAAAAAAAAAeyJvYmplY3RpdmUiOiJyZWdyZXNzaW9uIiwiZmVhdHVyZU5hbWVzIjoiYSJ9AAAAeyJmZWF0dXJlSW5mb3MiOiJbMDoxXSJ9',
      'base64',
    );
    const refused = { code: 'INVALID_MODEL', field: 'version', expected: '3', actual: '2' };
    expect(() => decodeModel(before)).toThrow(expect.objectContaining(refused));
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
    expect(booster.predict(values, { rows: 4 })).toEqual(parseModel(text).predict(values, { rows: 4 }));
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

  it('answers 6,000 forgeries with INVALID_MODEL or a model that predicts', () => {
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
        for (const kind of ['value', 'leaf', 'contrib'] as const) booster.predict(input, { rows: 2, kind });
        booster.predict(new Float64Array(booster.numFeatures * 600), { rows: 600 });
        loaded++;
      } catch (error) {
        if (!isForecastError(error, 'INVALID_MODEL') && !isForecastError(error, 'UNSUPPORTED_MODEL')) throw error;
      }
      expect(processorMs(start)).toBeLessThan(1000);
    }
    expect(loaded).toBeGreaterThan(300);
  });
});

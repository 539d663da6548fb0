import { describe, expect, it } from 'vitest';
import { isForecastError } from '../../src/errors.js';
import { createDataset, parseModel, train } from '../../src/lgbm/index.js';
import { uniform } from '../parity/lgbm/random-cases.js';
import { processorMs } from '../processor-time.js';

const rows = 80;
const random = uniform(5);
const values = Float64Array.from({ length: rows * 3 }, (_, i) => (i % 7 === 0 ? Number.NaN : random() * 4 - 2));
const labels = Float64Array.from({ length: rows }, (_, i) => (Math.abs(values[3 * i + 1]) > 1 ? 1 : 0) + random());
const small = train(createDataset({ values, rows, labels, featureNames: ['a', 'b', 'c'] }), {
  num_iterations: 3,
  num_leaves: 4,
  min_data_in_leaf: 5,
}).toText();

/** The text with one tree of its own design: node 0 splits on a, its left child is leaf 0, its right one leaf 1. */
const stump = (changes: Record<string, string> = {}): string => {
  const tree: Record<string, string> = {
    num_leaves: '2',
    num_cat: '0',
    split_feature: '0',
    split_gain: '1',
    threshold: '0.5',
    decision_type: '2',
    left_child: '-1',
    right_child: '-2',
    leaf_value: '10 20',
    leaf_weight: '5 5',
    leaf_count: '5 5',
    internal_value: '15',
    internal_weight: '10',
    internal_count: '10',
    is_linear: '0',
    shrinkage: '1',
    ...changes,
  };
  const block = Object.entries(tree).map(([key, value]) => `${key}=${value}\n`);
  return `tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=1\nobjective=regression\nfeature_names=a b\nfeature_infos=[0:1] [0:1]\n\nTree=0\n${block.join('')}\n\nend of trees\n`;
};

const predictOne = (text: string, a: number): number => parseModel(text).predict(Float64Array.of(a, 0), { rows: 1 })[0];

describe('parseModel', () => {
  it('reads back what toText writes, to the last byte', () => {
    expect(parseModel(small).toText()).toBe(small);
  });

  it('reads text with Windows line ends, and text without tree_sizes', () => {
    const expected = parseModel(small).predict(values, { rows });
    expect(parseModel(small.replaceAll('\n', '\r\n')).predict(values, { rows })).toEqual(expected);
    expect(parseModel(small.replace(/tree_sizes=.*\n/, '')).predict(values, { rows })).toEqual(expected);
  });

  it('keeps the pandas_categorical line of the Python package', () => {
    const saved = `${small}\npandas_categorical:[["x","y"]]\n`;
    expect(parseModel(saved).pandasCategorical).toBe('[["x","y"]]');
    expect(parseModel(saved).toText()).toBe(saved);
  });

  it('sends categories of a categorical split left, and missing, negative or unknown ones right', () => {
    // set 0 holds categories 1 and 33: bit 1 of the first word, bit 1 of the second
    const text = stump({
      num_cat: '1',
      decision_type: '1',
      threshold: '0',
      cat_boundaries: '0 2',
      cat_threshold: '2 2',
    });
    const left = [1, 33, 1.9].map((a) => predictOne(text, a));
    const right = [0, 2, 64, 1e12, -1, Number.NaN].map((a) => predictOne(text, a));
    expect([left, right]).toEqual([
      [10, 10, 10],
      [20, 20, 20, 20, 20, 20],
    ]);
  });

  it('predicts with linear trees: a constant and a sum over features, or the leaf value where one is missing', () => {
    const text = stump({
      is_linear: '1',
      leaf_const: '1 2',
      num_features: '1 0',
      leaf_features: '1  ',
      leaf_coeff: '3  ',
    }).replace(/(is_linear=1\n)(shrinkage=1\n)([\s\S]*?)\n\n/, '$1$3\n$2\n');
    const predict = (a: number, b: number) => parseModel(text).predict(Float64Array.of(a, b), { rows: 1 })[0];
    expect([predict(0, 5), predict(0, Number.NaN), predict(1, 5)]).toEqual([1 + 3 * 5, 10, 2]);
  });

  it.each([
    ['an empty text', '', 'INVALID_MODEL'],
    ['another text', 'hello', 'INVALID_MODEL'],
    ['a text cut off within a tree', small.slice(0, small.indexOf('leaf_value')), 'INVALID_MODEL'],
    ['a text cut off between trees', small.slice(0, small.indexOf('Tree=2')), 'INVALID_MODEL'],
    ['a missing tree', small.replace(/Tree=2\n[\s\S]*?\n\n\n/, ''), 'INVALID_MODEL'],
    ['an unknown version', small.replace('version=v4', 'version=v9'), 'UNSUPPORTED_MODEL'],
    ['an unknown objective', small.replace('objective=regression', 'objective=magic'), 'UNSUPPORTED_MODEL'],
    [
      'a softmax over another number of classes',
      small.replace('objective=regression', 'objective=multiclass num_class:9'),
      'INVALID_MODEL',
    ],
    [
      'a huge number of classes',
      small.replace('num_tree_per_iteration=1', 'num_tree_per_iteration=999999999'),
      'INVALID_MODEL',
    ],
    ['a huge number of features', small.replace('max_feature_idx=2', 'max_feature_idx=999999999'), 'INVALID_MODEL'],
    ['a huge number of leaves', stump({ num_leaves: '131072' }), 'INVALID_MODEL'],
    ['a feature that does not exist', stump({ split_feature: '2' }), 'INVALID_MODEL'],
    ['a node that is its own child', stump({ left_child: '0' }), 'INVALID_MODEL'],
    ['a leaf that hangs twice', stump({ right_child: '-1' }), 'INVALID_MODEL'],
    ['a child that does not exist', stump({ right_child: '-3' }), 'INVALID_MODEL'],
    ['a threshold that is no number', stump({ threshold: '0x10' }), 'INVALID_MODEL'],
    ['a leaf value that is no number', stump({ leaf_value: '10 nan' }), 'INVALID_MODEL'],
    ['a category set that does not exist', stump({ decision_type: '1', threshold: '1' }), 'INVALID_MODEL'],
    [
      'category sets that run past their bits',
      stump({ num_cat: '1', decision_type: '1', threshold: '0', cat_boundaries: '0 9', cat_threshold: '1' }),
      'INVALID_MODEL',
    ],
  ])('refuses %s', (_, text, code) => {
    expect(() => parseModel(text)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ['digits that are no number', stump({ threshold: `${'1'.repeat(200_000)}x` })],
    ['a number of 200,000 digits', stump({ threshold: '1'.repeat(200_000) })],
    ['spaces', stump({ threshold: ' '.repeat(200_000) })],
    ['an exponent without end', stump({ threshold: `1e${'9'.repeat(200_000)}x` })],
    ['characters beyond ASCII', stump({ threshold: '٣'.repeat(200_000) })],
    ['trees without an end', `${stump().slice(0, -15)}${'Tree=1\n'.repeat(30_000)}`],
    ['lines that nearly end the trees', stump().replace('end of trees\n', 'end of treesx\n'.repeat(30_000))],
    ['carriage returns', stump().replaceAll('\n', '\r').replace('Tree=0', '\r'.repeat(200_000))],
    ['a word for infinity without end', stump({ threshold: 'inf'.repeat(70_000) })],
  ])('answers a text of %s in time linear in its length', (_, text) => {
    const start = process.cpuUsage();
    try {
      parseModel(text);
    } catch (error) {
      expect(isForecastError(error, 'INVALID_MODEL')).toBe(true);
    }
    // a quadratic answer takes minutes
    expect(processorMs(start)).toBeLessThan(1000);
  });

  it('answers 10,000 mutations with a typed error or a model that predicts, and takes no long time for any', () => {
    const u = uniform(2026);
    const whole = (below: number) => Math.floor(u() * below);
    const pieces = [
      '=',
      '\n',
      ' ',
      '-',
      '9',
      '0',
      'e',
      '.',
      'nan',
      'inf',
      '1e999',
      '999999999',
      '-1',
      'Tree=0',
      'end of trees',
      '\0',
    ];
    const sources = [
      small,
      stump(),
      stump({ num_cat: '1', decision_type: '1', threshold: '0', cat_boundaries: '0 1', cat_threshold: '7' }),
    ];
    let loaded = 0;
    for (let i = 0; i < 10_000; i++) {
      let text = sources[i % sources.length];
      for (let change = whole(3); change >= 0; change--) {
        const at = whole(text.length);
        const length = whole(4) === 0 ? whole(60) : whole(3);
        const piece =
          whole(3) === 0 ? text.slice(whole(text.length)).slice(0, whole(40)) : pieces[whole(pieces.length)];
        text = text.slice(0, at) + piece + text.slice(at + length);
      }
      const start = process.cpuUsage();
      try {
        const booster = parseModel(text);
        const input = new Float64Array(booster.numFeatures * 2).fill(0.3);
        for (const kind of ['value', 'leaf', 'contrib'] as const) booster.predict(input, { rows: 2, kind });
        parseModel(booster.toText());
        loaded++;
      } catch (error) {
        if (!isForecastError(error)) throw new Error(`mutation ${i}: ${String(error)}\n${text}`);
      }
      expect(processorMs(start)).toBeLessThan(5000);
    }
    // most mutations break the text; a good part must still load, or nothing behind the parser was tried
    expect(loaded).toBeGreaterThan(500);
  });
});

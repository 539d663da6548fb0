import { describe, expect, it } from 'vitest';
import { createDataset, parseModel, train } from '../../src/lgbm/index.js';
import { nativeNumber } from '../../src/lgbm/text/native-number.js';
import { uniform } from '../parity/lgbm/random-cases.js';
import { refusalOf } from './refusal.js';

// equality with native is proven by the line `reading` of training-parity.test.ts
const rows = 600;
const u = uniform(3);
const values = Float64Array.from({ length: rows * 2 }, () => u() * 2 - 1);
const data = (labelOf: (row: number) => number) =>
  createDataset({ values, rows, labels: Array.from({ length: rows }, (_, row) => labelOf(row)) });
const classes = data((row) => (values[2 * row] > 0 ? 1 : 0));
const binary = train(classes, { objective: 'binary', num_iterations: 40 });
const regression = train(
  data((row) => values[2 * row]),
  { num_iterations: 3 },
);
const forest = train(classes, { objective: 'binary', boosting: 'rf', bagging_freq: 1, bagging_fraction: 0.5 });

describe('dumpModel', () => {
  it('is JSON of the trees in the range', () => {
    const model = JSON.parse(regression.dumpModel({ startIteration: 1, numIteration: 1 }));
    expect(model.tree_info.map((tree: { tree_index: number }) => tree.tree_index)).toEqual([1]);
    expect(model.feature_names).toEqual(regression.featureNames);
    const root = model.tree_info[0].tree_structure;
    expect(root.internal_count).toBe(rows);
    expect(root.left_child.internal_count ?? root.left_child.leaf_count).toBeGreaterThan(0);
  });

  it('is JSON whatever features are called', () => {
    const named = createDataset({ values, rows, labels: classes.labels, featureNames: ['a\\b', 'tür'] });
    const model = JSON.parse(train(named, { num_iterations: 1 }).dumpModel());
    expect(model.feature_names).toEqual(['a\\b', 'tür']);
  });

  it('writes trees deeper than calls can nest', () => {
    const leaves = 30_000;
    const nodes = Array.from({ length: leaves - 1 }, (_, i) => i);
    const chain = {
      num_leaves: leaves,
      num_cat: 0,
      split_feature: nodes.map(() => 0).join(' '),
      threshold: nodes.map((i) => leaves - i).join(' '),
      decision_type: nodes.map(() => 2).join(' '),
      left_child: nodes.map((i) => (i + 1 < leaves - 1 ? i + 1 : -1)).join(' '),
      right_child: nodes.map((i) => -i - 2).join(' '),
      leaf_value: Array.from({ length: leaves }, (_, i) => i).join(' '),
      is_linear: 0,
      shrinkage: 1,
    };
    const block = Object.entries(chain).map(([key, value]) => `${key}=${value}\n`);
    const text = `tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=0\nobjective=regression\nfeature_names=a\nfeature_infos=[0:1]\n\nTree=0\n${block.join('')}\n\nend of trees\n`;
    expect(parseModel(text).dumpModel().split('"leaf_value"').length - 1).toBe(leaves);
  });

  it('refuses what it does not know', () => {
    expect(refusalOf(() => binary.dumpModel({ importanceType: 'cover' } as never))).toBe(
      'INVALID_ARGUMENT importanceType',
    );
    expect(refusalOf(() => binary.dumpModel({ iteration: 3 } as never))).toBe('INVALID_ARGUMENT iteration');
    expect(refusalOf(() => binary.dumpModel({ startIteration: 0.5 }))).toBe('INVALID_ARGUMENT startIteration');
  });
});

describe('nativeNumber', () => {
  // what LightGBM 4.6 makes of them; the nearest double is another for the first three
  it.each([
    ['1.1e-05', 1.1e-5 + 2 ** -69],
    ['1.7e+100', 1.7000000000000004e100],
    ['-1.7e+100', -1.7000000000000004e100],
    ['2764.12', 2764.12],
    ['12', 12],
    ['-inf', -1e308],
    ['nan', Number.NaN],
  ])('reads %s', (text, expected) => {
    expect(nativeNumber(text)).toBe(expected);
  });
});

describe('predictions that end early', () => {
  const early = (earlyStop: object) => binary.predict(values, { rows, kind: 'raw', earlyStop });

  it('use the first trees whose score leaves no doubt', () => {
    const stopped = early({ freq: 5, margin: 1 });
    const whole = binary.predict(values, { rows, kind: 'raw' });
    let ended = 0;
    for (let row = 0; row < rows; row++) {
      const one = values.subarray(2 * row, 2 * row + 2);
      let expected = whole[row];
      for (let count = 5; count <= 40; count += 5) {
        const [score] = binary.predict(one, { rows: 1, kind: 'raw', numIteration: count });
        if (2 * Math.abs(score) <= 1) continue;
        expected = score;
        if (count < 40) ended++;
        break;
      }
      expect(stopped[row]).toBe(expected);
    }
    expect(ended).toBeGreaterThan(100);
    // no margin that wide
    expect(early({ margin: Infinity })).toEqual(whole);
  });

  it.each([
    [() => early({ freq: 0 }), 'INVALID_ARGUMENT earlyStop.freq'],
    [() => early({ freq: 2.5 }), 'INVALID_ARGUMENT earlyStop.freq'],
    [() => early({ margin: -1 }), 'INVALID_ARGUMENT earlyStop.margin'],
    [() => early({ margin: Number.NaN }), 'INVALID_ARGUMENT earlyStop.margin'],
    [() => early({ period: 3 }), 'INVALID_ARGUMENT period'],
    [() => early(true as never), 'INVALID_ARGUMENT options'],
    [() => binary.predict(values, { rows, kind: 'leaf', earlyStop: {} }), 'INVALID_ARGUMENT earlyStop'],
    [() => regression.predict(values, { rows, earlyStop: {} }), 'INVALID_ARGUMENT earlyStop'],
    [() => forest.predict(values, { rows, earlyStop: {} }), 'INVALID_ARGUMENT earlyStop'],
  ])('are refused where there is no doubt to speak of (%#)', (run, expected) => {
    expect(refusalOf(run)).toBe(expected);
  });
});

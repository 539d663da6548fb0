import { describe, expect, it } from 'vitest';
import { createDataset, type TrainParams, train } from '../../src/lgbm/index.js';
import { uniform } from '../parity/lgbm/random-cases.js';
import { refusalOf } from './refusal.js';

// equality with native is proven by the line `forced` of training-parity.test.ts
const rows = 200;
const u = uniform(31);
const values = Float64Array.from({ length: rows * 4 }, (_, i) =>
  i % 4 === 3 ? 7 : i % 4 === 2 ? Math.floor(u() * 4) : u() * 2 - 1,
);
const labels = Array.from(
  { length: rows },
  (_, row) => values[4 * row] + values[4 * row + 1] + (values[4 * row + 2] % 2),
);
const data = createDataset({ values, rows, labels, categoricalFeatures: [2] });
const forced = (splits: unknown, params: TrainParams = {}) =>
  train(data, { num_iterations: 2, min_data_in_leaf: 3, ...params, forcedsplits_filename: JSON.stringify(splits) });
const binned = (bins: unknown) =>
  train(data, { num_iterations: 1, min_data_in_leaf: 3, forcedbins_filename: JSON.stringify(bins) });

interface Node {
  split_feature?: number;
  threshold: number | string;
  left_child: Node;
  right_child: Node;
}

describe('forced splits', () => {
  it('begin every tree', () => {
    const below = { left: { feature: 0, threshold: 0 }, right: { feature: 2, threshold: 1 } };
    // a category that no search could split off would have no sums to go by, in native as here
    const model = forced({ feature: 1, threshold: 0.2, ...below }, { max_cat_to_onehot: 10 });
    for (const tree of JSON.parse(model.dumpModel()).tree_info as { tree_structure: Node }[]) {
      const { tree_structure: root } = tree;
      expect([root.split_feature, root.left_child.split_feature, root.right_child.split_feature]).toEqual([1, 0, 2]);
      expect(root.right_child.threshold).toBe('1');
      expect(Math.abs(Number(root.threshold) - 0.2)).toBeLessThan(0.05);
    }
  });

  it('leave their place to the best split where they gain nothing', () => {
    const worthless = forced({ feature: 0, threshold: 0, left: { feature: 0, threshold: 0.5 } });
    const [tree] = JSON.parse(worthless.dumpModel()).tree_info as { tree_structure: Node }[];
    // no row below 0 lies above 0.5
    expect(tree.tree_structure.split_feature).toBe(0);
    expect(worthless.numIterations).toBe(2);
  });

  it.each([
    [() => forced({ feature: 4, threshold: 0 }), 'INVALID_PARAMETER forcedsplits_filename split 0'],
    [() => forced({ feature: 3, threshold: 0 }), 'INVALID_PARAMETER forcedsplits_filename split 0'],
    [
      () => forced({ feature: 0, threshold: 0, left: { feature: 9, threshold: 0 } }),
      'INVALID_PARAMETER forcedsplits_filename split 1',
    ],
    [() => forced({ feature: -1, threshold: 0 }), 'INVALID_PARAMETER forcedsplits_filename.feature'],
    [() => forced({ feature: 'a', threshold: 0 }), 'INVALID_PARAMETER forcedsplits_filename.feature'],
    [() => forced({ feature: 0 }), 'INVALID_PARAMETER forcedsplits_filename.threshold'],
    [() => forced({ feature: 0, threshold: 0, left: 3 }), 'INVALID_PARAMETER forcedsplits_filename.left'],
    [() => forced({ feature: 0, threshold: 0, gain: 3 }), 'INVALID_PARAMETER forcedsplits_filename.gain'],
    [() => forced([]), 'INVALID_PARAMETER forcedsplits_filename'],
    [
      () => forced({ feature: 0, threshold: 0, left: { feature: 1, threshold: 0 } }, { num_leaves: 2 }),
      'INVALID_PARAMETER forcedsplits_filename',
    ],
    [
      () => forced({ feature: 0, threshold: 0 }, { monotone_constraints: [1, 0, 0, 0] }),
      'INVALID_PARAMETER forcedsplits_filename split 0',
    ],
    [() => train(data, { forcedsplits_filename: 'splits.json' }), 'INVALID_PARAMETER forcedsplits_filename'],
  ])('that cannot be are refused (%#)', (run, expected) => {
    expect(refusalOf(run)).toBe(expected);
  });
});

describe('forced bins', () => {
  it('are the thresholds that splits choose from', () => {
    const model = binned([{ feature: 0, bin_upper_bound: [-0.3, 0.4] }]);
    const other = train(data, { num_iterations: 1, min_data_in_leaf: 3 });
    expect(model.toText()).not.toBe(other.toText());
  });

  it.each([
    [() => binned({ feature: 0, bin_upper_bound: [1] }), 'INVALID_PARAMETER forcedbins_filename'],
    [() => binned([{ feature: 4, bin_upper_bound: [1] }]), 'INVALID_PARAMETER forcedbins_filename'],
    [() => binned([{ feature: 2, bin_upper_bound: [1] }]), 'INVALID_PARAMETER forcedbins_filename'],
    [() => binned([{ feature: 0 }]), 'INVALID_PARAMETER forcedbins_filename[0].bin_upper_bound'],
    [
      () => binned([{ feature: 0, bin_upper_bound: [1, null] }]),
      'INVALID_PARAMETER forcedbins_filename[0].bin_upper_bound[1]',
    ],
    [() => binned([{ feature: 0, bounds: [1] }]), 'INVALID_PARAMETER forcedbins_filename[0].bounds'],
    [() => train(data, { forcedbins_filename: 'bins.json' }), 'INVALID_PARAMETER forcedbins_filename'],
  ])('that cannot be are refused (%#)', (run, expected) => {
    expect(refusalOf(run)).toBe(expected);
  });

  it('are not shared with trainings that force none, or others', () => {
    const plain = () => train(data, { num_iterations: 1, min_data_in_leaf: 3 }).toText();
    const before = plain();
    const first = binned([{ feature: 0, bin_upper_bound: [0.4] }]).toText();
    expect(binned([{ feature: 0, bin_upper_bound: [0.1] }]).toText()).not.toBe(first);
    expect(plain()).toBe(before);
  });
});

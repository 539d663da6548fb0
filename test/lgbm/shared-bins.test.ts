import { describe, expect, it, vi } from 'vitest';
import * as binMapper from '../../src/lgbm/data/bin-mapper.js';
import { createDataset, type TrainParams, train, withLabels } from '../../src/lgbm/index.js';
import { randomCase } from '../parity/lgbm/random-cases.js';

vi.mock('../../src/lgbm/data/bin-mapper.js', async (original) => {
  const actual = await original<typeof binMapper>();
  return { ...actual, findBins: vi.fn(actual.findBins) };
});

const { values, rows, labels } = randomCase(2).train;
const features = values.length / rows;
const classes = labels.map((y) => (y > 0 ? 1 : 0));
const small = { num_iterations: 3, num_leaves: 5 };

/** Trains, and returns the text and how many features were binned for it. */
function trained(dataset: ReturnType<typeof createDataset>, params: TrainParams, valid = dataset) {
  vi.mocked(binMapper.findBins).mockClear();
  const text = train(dataset, { ...small, ...params }, { valid }).toText();
  return { text, binned: vi.mocked(binMapper.findBins).mock.calls.length };
}

describe('a dataset', () => {
  it('is binned once for all trainings on it, and for those on other labels', () => {
    const dataset = createDataset({ values, rows, labels });
    const [regression, quantile] = [{ objective: 'regression' }, { objective: 'quantile', alpha: 0.1 }];
    const binary = { objective: 'binary' };
    expect(trained(dataset, regression).binned).toBe(features);
    const relabelled = withLabels(dataset, { labels: classes });
    for (const [data, params, target] of [
      [dataset, quantile, labels],
      [relabelled, binary, classes],
      [withLabels(relabelled, { labels }), regression, labels],
    ] as const) {
      const { text, binned } = trained(data, params);
      expect(binned).toBe(0);
      expect(text).toBe(trained(createDataset({ values, rows, labels: target }), params).text);
    }
  });

  it.each<[string, TrainParams, TrainParams]>([
    ['max_bin', {}, { max_bin: 15 }],
    ['min_data_in_bin', {}, { min_data_in_bin: 10 }],
    ['use_missing', {}, { use_missing: false }],
    ['zero_as_missing', {}, { zero_as_missing: true }],
    ['feature_pre_filter', {}, { feature_pre_filter: false }],
    ['min_data_in_leaf, which filters features', {}, { min_data_in_leaf: 40 }],
    ['a sample', {}, { bin_construct_sample_cnt: 25 }],
    ["the sample's seed", { bin_construct_sample_cnt: 25 }, { bin_construct_sample_cnt: 25, data_random_seed: 7 }],
  ])('is binned anew for another value of %s', (_, first, second) => {
    const dataset = createDataset({ values, rows, labels });
    trained(dataset, first);
    const { text, binned } = trained(dataset, second);
    expect(binned).toBe(features);
    expect(text).toBe(trained(createDataset({ values, rows, labels }), second).text);
    expect(trained(dataset, { ...first, learning_rate: 0.2, num_leaves: 3 }).binned).toBe(0);
  });

  it('does not pass its bins on to a copy with other values', () => {
    const dataset = createDataset({ values, rows, labels });
    trained(dataset, {});
    const other = { ...dataset, values: values.map((value) => -value) };
    expect(trained(other, {}).text).toBe(trained(createDataset({ ...other, rows }), {}).text);
  });

  it('refuses labels of another length', () => {
    expect(() => withLabels(createDataset({ values, rows, labels }), { labels: [1, 2] })).toThrow(/labels/);
  });
});

import { describe, expect, it, vi } from 'vitest';
import * as binMapper from '../../src/lgbm/data/bin-mapper.js';
import * as categoryBins from '../../src/lgbm/data/category-bins.js';
import { shareBins } from '../../src/lgbm/data/shared-bins.js';
import { createDataset, cv, refit, type TrainParams, timeFolds, train, withLabels } from '../../src/lgbm/index.js';
import { randomCase } from '../parity/lgbm/random-cases.js';
import { trainingCase } from '../parity/lgbm/training-cases.js';

vi.mock('../../src/lgbm/data/bin-mapper.js', async (original) => {
  const actual = await original<typeof binMapper>();
  return { ...actual, findBins: vi.fn(actual.findBins) };
});

vi.mock('../../src/lgbm/data/category-bins.js', async (original) => {
  const actual = await original<typeof categoryBins>();
  return { ...actual, findCategoryBins: vi.fn(actual.findCategoryBins) };
});

const { values, rows, labels } = randomCase(2).train;
const features = values.length / rows;
const classes = labels.map((y) => (y > 0 ? 1 : 0));
const { categorical: marks = [], ...drawn } = trainingCase('categorical', 4).train;
const categorical = { ...drawn, categoricalFeatures: marks };
const small = { num_iterations: 3, num_leaves: 5, min_data_per_group: 5, cat_smooth: 1 };

/** Trains, and returns the text and how many features were binned for it. */
function trained(dataset: ReturnType<typeof createDataset>, params: TrainParams, valid = dataset) {
  let text = '';
  const binned = binnedBy(() => {
    text = train(dataset, { ...small, ...params }, { valid }).toText();
  });
  return { text, binned };
}

/** Returns how many features are binned meanwhile. */
function binnedBy(work: () => void): number {
  const finders = [vi.mocked(binMapper.findBins), vi.mocked(categoryBins.findCategoryBins)];
  for (const finder of finders) finder.mockClear();
  work();
  return finders.reduce((sum, finder) => sum + finder.mock.calls.length, 0);
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

  const ANEW: [string, TrainParams, TrainParams][] = [
    ['max_bin', {}, { max_bin: 15 }],
    ['min_data_in_bin', {}, { min_data_in_bin: 10 }],
    ['use_missing', {}, { use_missing: false }],
    ['zero_as_missing', {}, { zero_as_missing: true }],
    ['feature_pre_filter', {}, { feature_pre_filter: false }],
    ['min_data_in_leaf, which filters features', {}, { min_data_in_leaf: 40 }],
    ['a sample', {}, { bin_construct_sample_cnt: 25 }],
    ["the sample's seed", { bin_construct_sample_cnt: 25 }, { bin_construct_sample_cnt: 25, data_random_seed: 7 }],
  ];

  it.each(ANEW)('is binned anew for another value of %s', (_, first, second) => {
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

  it.each(ANEW)('with categories is binned anew for another value of %s', (_, first, second) => {
    const dataset = createDataset(categorical);
    trained(dataset, first);
    const { text, binned } = trained(dataset, second);
    expect(binned).toBe(dataset.features);
    expect(text).toBe(trained(createDataset(categorical), second).text);
    expect(trained(dataset, { ...first, cat_smooth: 3, max_cat_to_onehot: 2 }).binned).toBe(0);
  });

  it('with categories is binned once, and keeps its categories under other labels', () => {
    const dataset = createDataset(categorical);
    expect(trained(dataset, {}).binned).toBe(dataset.features);
    const targets = Array.from(categorical.labels, (label) => 1 - label);
    const relabelled = withLabels(dataset, { labels: targets });
    expect(relabelled.categoricalFeatures).toEqual(dataset.categoricalFeatures);
    const { text, binned } = trained(relabelled, {});
    expect(binned).toBe(0);
    expect(text).toMatch(/\ncat_threshold=/);
    expect(text).toBe(trained(createDataset({ ...categorical, labels: targets }), {}).text);
  });

  it('never shares bins with one of other categories', () => {
    const { categoricalFeatures: marked, ...plain } = categorical;
    const [dataset, numeric] = [createDataset(categorical), createDataset(plain)];
    const fewer = createDataset({ ...plain, categoricalFeatures: marked.slice(1) });
    for (const other of [numeric, fewer]) shareBins(dataset, other);
    const texts = [dataset, numeric, fewer].map((data) => trained(data, {}).text);
    expect(texts[0]).toBe(trained(createDataset(categorical), {}).text);
    expect(texts[1]).toBe(trained(createDataset(plain), {}).text);
    expect(texts[2]).toBe(trained(createDataset({ ...plain, categoricalFeatures: marked.slice(1) }), {}).text);
    expect(new Set(texts).size).toBe(3);
  });

  it('shares its bins with validation, continued training and refitting', () => {
    const dataset = createDataset(categorical);
    const booster = train(dataset, small);
    const fresh = () => createDataset(categorical);
    const continuedOn = (data: typeof dataset) => train(data, small, { initModel: booster, valid: data }).toText();
    const folds = timeFolds(dataset.rows, { folds: 2 });
    const evaluated = (data: typeof dataset) => cv(data, small, { folds }).evaluations;
    let answers: unknown[] = [];
    const answersOn = (data: () => typeof dataset) => [
      continuedOn(data()),
      refit(booster, data(), small).toText(),
      evaluated(data()),
    ];
    const binned = binnedBy(() => {
      answers = answersOn(() => dataset);
    });
    expect(binned).toBe(0);
    expect(answers).toEqual(answersOn(fresh));
  });

  it('refuses what it does not take with other labels', () => {
    const more = { labels, rows: 3 };
    const refused = () => withLabels(createDataset({ values, rows, labels }), more);
    expect(refused).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'rows' }));
  });

  it('refuses labels of another length', () => {
    expect(() => withLabels(createDataset({ values, rows, labels }), { labels: [1, 2] })).toThrow(/labels/);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDataset, cv, groupFolds, timeFolds, train } from '../../src/lgbm/index.js';
import { uniform } from '../parity/lgbm/random-cases.js';
import { refusalOf } from './refusal.js';

const rows = 90;
const u = uniform(17);
const values = Float64Array.from({ length: rows * 3 }, () => u() * 2 - 1);
const labels = Array.from({ length: rows }, (_, row) => values[3 * row] + u() / 4);
const data = createDataset({ values, rows, labels });

// equality with lightgbm.cv is proven by the line `cv` of training-parity.test.ts
describe('cv', () => {
  it('measures each fold by the rows that it left out', () => {
    const folds = timeFolds(rows, { folds: 2 });
    const params = { num_iterations: 3, min_data_in_leaf: 5, metric: 'l2' };
    const { evaluations, boosters } = cv(data, params, { folds });
    const errors = folds.map(({ test }, i) => {
      const predicted = boosters[i].predict(values, { rows });
      return Array.from(test, (row) => (predicted[row] - data.labels[row]) ** 2).reduce((a, b) => a + b) / test.length;
    });
    const last = evaluations[evaluations.length - 1];
    expect(last.mean).toBeCloseTo((errors[0] + errors[1]) / 2, 12);
    expect(last.deviation).toBeCloseTo(Math.abs(errors[0] - errors[1]) / 2, 12);
  });

  it('ends its evaluations at the best iteration', () => {
    const { evaluations, bestIteration } = cv(
      data,
      { num_iterations: 100, learning_rate: 0.9, min_data_in_leaf: 2, early_stopping_round: 5 },
      { folds: timeFolds(rows, { folds: 3 }) },
    );
    expect(bestIteration).toBeLessThan(100);
    expect(evaluations.map(({ iteration }) => iteration)).toEqual(
      Array.from({ length: bestIteration }, (_, i) => i + 1),
    );
  });

  it.each([
    [[], 'INVALID_ARGUMENT folds'],
    [[{ train: [0, 1], test: [2] }], 'INVALID_ARGUMENT folds'],
    [
      [
        { train: [0, 1], test: [1] },
        { train: [0], test: [1] },
      ],
      'INVALID_ARGUMENT folds[0].test[0]',
    ],
    [
      [
        { train: [0, 90], test: [1] },
        { train: [0], test: [1] },
      ],
      'INVALID_ARGUMENT folds[0].train[1]',
    ],
    [
      [
        { train: [0], test: [1] },
        { train: [0], test: [] },
      ],
      'INVALID_ARGUMENT folds[1].test',
    ],
  ])('refuses the folds %j', (folds, expected) => {
    expect(refusalOf(() => cv(data, {}, { folds }))).toBe(expected);
  });

  it('refuses options that nothing reads, and to measure by nothing', () => {
    const folds = timeFolds(rows, { folds: 2 });
    expect(refusalOf(() => cv(data, {}, { folds, nfold: 5 } as never))).toBe('INVALID_ARGUMENT nfold');
    expect(refusalOf(() => cv(data, { metric: 'None' }, { folds }))).toBe('INVALID_PARAMETER metric');
  });
});

describe('folds', () => {
  it('in time train on earlier rows than they test by, with the gap between', () => {
    fc.assert(
      fc.property(fc.integer({ min: 12, max: 400 }), fc.integer({ min: 2, max: 5 }), fc.nat(1), (n, folds, gap) => {
        const made = timeFolds(n, { folds, gap });
        expect(made.flatMap(({ test }) => Array.from(test))).toEqual(
          Array.from({ length: n - made[0].test[0] }, (_, i) => made[0].test[0] + i),
        );
        for (const { train: trained, test } of made) {
          expect(trained[trained.length - 1] + gap + 1).toBe(test[0]);
          expect(trained[0]).toBe(0);
        }
      }),
      { seed: 1, numRuns: 100 },
    );
    expect(refusalOf(() => timeFolds(10, { folds: 4, gap: 2 }))).toBe('INVALID_ARGUMENT gap');
    expect(refusalOf(() => timeFolds(10, { folds: 1 }))).toBe('INVALID_ARGUMENT folds');
  });

  it('of groups tear no group apart, and test by every row once', () => {
    const groups = Array.from({ length: 50 }, (_, i) => `stock ${(i * 7) % 6}`);
    const made = groupFolds(groups, 3);
    expect(made.flatMap(({ test }) => Array.from(test)).sort((a, b) => a - b)).toEqual(groups.map((_, i) => i));
    for (const { train: trained, test } of made) {
      const tested = new Set(Array.from(test, (row) => groups[row]));
      expect(Array.from(trained).some((row) => tested.has(groups[row]))).toBe(false);
      expect(trained.length + test.length).toBe(50);
    }
    expect(refusalOf(() => groupFolds(groups, 7))).toBe('INVALID_ARGUMENT folds');
  });
});

describe('a training of one own', () => {
  const half = ({
    scores,
    gradients,
    hessians,
  }: {
    scores: Float64Array;
    gradients: Float32Array;
    hessians: Float32Array;
  }) => {
    for (let i = 0; i < scores.length; i++) {
      gradients[i] = scores[i] - data.labels[i];
      hessians[i] = 1;
    }
  };

  it('refuses a loss beside a named one, one that leaves rows out, and one with dropped trees', () => {
    expect(refusalOf(() => train(data, { objective: 'binary' }, { objective: half }))).toBe(
      'INVALID_PARAMETER objective',
    );
    const forgetful = ({ gradients }: { gradients: Float32Array }) => void gradients.fill(1);
    expect(refusalOf(() => train(data, {}, { objective: forgetful }))).toBe('INVALID_ARGUMENT hessians[0]');
    expect(refusalOf(() => train(data, { boosting: 'dart' }, { objective: half }))).toBe('INVALID_PARAMETER boosting');
  });

  it('stops early by a measure of its own', () => {
    const metrics = [{ name: 'drift', biggerIsBetter: false, evaluate: (p: Float64Array) => Math.abs(p[0] - 0.01) }];
    const params = { metric: 'None', early_stopping_round: 2, num_iterations: 50, min_data_in_leaf: 3 };
    const booster = train(data, params, { objective: half, metrics, valid: data });
    expect(booster.bestScore?.metric).toBe('drift');
    expect(booster.numIterations).toBeLessThan(50);
  });

  it('goes on from a model only where it fits', () => {
    const two = train(createDataset({ values: values.subarray(0, 180), rows, labels }), { num_iterations: 1 });
    expect(refusalOf(() => train(data, {}, { initModel: two }))).toBe('INVALID_ARGUMENT initModel');
    const started = createDataset({ values, rows, labels, initScore: labels });
    const one = train(data, { num_iterations: 1 });
    expect(refusalOf(() => train(started, {}, { initModel: one }))).toBe('INVALID_DATASET initScore');
    const forest = { boosting: 'rf', bagging_freq: 1, bagging_fraction: 0.5 };
    expect(refusalOf(() => train(data, forest, { initModel: one }))).toBe('INVALID_DATASET initScore');
    expect(refusalOf(() => train(data, {}, { initModel: 'tree' }))).toMatch(/^INVALID_MODEL/);
    // a model's text and the model itself are one
    const more = { num_iterations: 2, min_data_in_leaf: 3 };
    expect(train(data, more, { initModel: one.toText() }).toText()).toBe(
      train(data, more, { initModel: one }).toText(),
    );
  });
});

describe('categories', () => {
  const of = (categoricalFeatures: (number | string)[], cell = 1) =>
    createDataset({
      values: Float64Array.of(0, 5, 1, cell, 2, 7),
      rows: 3,
      labels: [1, 2, 3],
      featureNames: ['a', 'b'],
      categoricalFeatures,
    });

  it.each([
    [() => of(['c']), 'INVALID_DATASET categoricalFeatures[0]'],
    [() => of([2]), 'INVALID_DATASET categoricalFeatures[0]'],
    [() => of([1], 0.5), 'INVALID_DATASET values[row 1, b]'],
    [() => of([1], 2 ** 31), 'INVALID_DATASET values[row 1, b]'],
    [() => of([1], Infinity), 'INVALID_DATASET values[row 1, b]'],
    [() => train(of([1]), { monotone_constraints: '0,1' }), 'INVALID_PARAMETER monotone_constraints'],
  ])('that are none are refused (%#)', (run, expected) => {
    expect(refusalOf(run)).toBe(expected);
  });

  it('may be named by feature or by index, and missing', () => {
    expect(of(['b', 1, 0], Number.NaN).categoricalFeatures).toEqual([0, 1]);
    expect(of([1], -3).categoricalFeatures).toEqual([1]);
  });
});

describe('boosting', () => {
  it.each([
    [{ boosting: 'plain' }, 'UNSUPPORTED_PARAMETER boosting'],
    [{ data_sample_strategy: 'all' }, 'UNSUPPORTED_PARAMETER data_sample_strategy'],
    [{ boosting: 'goss', bagging_freq: 1, bagging_fraction: 0.5 }, 'INVALID_PARAMETER bagging_fraction'],
    [{ boosting: 'goss', top_rate: 0.8, other_rate: 0.4 }, 'INVALID_PARAMETER other_rate'],
    [{ boosting: 'dart', early_stopping_round: 3 }, 'INVALID_PARAMETER early_stopping_round'],
    [{ boosting: 'rf' }, 'INVALID_PARAMETER bagging_fraction'],
    [{ objective: 'huber', reg_sqrt: true }, 'INVALID_PARAMETER reg_sqrt'],
    [{ objective: 'quantile', monotone_constraints: '1,0,0' }, 'INVALID_PARAMETER monotone_constraints'],
    [{ monotone_constraints: '1,0' }, 'INVALID_PARAMETER monotone_constraints'],
    [{ monotone_constraints: '2,0,0' }, 'INVALID_PARAMETER monotone_constraints'],
    [
      { monotone_constraints: '1,0,0', monotone_constraints_method: 'strict' },
      'UNSUPPORTED_PARAMETER monotone_constraints_method',
    ],
    [
      { monotone_constraints: '1,0,0', monotone_constraints_method: 'intermediate', feature_fraction_bynode: 0.5 },
      'INVALID_PARAMETER monotone_constraints_method',
    ],
    [
      { monotone_constraints: '1,0,0', monotone_constraints_method: 'advanced', feature_fraction_bynode: 0.5 },
      'INVALID_PARAMETER monotone_constraints_method',
    ],
    [{ linear_tree: true, zero_as_missing: true }, 'INVALID_PARAMETER zero_as_missing'],
    [{ linear_tree: true, linear_lambda: -1 }, 'INVALID_PARAMETER linear_lambda'],
    [{ linear_tree: true, use_quantized_grad: true }, 'INVALID_PARAMETER linear_tree'],
    [{ use_quantized_grad: true, num_grad_quant_bins: 1 }, 'INVALID_PARAMETER num_grad_quant_bins'],
    [{ use_quantized_grad: true, num_grad_quant_bins: 128 }, 'INVALID_PARAMETER num_grad_quant_bins'],
    [
      { use_quantized_grad: true, monotone_constraints: '1,0,0', monotone_constraints_method: 'intermediate' },
      'INVALID_PARAMETER monotone_constraints_method',
    ],
    [
      { use_quantized_grad: true, forcedsplits_filename: '{"feature": 0, "threshold": 1}' },
      'INVALID_PARAMETER forcedsplits_filename',
    ],
    [{ pos_bagging_fraction: 0.5, bagging_freq: 1 }, 'INVALID_PARAMETER pos_bagging_fraction'],
    [
      { objective: 'binary', neg_bagging_fraction: 0.5, bagging_freq: 1, data_sample_strategy: 'goss' },
      'INVALID_PARAMETER data_sample_strategy',
    ],
    [{ bagging_by_query: true, bagging_freq: 1, bagging_fraction: 0.5 }, 'INVALID_DATASET group'],
    [{ bagging_by_query: true, data_sample_strategy: 'goss' }, 'INVALID_PARAMETER bagging_by_query'],
    [{ max_bin_by_feature: '3,1,5' }, 'INVALID_PARAMETER max_bin_by_feature'],
    [{ max_bin_by_feature: '3,5' }, 'INVALID_PARAMETER max_bin_by_feature'],
    [{ cegb_penalty_feature_coupled: '1,2' }, 'INVALID_PARAMETER cegb_penalty_feature_coupled'],
    [{ cegb_penalty_feature_lazy: '1,-2,3' }, 'INVALID_PARAMETER cegb_penalty_feature_lazy'],
    [
      { cegb_penalty_feature_lazy: '1,2,3', bagging_freq: 1, bagging_fraction: 0.5 },
      'INVALID_PARAMETER cegb_penalty_feature_lazy',
    ],
    [{ interaction_constraints: '[0,1' }, 'INVALID_PARAMETER interaction_constraints'],
    [{ interaction_constraints: '[0,9]' }, 'INVALID_PARAMETER interaction_constraints'],
    [{ objective: 'poisson' }, /^INVALID_DATASET labels\[\d+\]$/],
    [{ objective: 'cross_entropy' }, /^INVALID_DATASET labels\[\d+\]$/],
  ])('refuses %j', (params, expected) => {
    const field = refusalOf(() => train(data, params, { valid: data }));
    if (typeof expected === 'string') expect(field).toBe(expected);
    else expect(field).toMatch(expected);
  });
});

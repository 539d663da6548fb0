import { describe, expect, it } from 'vitest';
import {
  createDataset,
  cv,
  type Dataset,
  type DatasetInput,
  groupFolds,
  loadSimdKernel,
  refit,
  train,
  withLabels,
} from '../../src/lgbm/index.js';
import { datasetOf, trainHere } from '../parity/lgbm/compare-training.js';
import { trainingCase } from '../parity/lgbm/training-cases.js';
import { refusalOf } from './refusal.js';

// equality with native is proven by the lines `ranking` and `measures` of training-parity.test.ts
const rows = 12;
const values = Float64Array.from({ length: rows }, (_, row) => (row * 7) % 5);
const labels = Array.from({ length: rows }, (_, row) => row % 3);
const ranked = (more: Partial<DatasetInput> = {}): Dataset =>
  createDataset({ values, rows, labels, group: [4, 5, 3], ...more });

describe('query groups', () => {
  it.each([
    [[4, 5, 2], 'INVALID_DATASET group'],
    [[4, 5, 4], 'INVALID_DATASET group'],
    [[], 'INVALID_DATASET group'],
    [[4, 8, 0], 'INVALID_DATASET group[2]'],
    [[13, -1], 'INVALID_DATASET group[1]'],
    [[4.5, 7.5], 'INVALID_DATASET group[0]'],
    [[Number.NaN, 12], 'INVALID_DATASET group[0]'],
    [12, 'INVALID_DATASET group'],
  ])('of %j rows are refused', (group, expected) => {
    expect(refusalOf(() => ranked({ group } as never))).toBe(expected);
  });

  it('stay with the rows that get other labels, and so do positions', () => {
    const others = withLabels(ranked({ position: labels.map((label) => 7 - label) }), { labels });
    expect(others.group).toEqual(Int32Array.of(4, 5, 3));
    // places are numbered as they are met
    expect([...others.position!.subarray(0, 6)]).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it.each([
    [[1, 2], 'INVALID_DATASET position'],
    [labels.map(() => -1), 'INVALID_DATASET position[0]'],
    [labels.map((_, row) => row / 2), 'INVALID_DATASET position[1]'],
  ])('have no positions like %j', (position, expected) => {
    expect(refusalOf(() => ranked({ position }))).toBe(expected);
  });

  it('with positions are neither cut into folds nor refitted', () => {
    const placed = ranked({ position: labels });
    const params = { objective: 'lambdarank', num_iterations: 2, min_data_in_leaf: 1 };
    expect(refusalOf(() => cv(placed, params, { folds: groupFolds(placed, 3) }))).toBe('INVALID_ARGUMENT dataset');
    expect(refusalOf(() => refit(train(placed, params), placed))).toBe('INVALID_ARGUMENT dataset');
  });

  it('are folds, and no fold tears one apart', () => {
    const data = ranked();
    const folds = groupFolds(data, 3);
    expect(folds.map(({ test }) => Array.from(test))).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7, 8],
      [9, 10, 11],
    ]);
    const params = { objective: 'lambdarank', num_iterations: 2, min_data_in_leaf: 1 };
    expect(cv(data, params, { folds }).evaluations.map(({ metric }) => metric)).toContain('ndcg@5');
    const torn = [{ train: [0, 1, 2, 3], test: [4, 5, 6] }, folds[0]];
    expect(refusalOf(() => cv(data, params, { folds: torn }))).toBe('INVALID_ARGUMENT folds[0].test');
    const begun = [{ train: [1, 2, 3], test: [9, 10, 11] }, folds[0]];
    expect(refusalOf(() => cv(data, params, { folds: begun }))).toBe('INVALID_ARGUMENT folds[0].train');
    expect(refusalOf(() => groupFolds(createDataset({ values, rows, labels }), 2))).toBe('INVALID_ARGUMENT group');
  });
});

describe('ranking', () => {
  const bare = createDataset({ values, rows, labels });
  const long = createDataset({
    values: new Float64Array(10001),
    rows: 10001,
    labels: new Float32Array(10001),
    group: [10001],
  });
  const halves = ranked({ labels: labels.map((label) => label / 2) });
  const negative = ranked({ labels: labels.map((label) => label - 1) });
  const placed = ranked({ position: labels });
  const high = ranked({ labels: labels.map((label) => label * 16) });

  it.each([
    [bare, { objective: 'lambdarank' }, 'INVALID_DATASET group'],
    [bare, { objective: 'rank_xendcg' }, 'INVALID_DATASET group'],
    [long, { objective: 'lambdarank' }, 'INVALID_DATASET group[0]'],
    [halves, { objective: 'lambdarank' }, 'INVALID_DATASET labels[1]'],
    [negative, { objective: 'lambdarank' }, 'INVALID_DATASET labels[0]'],
    [negative, { objective: 'rank_xendcg' }, 'INVALID_DATASET labels[0]'],
    [high, { objective: 'lambdarank' }, 'INVALID_DATASET labels[2]'],
    [high, { objective: 'rank_xendcg', label_gain: new Array(40).fill(1) }, 'INVALID_DATASET labels[2]'],
    [ranked(), { objective: 'lambdarank', label_gain: '0,1' }, 'INVALID_DATASET labels[2]'],
    [ranked(), { objective: 'lambdarank', label_gain: '0,x' }, 'INVALID_PARAMETER label_gain'],
    [ranked(), { objective: 'lambdarank', eval_at: '0' }, 'INVALID_PARAMETER eval_at'],
    [ranked(), { objective: 'lambdarank', eval_at: '1,2.5' }, 'INVALID_PARAMETER eval_at'],
    [
      ranked(),
      { objective: 'lambdarank', lambdarank_truncation_level: 0 },
      'INVALID_PARAMETER lambdarank_truncation_level',
    ],
    [
      ranked(),
      { objective: 'lambdarank', lambdarank_position_bias_regularization: -1 },
      'INVALID_PARAMETER lambdarank_position_bias_regularization',
    ],
    [
      ranked(),
      { objective: 'lambdarank', bagging_by_query: true, bagging_freq: 1, bagging_fraction: 0.6 },
      'INVALID_PARAMETER bagging_fraction',
    ],
    [placed, { objective: 'rank_xendcg' }, 'INVALID_DATASET position'],
    [
      placed,
      { objective: 'lambdarank', bagging_by_query: true, bagging_freq: 1, bagging_fraction: 0.5 },
      'INVALID_DATASET position',
    ],
    [ranked(), { objective: 'cross_entropy_lambda' }, 'INVALID_DATASET labels[2]'],
    [
      ranked({ labels: labels.map(() => 0.5), weights: labels }),
      { objective: 'cross_entropy_lambda' },
      'INVALID_DATASET weights[0]',
    ],
    [ranked({ labels: labels.map(() => 0) }), { objective: 'cross_entropy_lambda' }, 'INVALID_DATASET labels'],
  ])('refuses what it cannot rank (%#)', (data, params, expected) => {
    expect(refusalOf(() => train(data, params as never))).toBe(expected);
  });

  it.each([
    [{ metric: 'ndcg' }, bare, 'INVALID_DATASET group'],
    [{ metric: 'map' }, bare, 'INVALID_DATASET group'],
    [{ metric: 'ndcg' }, halves, 'INVALID_DATASET valid labels[1]'],
    [{ metric: 'kullback_leibler' }, ranked(), 'INVALID_DATASET valid labels[2]'],
    [{ metric: 'auc_mu' }, ranked(), 'INVALID_PARAMETER metric'],
    [
      { metric: 'auc_mu', objective: 'multiclass', num_class: 3, auc_mu_weights: '0,1,1,0' },
      ranked(),
      'INVALID_PARAMETER auc_mu_weights',
    ],
    [
      { metric: 'auc_mu', objective: 'multiclass', num_class: 3, auc_mu_weights: '0,0,1,1,0,1,1,1,0' },
      ranked(),
      'INVALID_PARAMETER auc_mu_weights[1]',
    ],
  ])('refuses to measure %j', (params, valid, expected) => {
    expect(refusalOf(() => train(ranked(), params, { valid }))).toBe(expected);
  });

  it('measures validation rows by queries that the training rows need not have', () => {
    const { evaluations } = train(
      bare,
      { metric: 'ndcg,map', eval_at: [3, 1], num_iterations: 1, min_data_in_leaf: 1, min_data_in_bin: 1 },
      { valid: ranked() },
    );
    expect(evaluations.map(({ metric }) => metric)).toEqual(['ndcg@1', 'ndcg@3', 'map@1', 'map@3']);
  });

  it('writes the same model with the SIMD kernel', async () => {
    const kernel = await loadSimdKernel();
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const drawn = trainingCase('ranking', seed);
      const text = train(datasetOf(drawn.train), drawn.params, {
        kernel,
        ...(drawn.valid && { valid: datasetOf(drawn.valid) }),
      }).toText();
      expect(text).toBe(trainHere(drawn).toText());
    }
  });
});

import { describe, expect, it } from 'vitest';
import { createDataset, parseModel, refit, train } from '../../src/lgbm/index.js';
import { uniform } from '../parity/lgbm/random-cases.js';
import { refusalOf } from './refusal.js';

const rows = 120;
const u = uniform(29);
const values = Float64Array.from({ length: rows * 2 }, () => u() * 2 - 1);
const labels = Float64Array.from({ length: rows }, (_, row) => 3 * values[2 * row] + values[2 * row + 1] + u() / 4);
const data = createDataset({ values, rows, labels });
const linear = { linear_tree: true, num_iterations: 4, min_data_in_leaf: 5, num_leaves: 5 };
const booster = train(data, linear);

// equality with Booster.refit is proven by the lines `refit` and `relinear` of training-parity.test.ts
describe('refit of linear trees', () => {
  it('moves functions of leaves to new rows by one less the decay rate', () => {
    const shifted = createDataset({ values, rows, labels: labels.map((label) => -label) });
    const errorOf = (rate: number) => {
      const predicted = refit(booster, shifted, { refit_decay_rate: rate }).predict(values, { rows });
      return shifted.labels.reduce((sum, label, row) => sum + (label - predicted[row]) ** 2, 0);
    };
    expect(errorOf(0)).toBeLessThan(errorOf(0.5));
    expect(errorOf(0.5)).toBeLessThan(errorOf(0.9));
  });

  it('keeps the trees as they are at a decay rate of 1', () => {
    expect(treesOf(refit(booster, data, { refit_decay_rate: 1 }).toText())).toBe(treesOf(booster.toText()));
  });

  it('takes the coefficients from leaves that no row reaches, and lets their constants follow their values', () => {
    const few = createDataset({ values: values.slice(0, 2), rows: 1, labels: labels.slice(0, 1) });
    // one row has no bins that split: the features of the functions are not in use
    expect(refusalOf(() => refit(booster, few))).toBe('INVALID_DATASET values');
    const corner = Float64Array.from({ length: 60 }, (_, i) => 0.9 + i / 1000);
    const high = createDataset({ values: corner, rows: 30, labels: labels.slice(0, 30) });
    const text = refit(booster, high, { refit_decay_rate: 0, feature_pre_filter: false, min_data_in_bin: 1 }).toText();
    const last = text.slice(text.lastIndexOf('Tree='));
    expect(last).toMatch(/leaf_coeff=.*\b0 0?.*/);
    expect(parseModel(text).predict(values, { rows }).every(Number.isFinite)).toBe(true);
  });

  it('refuses rows in which a feature of a function cannot split, or holds categories', () => {
    const constant = createDataset({ values: values.map((value, i) => (i % 2 === 0 ? 1 : value)), rows, labels });
    expect(refusalOf(() => refit(booster, constant))).toBe('INVALID_DATASET values');
    const coded = createDataset({
      values: values.map((v) => Math.round(v * 9 + 9)),
      rows,
      labels,
      categoricalFeatures: [0],
    });
    expect(refusalOf(() => refit(booster, coded))).toBe('INVALID_DATASET values');
  });

  it('refuses a linear_tree that is not what the model is, and models that are both', () => {
    expect(refusalOf(() => refit(booster, data, { linear_tree: false }))).toBe('INVALID_PARAMETER linear_tree');
    const plain = train(data, { ...linear, linear_tree: false });
    expect(refusalOf(() => refit(plain, data, { linear_tree: true }))).toBe('INVALID_PARAMETER linear_tree');
    const both = train(data, linear, { initModel: plain });
    expect(refusalOf(() => refit(both, data))).toBe('UNSUPPORTED_MODEL booster');
  });

  it('refuses functions whose features stand in another order than native writes', () => {
    const text = booster.toText();
    const turned = text.replace(/^leaf_features=.*\b0 1\b.*$/m, (line) => line.replace(/\b0 1\b/, '1 0'));
    expect(turned).not.toBe(text);
    expect(refusalOf(() => refit(parseModel(turned), data))).toBe('UNSUPPORTED_MODEL booster');
  });
});

function treesOf(text: string): string {
  return text.slice(text.indexOf('Tree=0'), text.indexOf('end of trees'));
}

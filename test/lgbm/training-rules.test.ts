import { describe, expect, it } from 'vitest';
import { EarlyStopping, type Evaluation } from '../../src/lgbm/grow/early-stopping.js';
import { createDataset, loadSimdKernel, parseModel, type TrainParams, train } from '../../src/lgbm/index.js';
import { plainKernel } from '../../src/lgbm/kernel/plain-split-search.js';
import { uniform } from '../parity/lgbm/random-cases.js';
import { refusalOf } from './refusal.js';

function setOf(rows: number, features: number, seed: number, label: (row: Float64Array) => number) {
  const u = uniform(seed);
  const values = Float64Array.from({ length: rows * features }, () => u() * 4 - 2);
  const labels = Array.from({ length: rows }, (_, row) => label(values.subarray(row * features, (row + 1) * features)));
  return createDataset({ values, rows, labels });
}

describe('early stopping, as the Python package has it', () => {
  const l2 = (iteration: number, value: number, metric = 'l2', dataset = 'valid_1'): Evaluation => ({
    iteration,
    dataset,
    metric,
    value,
    biggerIsBetter: metric === 'auc',
  });
  const rule = (params: Partial<ConstructorParameters<typeof EarlyStopping>[0]>) =>
    new EarlyStopping({
      early_stopping_round: 3,
      early_stopping_min_delta: 0,
      first_metric_only: false,
      ...params,
    });
  const run = (stopping: EarlyStopping, byIteration: Evaluation[][]) => {
    for (const [i, evaluations] of byIteration.entries()) {
      const stop = stopping.update(evaluations, i === byIteration.length - 1);
      if (stop) return [i + 1, stop.bestIteration, stop.evaluation.metric];
    }
    return undefined;
  };

  it('stops after three iterations without improvement, at the first metric that has none', () => {
    const values = [5, 4, 3, 3, 3, 3, 2];
    expect(
      run(
        rule({}),
        values.map((value, i) => [l2(i + 1, 9 - i, 'l1'), l2(i + 1, value)]),
      ),
    ).toEqual([6, 3, 'l2']);
  });

  it('asks for more than the least difference, which is taken from the best value and not from the change', () => {
    // 0.9 - 0.2 is 0.7, and 0.9 - 0.7 is 0.20000000000000007: the two ways of asking differ
    const [first, second, delta] = [0.9, 0.7, 0.2];
    expect([second < first - delta, first - second > delta]).toEqual([false, true]);
    const stop = run(rule({ early_stopping_min_delta: delta }), [[l2(1, first)], [l2(2, second)], [l2(3, 0.75)]]);
    expect(stop).toEqual([3, 1, 'l2']);
  });

  it('names the best iteration of the first metric after the last iteration', () => {
    const evaluations = [1, 3, 2].map((auc, i) => [l2(i + 1, auc, 'auc'), l2(i + 1, 5 - i)]);
    expect(run(rule({ early_stopping_round: 50 }), evaluations)).toEqual([3, 2, 'auc']);
  });

  it('watches the first metric of every set alone with first_metric_only, and never the training set', () => {
    const evaluations = [1, 2, 3, 4, 5].map((i) => [
      l2(i, 1, 'l2', 'training'),
      l2(i, 10 - i),
      l2(i, 1, 'l1'),
      l2(i, i === 1 ? 1 : 2, 'l2', 'valid_2'),
    ]);
    expect(run(rule({ first_metric_only: true }), evaluations)).toEqual([4, 1, 'l2']);
  });

  it('goes by patience where no tree can split any more, too', () => {
    const data = setOf(40, 2, 3, ([a]) => Math.sign(a));
    const params = { learning_rate: 1, min_data_in_leaf: 5, metric: 'l1,l2' };
    const valid = setOf(30, 2, 4, ([a]) => -Math.sign(a));
    const whole = train(data, { ...params, num_iterations: 200 }, { valid });
    const stopped = train(data, { ...params, num_iterations: 200, early_stopping_round: 5 }, { valid });
    // training gets exhausted after few trees; the labels are the opposite of what was learnt, so that the first tree is the least bad
    expect(whole.numIterations).toBeLessThan(200);
    expect(stopped.bestIteration).toBe(1);
  });

  it('refuses to stop early by no metric', () => {
    const data = setOf(40, 2, 3, ([a]) => a);
    const params: TrainParams = { metric: 'None', early_stopping_round: 5 };
    expect(refusalOf(() => train(data, params, { valid: data }))).toBe('INVALID_PARAMETER metric');
    expect(train(data, { metric: 'None', num_iterations: 2 }, { valid: data }).evaluations).toEqual([]);
  });
});

describe('a first tree that cannot split', () => {
  it('brings in the average that the scores did not start from, and training goes on from there, as native does', () => {
    const values = Float64Array.from({ length: 40 }, (_, row) => row % 2);
    const data = createDataset({ values, rows: 40, labels: values.map((value) => 10 + value) });
    const params = { num_iterations: 3, min_data_in_leaf: 5, max_delta_step: 0.1, boost_from_average: false };
    const booster = train(data, { ...params, metric: 'l2' }, { valid: data });
    // of lightgbm.train 4.6.0
    expect(booster.toText()).toContain('tree_sizes=227 310 311');
    expect(Array.from(booster.predict(values.slice(0, 2), { rows: 2 }))).toEqual([10.48, 10.52]);
    expect(booster.evaluations.map(({ value }) => value)).toEqual([0.25, 0.24010000000000004, 0.23040000000000052]);
  });

  it('ends a training whose scores began with it', () => {
    const data = createDataset({ values: new Float64Array(40), rows: 40, labels: new Float64Array(40).fill(2) });
    const heard: number[] = [];
    train(data, { num_iterations: 5 }, { onIteration: ({ iteration }) => heard.push(iteration) });
    expect(heard).toEqual([]);
  });
});

describe('what nothing would read', () => {
  const data = setOf(60, 2, 9, ([a, b]) => a + b);
  const booster = train(data, { num_iterations: 2 });

  it.each([
    [
      'createDataset',
      () => createDataset({ values: new Float64Array(4), rows: 2, labels: [1, 2], weight: [1, 1] } as never),
    ],
    ['train', () => train(data, {}, { validation: data } as never)],
    ['predict', () => booster.predict(data.values, { rows: data.rows, iterations: 1 } as never)],
    ['toText', () => booster.toText({ iterations: 1 } as never)],
    ['featureImportance', () => booster.featureImportance('gain', { iterations: 1 } as never)],
    ['importance of another type', () => booster.featureImportance('cover' as never)],
  ])('is refused by %s', (_, run) => {
    expect(refusalOf(run)).toMatch(/^INVALID_ARGUMENT (weight|validation|iterations|type)$/);
  });
});

describe('labels outside the classes', () => {
  it('are refused in a validation set, by row', () => {
    const data = setOf(60, 2, 9, ([a]) => (a > 0 ? 1 : 0));
    const valid = setOf(10, 2, 8, ([a]) => (a > 1 ? 7 : 0));
    const at = valid.labels.indexOf(7);
    for (const metric of ['multi_error', 'multi_logloss']) {
      const run = () => train(data, { objective: 'multiclass', num_class: 2, metric }, { valid });
      expect(refusalOf(run)).toBe(`INVALID_DATASET valid labels[${at}]`);
    }
  });
});

describe('a kernel', () => {
  const data = setOf(60, 2, 9, ([a, b]) => a * b);

  it('that keeps memory is refused while a training runs on it, and serves the next one', async () => {
    const kernel = await loadSimdKernel();
    const inner = () => train(data, { num_iterations: 2 }, { kernel });
    const expected = inner().toText();
    expect(refusalOf(() => train(data, { num_iterations: 3 }, { kernel, onIteration: inner }))).toBe(
      'INVALID_ARGUMENT kernel',
    );
    expect(inner().toText()).toBe(expected);
  });

  it('without memory of its own trains within onIteration', () => {
    const params = { num_iterations: 3, min_data_in_leaf: 5 };
    const expected = train(data, params).toText();
    const onIteration = () => void train(data, { num_iterations: 2 }, { kernel: plainKernel });
    expect(train(data, params, { onIteration }).toText()).toBe(expected);
  });
});

describe('memory', () => {
  it('follows rows, not the leaves that are allowed', () => {
    const data = setOf(300, 10, 5, ([a, b]) => a * b);
    const before = process.memoryUsage();
    const booster = train(data, { num_leaves: 131072, num_iterations: 1, min_data_in_leaf: 1 });
    const after = process.memoryUsage();
    expect(booster.featureImportance().reduce((a, b) => a + b)).toBeLessThan(300);
    // one histogram of 10 features per possible leaf is 300 × 10 × 256 × 16 bytes at most, far from 131,072 of them
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(40 * 2 ** 20);
  });
});

describe('values at the zero threshold', () => {
  const least = Math.fround(1e-35);

  it('are zero to a prediction, as native reads them', () => {
    // native 4.6 answers 1 for both: it reads -1e-35f as 0, which is above the threshold
    const text = `tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=0\nobjective=regression\nfeature_names=a\nfeature_infos=[-5:5]\n\nTree=0\nnum_leaves=2\nnum_cat=0\nsplit_feature=0\nsplit_gain=1\nthreshold=-1.0000000180025095e-35\ndecision_type=2\nleft_child=-1\nright_child=-2\nleaf_value=-1 1\nleaf_count=1 1\ninternal_value=0\ninternal_count=2\nshrinkage=1\n\n\nend of trees\n`;
    const predict = (...values: number[]) =>
      Array.from(parseModel(text).predict(Float64Array.from(values), { rows: values.length }));
    expect(predict(-least, 0, -1e-34)).toEqual([1, 1, -1]);
    const many = new Float64Array(600).fill(-least);
    expect(new Set(parseModel(text).predict(many, { rows: 600 }))).toEqual(new Set([1]));
    // text of LightGBM 2.2: the same model
    expect(parseModel(text.replace('v4', 'v2')).predict(Float64Array.of(1), { rows: 1 })[0]).toBe(1);
  });

  it('are negative to a training, where native bins them', () => {
    // lgb.train of LightGBM 4.6.0 on these rows splits 20 and 40 of them: -1e-35f lies in the bin that ends there
    const rows = 60;
    const values = Float64Array.from({ length: rows }, (_, i) => (i < 10 ? -1 : i < 20 ? -least : i % 2));
    const labels = Array.from(values, (value) => (value < 0 ? 1 : 0));
    const booster = train(createDataset({ values, rows, labels }), { num_iterations: 1, min_data_in_leaf: 5 });
    expect(booster.toText()).toMatch(/\nleaf_count=20 40\n/);
  });
});

describe('a model text with an infinite leaf', () => {
  it('is refused', () => {
    const data = setOf(60, 2, 9, ([a]) => a);
    const text = train(data, { num_iterations: 1 }).toText();
    const broken = text.replace(/leaf_value=\S+/, 'leaf_value=inf');
    expect(refusalOf(() => parseModel(broken))).toBe('INVALID_MODEL Tree=0 leaf_value');
  });
});

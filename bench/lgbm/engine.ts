import { performance } from 'node:perf_hooks';
import { binDataset } from '../../src/lgbm/data/binned-dataset.js';
import { Boosting } from '../../src/lgbm/grow/boosting.js';
import { type Booster, createDataset, type SplitKernel, type TrainTask, train } from '../../src/lgbm/index.js';
import { createObjective } from '../../src/lgbm/objectives/create-objective.js';
import { resolveParams } from '../../src/lgbm/parameters/params.js';

export * from '../../src/lgbm/index.js';
export { plainKernel } from '../../src/lgbm/kernel/plain-split-search.js';

/** Rows of a benchmark, as native gets them. */
export interface BenchRows {
  values: Float64Array;
  labels: Float64Array;
  rows: number;
}

/** The parameters of every training here; native.py has the same. */
export const PARAMS = { objective: 'regression', num_leaves: 31, learning_rate: 0.05, max_bin: 255 };

/** Returns a function that boosts once over data that is binned already, as native does over a constructed Dataset. */
export function boostingOf(
  data: BenchRows,
  iterations: number,
): (kernel: SplitKernel) => { seconds: number; cpu: number } {
  const dataset = createDataset(data);
  const params = resolveParams({ ...PARAMS, num_iterations: iterations });
  const binned = binDataset(dataset, params);
  return (kernel) => {
    const cpuBefore = process.cpuUsage();
    const start = performance.now();
    const objective = createObjective(dataset, params);
    const { outputs, constantHessian } = objective;
    const search = kernel.createSearch({ binned, outputs, constantHessian, params });
    const boosting = new Boosting({ dataset, binned, valid: [], objective, params, search });
    for (let i = 0; i < iterations && boosting.next(); i++);
    const { user, system } = process.cpuUsage(cpuBefore);
    return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
  };
}

/** Returns the seconds that binning takes, and the model of the whole training. */
export function trainWhole(
  data: BenchRows,
  iterations: number,
  kernel: SplitKernel,
): { booster: Booster; binning: number } {
  const dataset = createDataset(data);
  const params = { ...PARAMS, num_iterations: iterations };
  const start = performance.now();
  binDataset(dataset, resolveParams(params));
  const binning = (performance.now() - start) / 1000;
  return { booster: train(dataset, params, { kernel }), binning };
}

/** Columns of the drawn rows. */
export const FEATURES = 40;

/** Draws rows of normal features, a tenth of every second one missing, with labels that some of them explain. */
export function draw(rows: number): BenchRows {
  let state = 12345;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const values = new Float64Array(rows * FEATURES);
  const labels = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const x = values.subarray(row * FEATURES, (row + 1) * FEATURES);
    for (let f = 0; f < FEATURES; f++) x[f] = normal();
    labels[row] = 2 * x[0] + 2 * Math.sin(3 * x[1]) + x[2] * x[3] + (x[4] > 0.5 ? 1.5 : 0) + 0.5 * normal();
    for (let f = 1; f < FEATURES; f += 2) if (uniform() < 0.1) x[f] = Number.NaN;
  }
  return { values, labels, rows };
}

/** Returns the weekly retraining of 10 instruments and 3 horizons: for each a regression, and 3 classes. */
export function poolTasks({ values, rows, labels }: BenchRows): TrainTask[] {
  const set = (targets: Float64Array) => createDataset({ values, rows, labels: targets });
  const classes = labels.map((y) => (y > 1 ? 2 : y < -1 ? 0 : 1));
  const common = { num_leaves: 31, learning_rate: 0.05, num_iterations: 60 };
  return Array.from({ length: 30 }, (_, i) => [
    { key: `${i}_reg`, dataset: set(labels), params: { ...common, objective: 'regression' } },
    { key: `${i}_cls`, dataset: set(classes), params: { ...common, objective: 'multiclass', num_class: 3 } },
  ]).flat();
}

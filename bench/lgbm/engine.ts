import { performance } from 'node:perf_hooks';
import { binDataset } from '../../src/lgbm/data/binned-dataset.js';
import {
  type Booster,
  createDataset,
  type SplitKernel,
  type TrainTask,
  train,
  withLabels,
} from '../../src/lgbm/index.js';
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

/** What one training took. */
export interface Took {
  seconds: number;
  cpu: number;
}

/** Returns what it takes to bin the rows and to train on them, and the model. */
export function trainWhole(data: BenchRows, iterations: number, kernel: SplitKernel): Took & { booster: Booster } {
  const dataset = createDataset(data);
  return timed(() => ({ booster: train(dataset, { ...PARAMS, num_iterations: iterations }, { kernel }) }));
}

/** Returns what it takes to bin the rows. */
export function binWhole(data: BenchRows): Took {
  const dataset = createDataset(data);
  return timed(() => {
    binDataset(dataset, resolveParams(PARAMS));
    return {};
  });
}

/** Returns what it takes to bin the rows once and to train a model of each of {@link FAMILY} on them. */
export function trainFamily(data: BenchRows, iterations: number, kernel: SplitKernel): Took {
  const dataset = createDataset(data);
  const classes = withLabels(dataset, { labels: classesOf(data.labels) });
  return timed(() => {
    for (const params of FAMILY) {
      const target = params.objective === 'multiclass' ? classes : dataset;
      train(target, { ...PARAMS, ...params, num_iterations: iterations }, { kernel });
    }
    return {};
  });
}

/** Several models on one dataset, as a forecaster trains them; native.py has the same. */
const FAMILY = [
  { objective: 'multiclass', num_class: 3 },
  { objective: 'quantile', alpha: 0.1 },
  { objective: 'quantile', alpha: 0.5 },
  { objective: 'quantile', alpha: 0.9 },
];

function classesOf(labels: Float64Array): Float64Array {
  return labels.map((y) => (y > 1 ? 2 : y < -1 ? 0 : 1));
}

function timed<Result>(work: () => Result): Took & Result {
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const result = work();
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ...result, seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
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
  const classes = classesOf(labels);
  const common = { num_leaves: 31, learning_rate: 0.05, num_iterations: 60 };
  return Array.from({ length: 30 }, (_, i) => [
    { key: `${i}_reg`, dataset: set(labels), params: { ...common, objective: 'regression' } },
    { key: `${i}_cls`, dataset: set(classes), params: { ...common, objective: 'multiclass', num_class: 3 } },
  ]).flat();
}

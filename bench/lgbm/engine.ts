import { performance } from 'node:perf_hooks';
import { binDataset } from '../../src/lgbm/binned-dataset.js';
import { Boosting } from '../../src/lgbm/boosting.js';
import { type Booster, createDataset, type SplitKernel, train } from '../../src/lgbm/index.js';
import { createObjective } from '../../src/lgbm/objective.js';
import { resolveParams } from '../../src/lgbm/params.js';

export * from '../../src/lgbm/index.js';
export { plainKernel } from '../../src/lgbm/plain-split-search.js';

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

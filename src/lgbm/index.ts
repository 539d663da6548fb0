export type { Booster, IterationRange, PredictOptions } from './booster.js';
export { createDataset, type Dataset, type DatasetInput } from './dataset.js';
export type { Evaluation } from './early-stopping.js';
export type { MetricName } from './metric-names.js';
export { loadParallelKernel, type ParallelKernel } from './parallel-kernel.js';
export { PARAMETERS, type Parameter, type ParameterKind, type ParameterSupport } from './parameter-table.js';
export type { ObjectiveName, ParameterValue, TrainParams } from './params.js';
export { parseModel } from './parse-model.js';
export { plainKernel } from './plain-split-search.js';
export type { SplitKernel } from './split-kernel.js';
export { type IterationReport, type TrainOptions, train } from './train.js';
export {
  createTrainPool,
  type PoolProgress,
  type TrainOutcome,
  type TrainPool,
  type TrainPoolOptions,
  type TrainTask,
} from './train-pool.js';
export { loadSimdKernel } from './wasm-split-search.js';
export type { AnyWorker, SpawnWorker } from './worker-handle.js';

export { decodeModel } from './compact/decode-model.js';
export { encodeModel } from './compact/encode-model.js';
export {
  createDataset,
  type Dataset,
  type DatasetInput,
  type DatasetLabels,
  withLabels,
} from './data/dataset.js';
export { type CvEvaluation, type CvOptions, type CvResult, cv, type Fold } from './grow/cross-validate.js';
export type { Evaluation } from './grow/early-stopping.js';
export { groupFolds, type TimeFoldOptions, timeFolds } from './grow/folds.js';
export { refit } from './grow/refit.js';
export { type IterationReport, type TrainOptions, train } from './grow/train.js';
export type { SplitKernel } from './kernel/split-kernel.js';
export { loadSimdKernel } from './kernel/wasm-split-search.js';
export type { CustomMetric } from './objectives/custom-metric.js';
export type { CustomObjective, CustomObjectiveCall } from './objectives/custom-objective.js';
export type { MetricName } from './parameters/metric-names.js';
export { PARAMETERS, type Parameter, type ParameterKind, type ParameterSupport } from './parameters/parameter-table.js';
export type { ObjectiveName, ParameterValue, TrainParams } from './parameters/params.js';
export type { Booster, BoosterPredictOptions, DumpOptions, IterationRange } from './predict/booster.js';
export type { EarlyStopOptions } from './predict/early-stop.js';
export { parseModel } from './text/parse-model.js';
export { loadParallelKernel, type ParallelKernel } from './threads/parallel-kernel.js';
export {
  createTrainPool,
  type PoolProgress,
  type TrainPool,
  type TrainPoolOptions,
  type TrainResult,
  type TrainTask,
} from './threads/train-pool.js';
export type { AnyWorker, SpawnWorker } from './threads/worker-handle.js';

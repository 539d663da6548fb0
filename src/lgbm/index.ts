export type { Booster, IterationRange, PredictOptions } from './booster.js';
export { createDataset, type Dataset, type DatasetInput } from './dataset.js';
export type { Evaluation } from './early-stopping.js';
export type { MetricName } from './metric-names.js';
export { PARAMETERS, type Parameter, type ParameterKind, type ParameterSupport } from './parameter-table.js';
export type { ObjectiveName, ParameterValue, TrainParams } from './params.js';
export { parseModel } from './parse-model.js';
export { type IterationReport, type TrainOptions, train } from './train.js';

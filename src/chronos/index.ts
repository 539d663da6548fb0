export type { LoadProgress } from './checkpoint-files.js';
export type { ChronosFamily, ChronosForecast, ChronosModel, ForecastOptions } from './chronos-model.js';
export { type Chronos2Model, isChronos2, type TaskOptions } from './chronos2.js';
export type { Covariate, ForecastTask } from './covariates.js';
export type { CheckpointInMemory, CheckpointSource, LoadOptions } from './load-chronos.js';
export { loadChronos } from './load-chronos.js';
export { QuantileFunction } from './quantile-function.js';
export type { OrtExternalData, OrtRuntime, OrtSession, OrtSessionOptions, OrtTensor } from './runtime.js';

export type { LoadProgress } from './checkpoint-files.js';
export type { ChronosFamily, ChronosForecast, ChronosModel, ForecastOptions } from './chronos-model.js';
export type { CheckpointInMemory, CheckpointSource, LoadOptions } from './load-chronos.js';
export { loadChronos } from './load-chronos.js';
export { QuantileFunction } from './quantile-function.js';
export type { OrtExternalData, OrtRuntime, OrtSession, OrtSessionOptions, OrtTensor } from './runtime.js';

export type { LoadProgress } from './checkpoint/checkpoint-files.js';
export type {
  ChronosBars,
  ChronosEmbedding,
  ChronosFamily,
  ChronosForecast,
  ChronosInput,
  ChronosModel,
  ChronosSeries,
  EmbedOptions,
  ForecastOptions,
  LoadedChronos,
} from './chronos-model.js';
export { type Chronos2Model, isChronos2, type TaskOptions } from './chronos2-model.js';
export type { Covariate, ForecastTask } from './families/covariates.js';
export type { CheckpointInMemory, CheckpointSource, LoadOptions } from './load-chronos.js';
export { loadChronos } from './load-chronos.js';
export type { OrtExternalData, OrtRuntime, OrtSession, OrtSessionOptions, OrtTensor } from './runtime/runtime.js';
export { forecastRows, type TableOptions, type TableRow, type Timestamp } from './table/forecast-rows.js';

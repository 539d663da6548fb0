import type {
  ChronosEmbedding,
  ChronosForecast,
  ChronosModel,
  EmbedOptions,
  ForecastOptions,
  LoadedChronos,
} from './chronos-model.js';
import type { ForecastTask } from './families/covariates.js';

/** Options of a joint forecast. */
export interface TaskOptions extends ForecastOptions {
  /** Whether all tasks of the call inform each other; every result then depends on the others. Default false. */
  crossLearning?: boolean | undefined;
}

/** A Chronos-2 model: besides single series it forecasts several together, with covariates. */
export interface Chronos2Model extends LoadedChronos {
  readonly family: 'chronos-2';
  /**
   * Forecasts every target of every task.
   *
   * @returns for each task, in order, one forecast a target
   * @throws ForecastError as forecast does, and INVALID_ARGUMENT for a task whose parts do not fit together
   */
  forecastTasks(tasks: readonly ForecastTask[], options: TaskOptions): Promise<ChronosForecast[][]>;
  /**
   * Returns the encoder's embedding of every target of every task, informed by the task's other targets and covariates of the past. No
   * future is read: futureCovariates are refused.
   *
   * @returns for each task, in order, one embedding a target
   * @throws ForecastError as embed does, and INVALID_ARGUMENT for a task whose parts do not fit together
   */
  embedTasks(tasks: readonly ForecastTask[], options?: EmbedOptions): Promise<ChronosEmbedding[][]>;
}

/** Returns whether a model is a Chronos-2 model, and so forecasts tasks. */
export function isChronos2(model: ChronosModel): model is Chronos2Model {
  return model.family === 'chronos-2' && 'forecastTasks' in model;
}

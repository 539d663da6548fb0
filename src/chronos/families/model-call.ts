import { ForecastError, invalid } from '../../errors.js';

/** A function of a model, as its errors name it. */
export type ModelCall = 'forecast' | 'forecastTasks' | 'embed' | 'embedTasks';

/** Where a value stands, as errors name it. */
export interface Place {
  readonly call: ModelCall;
  /** For example `series[0]`. */
  readonly field: string;
}

/** Returns the place of a part: `.close`, `[3]`. */
export function within({ call, field }: Place, part: string): Place {
  return { call, field: `${field}${part}` };
}

/** Returns the error for a network that gives no numbers: its weights are no trained ones, or the context is out of all range. */
export function noForecast(call: ModelCall): ForecastError {
  return new ForecastError('NO_FORECAST', `${call}: the network gave numbers that are not finite`, {
    field: 'series',
  });
}

/** Throws INVALID_ARGUMENT unless what a call was given is an array: of series, or of tasks. */
export function checkList(list: unknown, call: ModelCall): void {
  const what = call.endsWith('Tasks') ? 'tasks' : 'series';
  if (!Array.isArray(list)) throw invalid('INVALID_ARGUMENT', call, what, `an array of ${what}`, list);
}

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

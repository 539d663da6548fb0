import { invalid } from '../../errors.js';
import { type Place, within } from './model-call.js';

/** Values beside a target: numbers (NaN: missing), or categories as text or booleans (null: missing). */
export type Covariate = ArrayLike<number> | readonly (string | boolean | null)[];

/** One joint forecast: series of one length that the network reads together. */
export interface ForecastTask {
  /** What is forecast: one or several series of equal length, oldest value first; NaN is a missing value. */
  readonly targets: readonly ArrayLike<number>[];
  /** Covariates over the targets' own time, by name. */
  readonly pastCovariates?: Readonly<Record<string, Covariate>> | undefined;
  /** Covariates over the horizon, by name; each has its past as well. */
  readonly futureCovariates?: Readonly<Record<string, Covariate>> | undefined;
}

/** One series of a task as the network reads it. */
export interface TaskRow {
  readonly context: Float64Array;
  /** Values known over the horizon; NaN where unknown. */
  readonly future: Float64Array | undefined;
}

/**
 * Returns a task's rows: the targets, the covariates of the past only, and those known ahead, each in order of their names.
 *
 * Categories of a single target become the mean of the target where they held, drawn towards the target's own mean by one
 * observation; with several targets they become their place in sorted order. A category that the past does not know is the
 * target's mean, or missing.
 *
 * @throws ForecastError EMPTY_SERIES, INVALID_ARGUMENT (lengths that differ, an infinite value, a future without a past)
 */
export function taskRows(task: ForecastTask, horizon: number, place: Place): TaskRow[] {
  const { targets, pastCovariates = {}, futureCovariates = {} } = task;
  if (targets.length === 0)
    throw invalid('INVALID_ARGUMENT', place.call, `${place.field}.targets`, 'at least one series', targets);
  const length = targets[0].length;
  if (length === 0)
    throw invalid('EMPTY_SERIES', place.call, `${place.field}.targets[0]`, 'at least one value', 'none');
  const rows: TaskRow[] = targets.map((target, i) => ({
    context: numbers(target, length, within(place, `.targets[${i}]`)),
    future: undefined,
  }));
  for (const name of Object.keys(futureCovariates))
    if (!(name in pastCovariates))
      throw invalid(
        'INVALID_ARGUMENT',
        place.call,
        `${place.field}.pastCovariates.${name}`,
        'given, as its future is',
        undefined,
      );
  const names = Object.keys(pastCovariates).sort();
  const ordered = [
    ...names.filter((name) => !(name in futureCovariates)),
    ...names.filter((name) => name in futureCovariates),
  ];
  for (const name of ordered) {
    const past = pastCovariates[name];
    const future = futureCovariates[name];
    const fields = {
      past: within(place, `.pastCovariates.${name}`),
      future: within(place, `.futureCovariates.${name}`),
    };
    if (isCategorical(past)) {
      const encode = categoryEncoder(
        categories(past, length, fields.past),
        rows.slice(0, targets.length).map((row) => row.context),
      );
      rows.push({ context: encode(past), future: future && encode(categories(future, horizon, fields.future)) });
    } else {
      rows.push({
        context: numbers(past, length, fields.past),
        future: future && numbers(future, horizon, fields.future),
      });
    }
  }
  return rows;
}

type Category = string | boolean | null;

function isCategorical(values: Covariate): values is readonly Category[] {
  return Array.isArray(values) && values.some((value) => typeof value === 'string' || typeof value === 'boolean');
}

function numbers(values: Covariate, length: number, { call, field }: Place): Float64Array {
  checkLength(values, length, { call, field });
  return Float64Array.from({ length }, (_, i) => {
    const value = values[i];
    if (typeof value !== 'number' || Math.abs(value) === Infinity)
      throw invalid('INVALID_ARGUMENT', call, `${field}[${i}]`, 'a finite number, or NaN for a missing one', value);
    return value;
  });
}

function categories(values: Covariate, length: number, { call, field }: Place): readonly Category[] {
  checkLength(values, length, { call, field });
  return Array.from<unknown, Category>(values, (value, i) => {
    if (value !== null && typeof value !== 'string' && typeof value !== 'boolean')
      throw invalid('INVALID_ARGUMENT', call, `${field}[${i}]`, 'text, a boolean, or null for a missing one', value);
    return value;
  });
}

function checkLength(values: ArrayLike<unknown>, length: number, { call, field }: Place): void {
  if (values.length !== length)
    throw invalid('INVALID_ARGUMENT', call, `${field}.length`, String(length), values.length);
}

/** Returns how the categories of one covariate are turned into numbers. */
function categoryEncoder(
  past: readonly Category[],
  targets: readonly Float64Array[],
): (values: readonly Category[]) => Float64Array {
  const known = new Map<Category, number>();
  if (targets.length > 1) {
    const sorted = [...new Set(past.filter((value) => value !== null))].sort((a, b) => (a < b ? -1 : 1));
    sorted.forEach((value, place) => {
      known.set(value, place);
    });
    known.set(null, sorted.length);
    return (values) => Float64Array.from(values, (value) => known.get(value) ?? Number.NaN);
  }
  const seen = [...targets[0].entries()].filter(([, value]) => !Number.isNaN(value));
  const mean = seen.length === 0 ? 0 : seen.reduce((sum, [, value]) => sum + value, 0) / seen.length;
  for (const category of new Set(past)) {
    const own = seen.filter(([i]) => past[i] === category);
    known.set(category, (mean + own.reduce((sum, [, value]) => sum + value, 0)) / (1 + own.length));
  }
  return (values) => Float64Array.from(values, (value) => known.get(value) ?? mean);
}

import { invalid, refuseUnknown } from '../../errors.js';
import type { ChronosForecast, ChronosModel } from '../chronos-model.js';
import { isChronos2, type TaskOptions } from '../chronos2-model.js';
import type { Covariate, ForecastTask } from '../families/covariates.js';
import { nextTimestamps } from './next-timestamps.js';

/** One observation of one series: values by the names of columns. */
export type TableRow = Readonly<Record<string, unknown>>;

/** A time as tables have it: an ISO date or instant, milliseconds since 1970, or a Date. */
export type Timestamp = string | number | Date;

/** How a table is read and forecast; what a forecast takes goes along. */
export interface TableOptions extends TaskOptions {
  /** The column that tells series apart; default 'item_id'. */
  id?: string | undefined;
  /** The column of times; default 'timestamp'. */
  timestamp?: string | undefined;
  /** The column that is forecast, or several; default 'target'. Chronos-2 reads several together. */
  target?: string | readonly string[] | undefined;
  /** Columns that are read beside the target (Chronos-2 only): numbers, or text and booleans as categories. */
  covariates?: readonly string[] | undefined;
  /** Rows of the horizon, `horizon` for each series: their times, and the covariates that are known ahead. */
  future?: readonly TableRow[] | undefined;
  /**
   * Returns the times of the horizon, where `future` does not give them and no rule tells them (docs: constant steps, months,
   * weekdays): for example the next trading days.
   */
  ahead?: ((last: Timestamp, horizon: number, id: unknown) => readonly Timestamp[]) | undefined;
}

const OPTIONS = ['id', 'timestamp', 'target', 'covariates', 'future', 'ahead', 'crossLearning'] as const;
const FORECAST_OPTIONS = [
  'horizon',
  'levels',
  'numSamples',
  'seed',
  'contextLength',
  'temperature',
  'topK',
  'topP',
] as const;

/**
 * Forecasts every series of a table, as the reference's `predict_df` does.
 *
 * @param rows in any order; a missing value is null, undefined or NaN
 * @returns for each series in the order of its first row, for each target, `horizon` rows: the id and the timestamp in their
 *   columns (the time in the form of the rows), `target_name`, `predictions` (the median), and each level's quantile under
 *   the level as text ('0.1')
 * @throws ForecastError as forecast does; INVALID_ARGUMENT naming the row and column of a value that cannot be read
 * @example
 * const table = await forecastRows(model, rows, { id: 'code', timestamp: 'date', target: 'close', horizon: 5 });
 */
export async function forecastRows(
  model: ChronosModel,
  rows: readonly TableRow[],
  options: TableOptions,
): Promise<Record<string, unknown>[]> {
  refuseUnknown('forecastRows', options, [...OPTIONS, ...FORECAST_OPTIONS, 'signal']);
  const { horizon } = options;
  if (!Number.isSafeInteger(horizon) || horizon < 1)
    throw invalid('INVALID_HORIZON', 'forecastRows', 'horizon', 'a whole number of steps >= 1', horizon);
  const { id = 'item_id', timestamp = 'timestamp', target = 'target', covariates = [], ...rest } = options;
  const { future, ahead, ...forecastOptions } = rest;
  const targets = typeof target === 'string' ? [target] : target;
  if (targets.length === 0) throw wrong('target', 'at least one column', target);
  if (covariates.length > 0 && !isChronos2(model))
    throw wrong('covariates', 'none: only Chronos-2 reads them', covariates);
  const columns = { id, timestamp };
  const series = groupRows(rows, columns, 'rows');
  const later = future && groupRows(future, columns, 'future');
  const tasks = [...series].map(([key, own]): { task: ForecastTask; times: readonly Timestamp[] } => {
    const known = later?.get(key);
    if (later !== undefined && known?.length !== horizon)
      throw wrong('future', `${horizon} rows of ${String(key)}`, known?.length ?? 0);
    if (known && known[0].time <= own[own.length - 1].time)
      throw wrong(`future[${known[0].at}].${timestamp}`, `behind the last of ${String(key)}`, known[0].row[timestamp]);
    const knownAhead = covariates.filter((name) => known?.some(({ row }) => name in row));
    const task: ForecastTask = {
      targets: targets.map((name) => numbers(own, name)),
      ...(covariates.length > 0 && { pastCovariates: byName(covariates, (name) => column(own, name)) }),
      ...(knownAhead.length > 0 && { futureCovariates: byName(knownAhead, (name) => column(known ?? [], name)) }),
    };
    const times = known
      ? known.map(({ row }) => row[timestamp] as Timestamp)
      : timesAhead(own, timestamp, horizon, ahead && ((last, count) => ahead(last, count, key)));
    return { task, times };
  });
  const forecasts = await forecastAll(
    model,
    tasks.map(({ task }) => task),
    forecastOptions,
  );
  return [...series.keys()].flatMap((key, i) =>
    targets.flatMap((name, t) =>
      tasks[i].times.map((time, step) =>
        tableRow(forecasts[i][t], step, { [id]: key, [timestamp]: time, target_name: name }),
      ),
    ),
  );
}

async function forecastAll(
  model: ChronosModel,
  tasks: readonly ForecastTask[],
  options: TaskOptions,
): Promise<ChronosForecast[][]> {
  if (isChronos2(model)) return model.forecastTasks(tasks, options);
  const { seed } = options;
  const seeds = Array.isArray(seed) ? tasks.flatMap(({ targets }, i) => targets.map(() => seed[i] as number)) : seed;
  const contexts = tasks.flatMap(({ targets }) => targets);
  const flat = await model.forecast(contexts, seeds === undefined ? options : { ...options, seed: seeds });
  let start = 0;
  return tasks.map(({ targets }) => {
    start += targets.length;
    return flat.slice(start - targets.length, start);
  });
}

function tableRow(forecast: ChronosForecast, step: number, head: Record<string, unknown>): Record<string, unknown> {
  const { levels, quantiles, median } = forecast;
  const values = levels.map((level, i) => [String(level), quantiles[step * levels.length + i]] as const);
  return { ...head, predictions: median[step], ...Object.fromEntries(values) };
}

/** A row with its place in the table and its time in milliseconds. */
interface PlacedRow {
  readonly row: TableRow;
  readonly at: number;
  readonly time: number;
  readonly where: string;
}

/** The rows of each series, oldest first. */
function groupRows(
  rows: readonly TableRow[],
  { id, timestamp }: { id: string; timestamp: string },
  where: string,
): Map<unknown, PlacedRow[]> {
  const groups = new Map<unknown, PlacedRow[]>();
  rows.forEach((row, at) => {
    const key = row[id];
    if (typeof key !== 'string' && typeof key !== 'number')
      throw wrong(`${where}[${at}].${id}`, 'text or a number', key);
    const placed = { row, at, time: millisecondsOf(row[timestamp], `${where}[${at}].${timestamp}`), where };
    const group = groups.get(key);
    if (group) group.push(placed);
    else groups.set(key, [placed]);
  });
  for (const group of groups.values()) {
    group.sort((a, b) => a.time - b.time);
    group.forEach(({ time, at, row }, i) => {
      if (i > 0 && time === group[i - 1].time)
        throw wrong(`${where}[${at}].${timestamp}`, `another time than row ${group[i - 1].at}'s`, row[timestamp]);
    });
  }
  return groups;
}

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

function millisecondsOf(value: unknown, field: string): number {
  const time =
    typeof value === 'string' && ISO.test(value)
      ? Date.parse(/[T ]/.test(value) && !/(?:Z|[+-]\d{2}:?\d{2})$/.test(value) ? `${value}Z` : value)
      : value instanceof Date
        ? value.getTime()
        : value;
  if (typeof time === 'number' && Number.isFinite(time)) return time;
  throw wrong(field, "an ISO date ('2024-03-08'), milliseconds or a Date", value);
}

function timesAhead(
  own: readonly PlacedRow[],
  timestamp: string,
  horizon: number,
  ahead: ((last: Timestamp, count: number) => readonly Timestamp[]) | undefined,
): readonly Timestamp[] {
  const last = own[own.length - 1].row[timestamp] as Timestamp;
  if (ahead) {
    const times = ahead(last, horizon);
    if (times.length !== horizon) throw wrong('ahead', `a function that returns ${horizon} times`, times.length);
    return times;
  }
  const next = nextTimestamps(
    own.map(({ time }) => time),
    horizon,
  );
  if (next === undefined)
    throw wrong(
      timestamp,
      'in constant steps, of days, weekdays or months for example; or say what comes next by the option ahead or by future',
      `${own.length} times up to ${String(last)}`,
    );
  return next.map((time) => inFormOf(last, time));
}

/** Returns an instant in the form of another. */
function inFormOf(example: Timestamp, time: number): Timestamp {
  if (typeof example === 'number') return time;
  if (example instanceof Date) return new Date(time);
  const iso = new Date(time).toISOString();
  return example.length === 10 ? iso.slice(0, 10) : iso;
}

function numbers(own: readonly PlacedRow[], name: string): Float64Array {
  return Float64Array.from(own, ({ row, at, where }) => {
    const value = row[name];
    if (value === null || (value === undefined && name in row)) return Number.NaN;
    if (typeof value === 'number') return value;
    throw wrong(`${where}[${at}].${name}`, 'a number, or null for a missing one', value);
  });
}

/** A column of numbers where none of its values is text or a boolean, else of categories. */
function column(own: readonly PlacedRow[], name: string): Covariate {
  const categorical = own.some(({ row }) => typeof row[name] === 'string' || typeof row[name] === 'boolean');
  return categorical ? own.map(({ row }) => (row[name] ?? null) as string | boolean | null) : numbers(own, name);
}

function byName<Value>(names: readonly string[], value: (name: string) => Value): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, value(name)]));
}

function wrong(field: string, expected: string, actual: unknown): Error {
  return invalid('INVALID_ARGUMENT', 'forecastRows', field, expected, actual);
}

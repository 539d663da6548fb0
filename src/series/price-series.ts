import { type ForecastErrorCode, invalid } from '../errors.js';
import type { Bar } from './bar.js';
import { parseEpochDay } from './epoch-day.js';

/**
 * How far, relative to the price, a high may lie below (a low above) the open or close before the bar is refused.
 *
 * Sources that pass prices through 32-bit floats or adjust columns one by one break the order by a rounding step
 * (a float32 step is 6e-8); a wrong bar breaks it by far more. Values within the tolerance are kept as they came.
 */
export const BAR_ORDER_TOLERANCE = 1e-6;

/**
 * Daily bars of one instrument, column by column, checked once and then trusted: dates ascending and unique, prices finite
 * and positive, high and low consistent, volumes finite and not negative. Every array has `length` entries; don't write to them.
 */
export interface PriceSeries {
  readonly code?: string;
  readonly length: number;
  /** 'YYYY-MM-DD', ascending. */
  readonly dates: readonly string[];
  /** The same dates as days since 1970-01-01. */
  readonly days: Int32Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Units traded. */
  readonly volume: Float64Array;
}

/** How `parseSeries` reads. */
export interface ParseSeriesOptions {
  /** The instrument, for messages and for the series itself. */
  code?: string | undefined;
  /** Fewest bars that will do; 1 unless given. */
  minBars?: number | undefined;
}

/**
 * Returns the bars as a series that needs no further check.
 *
 * Refused: a date that does not exist or is not 'YYYY-MM-DD', dates not ascending, a date twice, a price that is not finite
 * and > 0, a volume that is not finite and >= 0, a high below open or close, a low above them, beyond `BAR_ORDER_TOLERANCE`
 * (so also a high below the low). Days missing between bars are fine: halts and closures are no bars. A halt that a source
 * writes as a bar of zeros is refused: leave it out.
 *
 * @param bars oldest first
 * @throws ForecastError `EMPTY_SERIES`, `SERIES_TOO_SHORT`, or with the row's index and date in the message
 *   `INVALID_DATE`, `UNSORTED_DATES`, `DUPLICATE_DATE`, `INVALID_BAR`
 * @example
 * const series = parseSeries(bars, { code: '005930', minBars: 60 });
 */
export function parseSeries(bars: readonly Bar[], options: ParseSeriesOptions = {}): PriceSeries {
  const { code, minBars = 1 } = options;
  const where = code === undefined ? 'parseSeries' : `parseSeries(${code})`;
  if (!Array.isArray(bars)) throw invalid('INVALID_ARGUMENT', where, 'bars', 'an array of bars', bars);
  if (!Number.isInteger(minBars) || minBars < 1) {
    throw invalid('INVALID_ARGUMENT', where, 'minBars', 'a whole number >= 1', minBars);
  }
  const length = bars.length;
  if (length === 0) throw invalid('EMPTY_SERIES', where, 'bars', 'at least one bar', bars);
  if (length < minBars) throw invalid('SERIES_TOO_SHORT', where, 'bars', `at least ${minBars} bars`, bars);

  const dates = new Array<string>(length);
  const days = new Int32Array(length);
  const columns = allocate(length);
  for (let row = 0; row < length; row++) {
    const bar = bars[row];
    if (typeof bar !== 'object' || bar === null) throw invalid('INVALID_BAR', where, `bars[${row}]`, 'a bar', bar);
    const day = parseEpochDay(bar.date);
    if (day === undefined) {
      throw invalid('INVALID_DATE', where, `bars[${row}].date`, "an existing day 'YYYY-MM-DD'", bar.date);
    }
    if (row > 0 && day <= days[row - 1]) throw misplaced(where, row, bar.date, dates[row - 1], day === days[row - 1]);
    checkBar(where, row, bar);
    dates[row] = bar.date;
    days[row] = day;
    columns.open[row] = bar.open;
    columns.high[row] = bar.high;
    columns.low[row] = bar.low;
    columns.close[row] = bar.close;
    columns.volume[row] = bar.volume;
  }
  return Object.freeze({ ...(code !== undefined && { code }), length, dates: Object.freeze(dates), days, ...columns });
}

/**
 * Returns the bars `start` to `end` (exclusive; counted from the end when negative, as in `Array.slice`) as a series of its own.
 *
 * The columns share memory with the whole series.
 * @throws ForecastError `EMPTY_SERIES` if no bar is left
 */
export function sliceSeries(series: PriceSeries, start: number, end = series.length): PriceSeries {
  const dates = series.dates.slice(start, end);
  if (dates.length === 0) {
    throw invalid(
      'EMPTY_SERIES',
      'sliceSeries',
      'start, end',
      `a range within ${series.length} bars`,
      `${start}, ${end}`,
    );
  }
  return Object.freeze({
    ...(series.code !== undefined && { code: series.code }),
    length: dates.length,
    dates: Object.freeze(dates),
    days: series.days.subarray(start, end),
    open: series.open.subarray(start, end),
    high: series.high.subarray(start, end),
    low: series.low.subarray(start, end),
    close: series.close.subarray(start, end),
    volume: series.volume.subarray(start, end),
  });
}

function allocate(length: number) {
  const column = () => new Float64Array(length);
  return { open: column(), high: column(), low: column(), close: column(), volume: column() };
}

function checkBar(where: string, row: number, bar: Bar): void {
  for (const field of ['open', 'high', 'low', 'close'] as const) {
    const price = bar[field];
    if (!Number.isFinite(price) || price <= 0) throw refuse(where, row, bar.date, field, 'finite and > 0', price);
  }
  if (!Number.isFinite(bar.volume) || bar.volume < 0) {
    throw refuse(where, row, bar.date, 'volume', 'finite and >= 0', bar.volume);
  }
  const top = Math.max(bar.open, bar.close, bar.low);
  const bottom = Math.min(bar.open, bar.close, bar.high);
  if (bar.high < top * (1 - BAR_ORDER_TOLERANCE)) {
    throw refuse(where, row, bar.date, 'high', `at least open, close and low (${top})`, bar.high);
  }
  if (bar.low > bottom * (1 + BAR_ORDER_TOLERANCE)) {
    throw refuse(where, row, bar.date, 'low', `at most open, close and high (${bottom})`, bar.low);
  }
}

function refuse(where: string, row: number, date: string, field: string, expected: string, actual: unknown) {
  return invalid('INVALID_BAR', where, `bars[${row}].${field} (${date})`, expected, actual);
}

function misplaced(where: string, row: number, date: string, previous: string, same: boolean) {
  const code: ForecastErrorCode = same ? 'DUPLICATE_DATE' : 'UNSORTED_DATES';
  const expected = same ? `unique (row ${row - 1} has it too)` : `after ${previous} of row ${row - 1}`;
  return invalid(code, where, `bars[${row}].date`, expected, date);
}

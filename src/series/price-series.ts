import { type ForecastErrorCode, invalid } from '../errors.js';
import type { Bar } from './bar.js';
import { parseEpochDay } from './epoch-day.js';
import { type BarRepair, checkCells, describeRepairs, isBelow, isSoundBar, repairBar } from './repair-bars.js';
import type { TradingCalendar } from './trading-calendar.js';

/**
 * Daily bars of one instrument, column by column, checked once and then trusted: dates ascending and unique, prices finite
 * and positive, high and low consistent, volumes finite and not negative. Every array has `length` entries; don't write to them.
 */
export interface PriceSeries {
  readonly code?: string | undefined;
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
  /** What was mended, in the order of the bars; empty for bars that came sound. */
  readonly repairs: readonly BarRepair[];
}

/** How `parseSeries` reads. */
export interface ParseSeriesOptions {
  /** The instrument, for messages and for the series itself. */
  code?: string | undefined;
  /** Fewest bars that will do, those left out not counted; 1 unless given. */
  minBars?: number | undefined;
  /**
   * 'mend' (unless given) widens and leaves out as `BarRepairKind` says, and lists it in `repairs`; 'refuse' throws at the
   * first bar that would need it.
   */
  repair?: 'mend' | 'refuse' | undefined;
  /** With it, 'mend' also leaves out bars of one price and no volume on days that it calls closed. */
  calendar?: TradingCalendar | undefined;
}

const OPTIONS = ['code', 'minBars', 'repair', 'calendar'];

/** The days that were read last: instruments of one market have mostly the same, and to compare a date is quicker than to read it. */
let lastRead: Pick<PriceSeries, 'dates' | 'days'> = { dates: [], days: new Int32Array(0) };

/**
 * Returns the bars as a series that needs no further check.
 *
 * Bars as sources have them are mended, each by itself (`BarRepairKind`): a high or low on the wrong side of open or close is
 * widened, halts, fillers and contradictions are left out, and no close is ever made up. Refused either way: a date that does
 * not exist or is not 'YYYY-MM-DD', dates not ascending, a date twice, a text for a number. Days missing between bars are fine:
 * halts and closures are no bars.
 *
 * @param bars oldest first
 * @throws ForecastError `EMPTY_SERIES` without bars, or where halts and closed days were all of them; `SERIES_TOO_SHORT`; with the
 *   row's index and date in the message `INVALID_DATE`, `UNSORTED_DATES`, `DUPLICATE_DATE`, and `INVALID_BAR`: with
 *   `repair: 'refuse'` for the first bar that needs a repair, else where no bar at all can be used
 * @example
 * const series = parseSeries(bars, { code: '005930', minBars: 60 });
 * if (series.repairs.length > 0) log.warn(describeRepairs(series.repairs));
 */
export function parseSeries(bars: readonly Bar[], options: ParseSeriesOptions = {}): PriceSeries {
  const { code, minBars = 1, repair = 'mend', calendar } = options;
  const where = code === undefined ? 'parseSeries' : `parseSeries(${code})`;
  checkOptions(options, where);
  if (!Array.isArray(bars)) throw invalid('INVALID_ARGUMENT', where, 'bars', 'an array of bars', bars);
  if (bars.length === 0) throw invalid('EMPTY_SERIES', where, 'bars', 'at least one bar', bars);

  const dates: string[] = [];
  const days = new Int32Array(bars.length);
  const columns = allocate(bars.length);
  const repairs: BarRepair[] = [];
  let lastDay = Number.NEGATIVE_INFINITY;
  let lastDate = '';
  let isNew = false;
  for (let row = 0; row < bars.length; row++) {
    const isSound = isSoundBar(bars[row]);
    if (!isSound) checkCells(bars[row], row, where);
    const { date } = bars[row];
    const place = dates.length;
    const isKnown = date === lastRead.dates[place];
    isNew ||= !isKnown;
    const day = isKnown ? lastRead.days[place] : parseEpochDay(date);
    if (day === undefined) {
      throw invalid('INVALID_DATE', where, `bars[${row}].date`, "an existing day 'YYYY-MM-DD'", date);
    }
    if (day <= lastDay) throw misplaced(where, row, date, lastDate, day === lastDay);
    lastDay = day;
    lastDate = date;
    if (!isSound && repair === 'refuse') checkBar(where, row, bars[row]);
    const bar = isSound || repair === 'refuse' ? bars[row] : repairBar(bars[row], calendar, repairs);
    if (bar === undefined) continue;
    dates.push(date);
    days[place] = day;
    columns.open[place] = bar.open;
    columns.high[place] = bar.high;
    columns.low[place] = bar.low;
    columns.close[place] = bar.close;
    columns.volume[place] = bar.volume;
  }
  const { length } = dates;
  if (length === 0) throw nothingLeft(where, bars, repairs);
  if (length < minBars) {
    const leftOut = length < bars.length ? ` (${bars.length - length} were left out)` : '';
    throw invalid('SERIES_TOO_SHORT', where, 'bars', `at least ${minBars} bars${leftOut}`, dates);
  }
  const whole = { dates: Object.freeze(dates), days, ...columns };
  if (isNew) lastRead = { dates, days: days.slice(0, length) };
  return seriesOf(code, length, length === bars.length ? whole : cut(whole, 0, length), Object.freeze(repairs));
}

/**
 * Returns the bars `start` to `end` (exclusive; counted from the end when negative, as in `Array.slice`) as a series of its own.
 *
 * The columns share memory with the whole series.
 * @throws ForecastError `EMPTY_SERIES` if no bar is left
 */
export function sliceSeries(series: PriceSeries, start: number, end = series.length): PriceSeries {
  const columns = cut(series, start, end);
  const { length } = columns.dates;
  if (length === 0) {
    throw invalid(
      'EMPTY_SERIES',
      'sliceSeries',
      'start, end',
      `a range within ${series.length} bars`,
      `${start}, ${end}`,
    );
  }
  return seriesOf(series.code, length, columns, repairsWithin(series, columns.dates));
}

/** Returns the repairs from the first of these dates on (from the beginning, if it is the series' first) to the bar after the last. */
function repairsWithin({ dates, repairs }: PriceSeries, kept: readonly string[]): readonly BarRepair[] {
  if (repairs.length === 0 || kept.length === dates.length) return repairs;
  const next = dates[dates.indexOf(kept[kept.length - 1]) + 1];
  const since = kept[0] === dates[0] ? '' : kept[0];
  return Object.freeze(repairs.filter(({ date }) => date >= since && (next === undefined || date < next)));
}

type Columns = Omit<PriceSeries, 'code' | 'length' | 'repairs'>;

function seriesOf(code: string | undefined, length: number, columns: Columns, repairs: readonly BarRepair[]) {
  return Object.freeze({ ...(code !== undefined && { code }), length, ...columns, repairs });
}

function cut({ dates, days, open, high, low, close, volume }: Columns, start: number, end: number): Columns {
  return {
    dates: Object.freeze(dates.slice(start, end)),
    days: days.subarray(start, end),
    open: open.subarray(start, end),
    high: high.subarray(start, end),
    low: low.subarray(start, end),
    close: close.subarray(start, end),
    volume: volume.subarray(start, end),
  };
}

function checkOptions(options: ParseSeriesOptions, where: string): void {
  const { minBars = 1, repair = 'mend', calendar } = options;
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) throw invalid('INVALID_ARGUMENT', where, 'options', `of ${OPTIONS.join(', ')}`, unknown);
  if (!Number.isInteger(minBars) || minBars < 1) {
    throw invalid('INVALID_ARGUMENT', where, 'minBars', 'a whole number >= 1', minBars);
  }
  if (repair !== 'mend' && repair !== 'refuse') {
    throw invalid('INVALID_ARGUMENT', where, 'repair', "'mend' or 'refuse'", repair);
  }
  if (calendar !== undefined && typeof calendar?.isTradingDay !== 'function') {
    throw invalid('INVALID_ARGUMENT', where, 'calendar', 'a TradingCalendar', calendar);
  }
}

function allocate(length: number) {
  const column = () => new Float64Array(length);
  return { open: column(), high: column(), low: column(), close: column(), volume: column() };
}

/** Returns the error of a source of which nothing can be used: no trading in the range, or bars that are wrong. */
function nothingLeft(where: string, bars: readonly Bar[], repairs: readonly BarRepair[]) {
  const wrong = repairs.findIndex(({ kind }) => kind === 'filler' || kind === 'contradiction');
  if (wrong === -1) {
    const expected = `at least one bar with trading (${describeRepairs(repairs)})`;
    return invalid('EMPTY_SERIES', where, 'bars', expected, bars);
  }
  const { date, kind, field, from } = repairs[wrong];
  const row = bars.findIndex((bar) => bar.date === date);
  const right = field === 'volume' ? 'finite and >= 0' : 'finite and > 0';
  const expected = kind === 'contradiction' ? 'on the right side of open and close' : right;
  return refuse(where, row, date, field, `${expected} (none of ${bars.length} bars can be used)`, from);
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
  if (isBelow(bar.high, top)) {
    throw refuse(where, row, bar.date, 'high', `at least open, close and low (${top})`, bar.high);
  }
  if (isBelow(bottom, bar.low)) {
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

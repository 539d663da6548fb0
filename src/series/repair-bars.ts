import { invalid } from '../errors.js';
import type { Bar } from './bar.js';
import type { TradingCalendar } from './trading-calendar.js';

/**
 * How far, relative to the price, a high may lie below (a low above) the open or close and still count as sound.
 *
 * Sources that pass prices through 32-bit floats or adjust columns one by one break the order by a rounding step
 * (a float32 step is 6e-8). Values within the tolerance are kept as they came.
 */
export const BAR_ORDER_TOLERANCE = 1e-6;

/**
 * How far a high or low may be widened, relative to the bar's close; a bar that needs more is left out.
 *
 * Rounding to a tick column by column puts a high one tick below the open: 2 % is a won at 50 won. Beyond it one of the four
 * prices is wrong, and which one cannot be told.
 */
export const BAR_REPAIR_TOLERANCE = 0.02;

/** What was done to a bar. All but 'widened' say why a bar was left out. */
export type BarRepairKind =
  /** A high was raised, or a low lowered, to hold open and close; the bar stays. */
  | 'widened'
  /** Open, high and low are 0 beside a close: no trade in the session. */
  | 'halt'
  /** A price or the volume is missing: null, NaN, infinite, a price <= 0, a volume < 0. */
  | 'filler'
  /** High or low contradict open and close by more than `BAR_REPAIR_TOLERANCE`. */
  | 'contradiction'
  /** One price all day and no volume, on a day that the calendar calls closed. */
  | 'closed-day';

/** One repair of one bar. A bar whose high and low are both widened has two. */
export interface BarRepair {
  /** 'YYYY-MM-DD'. */
  readonly date: string;
  readonly kind: BarRepairKind;
  /** The field at fault (the first one), or the one widened. */
  readonly field: 'open' | 'high' | 'low' | 'close' | 'volume';
  /** What came; NaN where nothing did. */
  readonly from: number;
  /** What it became; only of 'widened'. */
  readonly to?: number;
}

const PRICES = ['open', 'high', 'low', 'close'] as const;

/**
 * Returns the bars as `parseSeries` mends them, and what was mended. Each bar is judged alone: a repair depends on no other
 * bar. Sound bars come back as the same objects; a close is never changed, and none is made up.
 *
 * A table that takes sound bars only is filled with `putBars(code, repairBars(await source.getBars(code, {})).bars)`.
 *
 * @param options options.calendar: what 'closed-day' asks; without one no bar is left out for its day
 * @throws ForecastError `INVALID_BAR` naming row and date for what is no bar at all or has a text for a number;
 *   `INVALID_ARGUMENT`; `INVALID_DATE` from the calendar
 */
export function repairBars(
  bars: readonly Bar[],
  { calendar }: { calendar?: TradingCalendar | undefined } = {},
): { bars: Bar[]; repairs: BarRepair[] } {
  if (!Array.isArray(bars)) throw invalid('INVALID_ARGUMENT', 'repairBars', 'bars', 'an array of bars', bars);
  const kept: Bar[] = [];
  const repairs: BarRepair[] = [];
  for (let row = 0; row < bars.length; row++) {
    checkCells(bars[row], row, 'repairBars');
    const bar = repairBar(bars[row], calendar, repairs);
    if (bar !== undefined) kept.push(bar);
  }
  return { bars: kept, repairs };
}

/**
 * Returns whether nothing is to be refused or mended, as of nearly every bar: numbers all, high and low around open and close, and traded or
 * with a range. What it does not say so of may yet be sound.
 */
export function isSoundBar(bar: Bar): boolean {
  if (typeof bar !== 'object' || bar === null) return false;
  const { open, high, low, close, volume } = bar;
  const isNumbers =
    typeof open === 'number' &&
    typeof high === 'number' &&
    typeof low === 'number' &&
    typeof close === 'number' &&
    typeof volume === 'number';
  // NaN fails every comparison
  return (
    isNumbers &&
    low > 0 &&
    low <= open &&
    low <= close &&
    open <= high &&
    close <= high &&
    high < Infinity &&
    volume >= 0 &&
    volume < Infinity &&
    (volume > 0 || low < high)
  );
}

/** Refuses what no source means as a bar: another value than an object, a text or an object for a number. */
export function checkCells(bar: Bar, row: number, where: string): void {
  if (typeof bar !== 'object' || bar === null) throw invalid('INVALID_BAR', where, `bars[${row}]`, 'a bar', bar);
  for (const field of [...PRICES, 'volume'] as const) {
    const cell: unknown = bar[field];
    if (typeof cell === 'number' || cell === null || cell === undefined) continue;
    throw invalid('INVALID_BAR', where, `bars[${row}].${field} (${bar.date})`, 'a number', cell);
  }
}

/** Returns the bar, widened where it has to be, or undefined for one that is left out; adds what was done to `repairs`. */
export function repairBar(bar: Bar, calendar: TradingCalendar | undefined, repairs: BarRepair[]): Bar | undefined {
  const { date, open, high, low, close, volume } = bar;
  const leaveOut = (kind: BarRepairKind, field: BarRepair['field']) => {
    repairs.push({ date, kind, field, from: bar[field] ?? Number.NaN });
    return undefined;
  };
  if (open === 0 && high === 0 && low === 0 && isPrice(close)) return leaveOut('halt', 'open');
  for (const field of PRICES) if (!isPrice(bar[field])) return leaveOut('filler', field);
  if (!(Number.isFinite(volume) && volume >= 0)) return leaveOut('filler', 'volume');

  const top = Math.max(open, close);
  const bottom = Math.min(open, close);
  let widerHigh = isBelow(high, top) ? top : high;
  let widerLow = isBelow(bottom, low) ? bottom : low;
  if (isBelow(widerHigh, widerLow)) {
    // each lies within the rounding of the other prices, but together they cross
    widerHigh = Math.max(widerHigh, top);
    widerLow = Math.min(widerLow, bottom);
  }
  const furthest = BAR_REPAIR_TOLERANCE * close;
  if (widerHigh - high > furthest) return leaveOut('contradiction', 'high');
  if (low - widerLow > furthest) return leaveOut('contradiction', 'low');

  const closed = volume === 0 && open === close && widerHigh === widerLow && calendar?.isTradingDay(date) === false;
  if (closed) return leaveOut('closed-day', 'volume');
  if (widerHigh === high && widerLow === low) return bar;
  if (widerHigh !== high) repairs.push({ date, kind: 'widened', field: 'high', from: high, to: widerHigh });
  if (widerLow !== low) repairs.push({ date, kind: 'widened', field: 'low', from: low, to: widerLow });
  return { date, open, high: widerHigh, low: widerLow, close, volume };
}

/** Returns whether `a` lies below `b` by more than rounding. */
export function isBelow(a: number, b: number): boolean {
  return a < b * (1 - BAR_ORDER_TOLERANCE);
}

function isPrice(cell: number): boolean {
  return Number.isFinite(cell) && cell > 0;
}

const LEFT_OUT = [
  ['halt', 'halt', 'halts'],
  ['filler', 'filler', 'fillers'],
  ['contradiction', 'contradiction', 'contradictions'],
  ['closed-day', 'bar on a closed day', 'bars on closed days'],
] as const;

/**
 * Returns what was mended in one line: counts by kind, each with its newest dates, for example
 * `left out 2 halts (2024-03-04, 2024-03-05); widened 1 bar (2024-02-01)`; '' for no repairs.
 *
 * @param options options.maxDates: how many dates a kind names, the newest ones; 5 unless given
 */
export function describeRepairs(
  repairs: readonly BarRepair[],
  { maxDates = 5 }: { maxDates?: number | undefined } = {},
): string {
  if (!Number.isInteger(maxDates) || maxDates < 1) {
    throw invalid('INVALID_ARGUMENT', 'describeRepairs', 'maxDates', 'a whole number >= 1', maxDates);
  }
  const datesOf = (kind: BarRepairKind) => [
    ...new Set(repairs.filter((repair) => repair.kind === kind).map(({ date }) => date)),
  ];
  const listed = (dates: readonly string[]) =>
    `(${dates.length > maxDates ? '..., ' : ''}${dates.slice(-maxDates).join(', ')})`;
  const parts: string[] = [];
  for (const [kind, one, many] of LEFT_OUT) {
    const dates = datesOf(kind);
    if (dates.length > 0) parts.push(`left out ${dates.length} ${dates.length === 1 ? one : many} ${listed(dates)}`);
  }
  const widened = datesOf('widened');
  if (widened.length > 0) {
    parts.push(`widened ${widened.length} ${widened.length === 1 ? 'bar' : 'bars'} ${listed(widened)}`);
  }
  return parts.join('; ');
}

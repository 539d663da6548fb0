import { addTradingDays, type PriceSeries, type TradingCalendar } from '../../series/index.js';
import { tradingDaysBetween } from '../../series/inside.js';
import type { PredictionRecord, PredictionVoid } from '../../store/records.js';

/** The two closes of a return, from one fetch. */
export interface RealizedCloses {
  baseClose: number;
  actualDate: string;
  actualClose: number;
}

/**
 * Why a due prediction has no outcome yet. 'no-close': the bar that it forecasts is not there yet. 'missing-bar': the calendar calls a day
 * before it open, and the source has no bar of that day (it may come late). 'no-base': the source has no bar on the base date.
 */
export type PendingReason = 'no-close' | 'missing-bar' | 'no-base';

/** What became of a due prediction. */
export type Realized =
  | { readonly closes: RealizedCloses }
  | { readonly pending: PendingReason }
  | { readonly never: PredictionVoid['reason'] };

/** One instrument's bars from the oldest base date on, and which days others traded. */
export interface MatchingBars {
  /** Undefined where the source has none. */
  readonly series: PriceSeries | undefined;
  readonly rowOf: ReadonlyMap<string, number>;
  /** Returns whether the exchange was open that day, as far as the prices of the run tell; undefined where they do not. */
  wasOpen(date: string): boolean | undefined;
}

/** How long is waited. */
export interface Patience {
  readonly calendar: TradingCalendar;
  /** No bar after this day is looked at. */
  readonly date: string;
  /** Trading days that a missing bar may be late. */
  readonly waitDays: number;
  /** Trading days after the target day that nothing at all may come. */
  readonly giveUpDays: number;
}

/**
 * Returns the closes that a prediction is scored with, or why there are none.
 *
 * That is the `horizon`-th bar after the base date. Where the calendar calls a day up to it open and the source has no bar of it, the bar may
 * come late, and is waited for. After that the day counts as a closure that nobody announced only if the prices of the run say so, or the
 * calendar is only projected there. Else the instrument did not trade: its bars no longer count the sessions, the target day's own close
 * counts, and without one there is no outcome, ever. The next bar never stands in for it.
 */
export function realizedCloses(
  bars: MatchingBars,
  { baseDate, horizon, targetDate }: Pick<PredictionRecord, 'baseDate' | 'horizon' | 'targetDate'>,
  { calendar, date, waitDays, giveUpDays }: Patience,
): Realized {
  const late = (day: string) => tradingDaysBetween(day, date, calendar);
  const { series } = bars;
  const base = bars.rowOf.get(baseDate);
  if (series === undefined || base === undefined) {
    return late(targetDate) > giveUpDays ? { never: 'no-base' } : { pending: 'no-base' };
  }
  const closesAt = (row: number) => ({
    closes: { baseClose: series.close[base], actualDate: series.dates[row], actualClose: series.close[row] },
  });
  const nth = base + horizon;
  const reached = nth < series.length ? series.dates[nth] : date;
  const missing = openDaysWithoutBar(
    bars,
    { after: baseDate, to: reached < targetDate ? targetDate : reached },
    calendar,
  );
  const isClosure = (day: string) => bars.wasOpen(day) === false || isProjected(calendar, day);
  const unexplained = missing.filter((day) => !isClosure(day) && day <= date);
  if (unexplained.length > 0) {
    const goesOn = nth < series.length;
    if (late(unexplained[0]) <= waitDays) return { pending: goesOn ? 'missing-bar' : 'no-close' };
    const target = nthOpenDay(bars, { after: baseDate, horizon }, { calendar, isClosure });
    const own = bars.rowOf.get(target);
    if (own !== undefined) return closesAt(own);
    return late(target) > (goesOn ? waitDays : giveUpDays) ? { never: 'no-close' } : { pending: 'no-close' };
  }
  if (nth < series.length) return closesAt(nth);
  return late(targetDate) > giveUpDays ? { never: 'no-close' } : { pending: 'no-close' };
}

/** Returns the h-th day after the base date that the calendar calls open and that was no closure, or that has a bar. */
function nthOpenDay(
  { rowOf }: MatchingBars,
  { after, horizon }: { after: string; horizon: number },
  { calendar, isClosure }: { calendar: TradingCalendar; isClosure: (day: string) => boolean },
): string {
  let day = after;
  for (let left = horizon; left > 0; ) {
    day = addTradingDays(day, 1, calendar);
    if (rowOf.has(day) || !isClosure(day)) left--;
  }
  return day;
}

function openDaysWithoutBar(
  { rowOf }: MatchingBars,
  { after, to }: { after: string; to: string },
  calendar: TradingCalendar,
): string[] {
  const missing: string[] = [];
  for (let day = addTradingDays(after, 1, calendar); day <= to; day = addTradingDays(day, 1, calendar)) {
    if (!rowOf.has(day)) missing.push(day);
  }
  return missing;
}

function isProjected({ projectedFrom }: TradingCalendar, day: string): boolean {
  return projectedFrom !== undefined && day >= projectedFrom;
}

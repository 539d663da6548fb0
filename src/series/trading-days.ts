import { invalid } from '../errors.js';
import { fromEpochDay, toEpochDay } from './epoch-day.js';
import type { TradingCalendar } from './trading-calendar.js';

// No exchange stayed shut for longer in peace time; a calendar that does is a mistake and would loop for ever.
const LONGEST_CLOSURE_DAYS = 366;

/**
 * Returns the n-th trading day after `date` (before it if n < 0), 'YYYY-MM-DD'; `date` itself if n = 0.
 *
 * `date` need not be a trading day: one day after a Saturday is the Monday.
 * @param n whole number
 * @throws ForecastError `INVALID_DATE`; `INVALID_ARGUMENT` for a fractional n, or when the calendar has a year without trading
 * @example
 * addTradingDays('2024-06-05', 1, krx.calendar); // '2024-06-07': Memorial Day lies between
 */
export function addTradingDays(date: string, n: number, calendar: TradingCalendar): string {
  let day = toEpochDay(date);
  if (!Number.isInteger(n)) throw invalid('INVALID_ARGUMENT', 'addTradingDays', 'n', 'a whole number', n);
  const step = n < 0 ? -1 : 1;
  let found = date;
  let idle = 0;
  for (let left = Math.abs(n); left > 0; ) {
    day += step;
    const next = fromEpochDay(day);
    if (calendar.isTradingDay(next)) {
      found = next;
      idle = 0;
      left--;
    } else if (++idle > LONGEST_CLOSURE_DAYS) {
      throw invalid(
        'INVALID_ARGUMENT',
        'addTradingDays',
        'calendar',
        'one that trades at least once a year',
        calendar.name,
      );
    }
  }
  return found;
}

/**
 * Returns how many trading days lie after `from` up to and including `to`; negative if `to` is earlier.
 *
 * For a trading day `to`, `addTradingDays(from, tradingDaysBetween(from, to, c), c)` is `to`.
 * @throws ForecastError `INVALID_DATE`
 */
export function tradingDaysBetween(from: string, to: string, calendar: TradingCalendar): number {
  const start = toEpochDay(from);
  const end = toEpochDay(to);
  if (end < start) return -countTradingDays(end, start - 1, calendar);
  return countTradingDays(start + 1, end, calendar);
}

function countTradingDays(first: number, last: number, calendar: TradingCalendar): number {
  let count = 0;
  for (let day = first; day <= last; day++) if (calendar.isTradingDay(fromEpochDay(day))) count++;
  return count;
}

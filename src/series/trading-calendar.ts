import { invalid, refuseUnknown } from '../errors.js';
import { fromEpochDay, parseEpochDay, toEpochDay, weekdayOf } from './epoch-day.js';

/** Which days an exchange trades. A host may implement it itself. */
export interface TradingCalendar {
  readonly name: string;
  /** Returns whether the exchange trades on that day ('YYYY-MM-DD', an existing day). */
  isTradingDay(date: string): boolean;
  /**
   * The first day, 'YYYY-MM-DD', that nobody has announced: from there on the days are worked out by rule, and governments
   * and exchanges may still decide otherwise. Undefined: the calendar does not say.
   */
  readonly projectedFrom?: string | undefined;
}

/** Every Monday to Friday, holidays unknown. */
export const weekdayCalendar: TradingCalendar = Object.freeze({
  name: 'weekdays',
  projectedFrom: '0001-01-01',
  isTradingDay: (date: string) => weekdayOf(toEpochDay(date)) < 5,
});

/** What `createCalendar` is told. */
export interface CalendarOptions {
  name?: string | undefined;
  /** Days without trading, 'YYYY-MM-DD', in any order; days of the weekend among them do no harm. */
  closures: Iterable<string>;
  /** Weekdays without trading, 0 = Monday ... 6 = Sunday; Saturday and Sunday (5, 6) unless given. */
  weekend?: readonly number[] | undefined;
  /** The first day that is worked out by rule, not announced: 'YYYY-MM-DD'. */
  projectedFrom?: string | undefined;
}

/**
 * Returns a calendar that trades every day but the weekend and the closures.
 *
 * @throws ForecastError `INVALID_DATE` for a closure or `projectedFrom` that is no day; `INVALID_ARGUMENT` for a weekend that is not
 *   made of weekdays 0..6 or leaves none
 * @example
 * const calendar = createCalendar({ closures: ['2026-01-01'] });
 */
export function createCalendar(options: CalendarOptions): TradingCalendar {
  refuseUnknown('createCalendar', options, ['name', 'closures', 'weekend', 'projectedFrom']);
  const { name = 'custom', closures, weekend = [5, 6], projectedFrom } = options;
  const closedWeekdays = new Set(weekend);
  if (closedWeekdays.size > 6 || weekend.some((day) => !Number.isInteger(day) || day < 0 || day > 6)) {
    throw invalid('INVALID_ARGUMENT', 'createCalendar', 'weekend', 'at most six weekdays 0..6', weekend.join(', '));
  }
  const closed = new Set<number>();
  for (const date of closures) {
    const day = parseEpochDay(date);
    if (day === undefined) {
      throw invalid('INVALID_DATE', 'createCalendar', 'closures', "existing days 'YYYY-MM-DD'", date);
    }
    closed.add(day);
  }
  if (projectedFrom !== undefined && parseEpochDay(projectedFrom) === undefined) {
    throw invalid('INVALID_DATE', 'createCalendar', 'projectedFrom', "an existing day 'YYYY-MM-DD'", projectedFrom);
  }
  return Object.freeze({
    name,
    projectedFrom,
    isTradingDay(date: string) {
      const day = toEpochDay(date);
      return !closedWeekdays.has(weekdayOf(day)) && !closed.has(day);
    },
  });
}

/**
 * Returns the calendar that the prices themselves show: from the first to the last of `dates` exactly those days trade.
 *
 * Before and after that span nothing has been seen, and `beyond` is asked.
 * @param dates days with a bar, 'YYYY-MM-DD', in any order, at least one
 * @param beyond the calendar outside the span; weekdays unless given
 * @throws ForecastError `EMPTY_SERIES` without dates; `INVALID_DATE`
 */
export function calendarFromDates(dates: Iterable<string>, beyond: TradingCalendar = weekdayCalendar): TradingCalendar {
  const seen = new Set<number>();
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const date of dates) {
    const day = toEpochDay(date);
    seen.add(day);
    first = Math.min(first, day);
    last = Math.max(last, day);
  }
  if (seen.size === 0) throw invalid('EMPTY_SERIES', 'calendarFromDates', 'dates', 'at least one day', 'none');
  const { projectedFrom } = beyond;
  return Object.freeze({
    name: 'seen',
    // What was seen is no projection.
    projectedFrom: projectedFrom && fromEpochDay(Math.max(last + 1, toEpochDay(projectedFrom))),
    isTradingDay(date: string) {
      const day = toEpochDay(date);
      return day < first || day > last ? beyond.isTradingDay(date) : seen.has(day);
    },
  });
}

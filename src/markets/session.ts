import { toEpochDay } from '../series/index.js';
import { keptByZone } from '../series/inside.js';
import { type Market, usualHours } from './market.js';

const MS_PER_DAY = 86_400_000;
const MS_PER_MINUTE = 60_000;

/**
 * Returns the instant at which a session opens: late opens and daylight saving included.
 *
 * @param date day of the session, 'YYYY-MM-DD'; the calendar is not asked, since prices know better than it whether there was one
 * @throws ForecastError `INVALID_DATE` for a day that does not exist
 * @example
 * sessionOpen(us, '2026-03-09').toISOString(); // '2026-03-09T13:30:00.000Z': summer time began the day before
 */
export function sessionOpen(market: Market, date: string): Date {
  const time = market.specialHours?.[date]?.opensAt ?? usualHours(market, date).opensAt;
  return instantOf(date, time, clockFormat(market.timeZone));
}

/**
 * Returns the instant at which a session closes and its bar is finished: half days and daylight saving included.
 *
 * @param date day of the session, 'YYYY-MM-DD'; the calendar is not asked, since prices know better than it whether there was one
 * @throws ForecastError `INVALID_DATE` for a day that does not exist
 * @example
 * sessionClose(us, '2026-11-27').toISOString(); // '2026-11-27T18:00:00.000Z': 13:00 on the day after Thanksgiving
 */
export function sessionClose(market: Market, date: string): Date {
  return instantOf(date, closingTime(market, date), clockFormat(market.timeZone));
}

/**
 * Returns the instants at which sessions close, in milliseconds since 1970: `sessionClose` of many days in one zone.
 *
 * @throws ForecastError `INVALID_DATE` for a day that does not exist
 */
export function sessionCloses(market: Market, dates: readonly string[]): Float64Array {
  const format = clockFormat(market.timeZone);
  return Float64Array.from(dates, (date) => instantOf(date, closingTime(market, date), format).getTime());
}

function closingTime(market: Market, date: string): string {
  return market.specialHours?.[date]?.closesAt ?? usualHours(market, date).closesAt;
}

/** Returns the instant of a local time; the first of two where clocks are set back, the later reading where they are set ahead. */
function instantOf(date: string, time: string, format: Intl.DateTimeFormat): Date {
  const [hours, minutes] = time.split(':').map(Number);
  const local = toEpochDay(date) * MS_PER_DAY + (hours * 60 + minutes) * MS_PER_MINUTE;
  // The offsets a day before and after are all that can hold; the larger one gives the earlier instant.
  const before = offsetAt(local - MS_PER_DAY, format);
  const after = offsetAt(local + MS_PER_DAY, format);
  const earlier = local - Math.max(before, after);
  if (offsetAt(earlier, format) === local - earlier) return new Date(earlier);
  return new Date(local - Math.min(before, after));
}

/** Returns how far the zone's clocks are ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, format: Intl.DateTimeFormat): number {
  const parts = format.formatToParts(instant);
  const part = (type: string) => Number(parts.find((candidate) => candidate.type === type)?.value);
  const clock = new Date(0);
  // Unlike Date.UTC, setUTCFullYear takes the years 0 to 99 for what they are.
  clock.setUTCFullYear(part('year'), part('month') - 1, part('day'));
  clock.setUTCHours(part('hour'), part('minute'), part('second'));
  return clock.getTime() - instant;
}

const clockFormat = keptByZone(
  (timeZone) =>
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }),
);

import { isCalendarDate } from '../../src/store/check-fields.js';
import { exchangeDays } from './exchange-days.js';

/** Which of two numbers is the day: 'dmy' for 31/12/2024, 'mdy' for 12/31/2024. */
export type DateOrder = 'dmy' | 'mdy';

/** How dates are read where the text alone does not say it. */
export interface DateReading {
  readonly order?: DateOrder;
  /** An IANA name: whose day an instant is on. */
  readonly timeZone?: string;
}

/** A day, or what has to be said for the cell to be one. */
export type DateAnswer = { day: string } | { fault: string };

const LONGEST = 40;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const YEAR_FIRST = /^(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})(?!\d)/;
const COMPACT_TIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)/;
const DAY_MONTH = /^(\d{1,2})[- ]([A-Za-z]{3,9})[- ,]+(\d{4})(?!\d)/;
const MONTH_DAY = /^([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})(?!\d)/;
const KOREAN = /^(\d{4})년(\d{1,2})월(\d{1,2})일/;
const TIME = /^[T ]?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?( ?[AaPp][Mm])?$/;
const ZONE = /\s?(Z|UTC|GMT|[+-]\d{2}:?\d{2})$/;
/** Seconds, milli-, micro- and nanoseconds since 1970 by their number of digits: 1973 to 2286. */
const EPOCH_DIVISORS: Record<number, number> = { 9: 1, 10: 1, 12: 1e3, 13: 1e3, 15: 1e6, 16: 1e6, 18: 1e9, 19: 1e9 };

/**
 * Returns a function from a date's cell to its day 'YYYY-MM-DD'. Dates may carry a time and a zone: the day is the one written, but
 * of an instant (seconds or milliseconds since 1970, a time in UTC) it is the day in `timeZone`; at midnight in UTC it needs none.
 */
export function dateReader({ order, timeZone }: DateReading): (cell: string) => DateAnswer {
  const dayOf = timeZone === undefined ? undefined : exchangeDays(timeZone);
  return (cell) => {
    const text = cell.trim();
    if (isCalendarDate(text)) return { day: text };
    const fault = { fault: `expected a date like 2024-03-08, got ${JSON.stringify(text.slice(0, LONGEST))}` };
    if (text.length > LONGEST) return fault;
    if (/^\d+(\.0*)?$/.test(text)) {
      const digits = text.split('.')[0];
      const divisor = EPOCH_DIVISORS[digits.length];
      if (divisor !== undefined) return dayOfInstant(Math.floor(Number(digits) / divisor), dayOf) ?? fault;
    }
    const date = readDate(text, order);
    if (date === undefined) return fault;
    if ('fault' in date) return date;
    if (date.rest === '') return date;
    const zone = ZONE.exec(date.rest)?.[1];
    const time = TIME.exec(zone === undefined ? date.rest : date.rest.replace(ZONE, ''));
    if (time === null) return fault;
    const [hours, minutes, seconds] = [time[1], time[2], time[3] ?? '0'].map(Number);
    if (hours > 24 || minutes > 59 || seconds > 60) return fault;
    if (zone === undefined || /[1-9]/.test(zone)) return date;
    const clock = time[4] === undefined ? hours : (hours % 12) + (/p/i.test(time[4]) ? 12 : 0);
    return dayOfInstant(Date.parse(date.day) / 1000 + clock * 3600 + minutes * 60 + seconds, dayOf) ?? fault;
  };
}

function dayOfInstant(instant: number, dayOf: ((instant: number) => string) | undefined): DateAnswer | undefined {
  if (instant > 253_402_300_799) return undefined;
  if (dayOf !== undefined) return { day: dayOf(instant) };
  if (instant % 86_400 === 0) return { day: new Date(instant * 1000).toISOString().slice(0, 10) };
  const came = new Date(instant * 1000).toISOString();
  return { fault: `the instant ${came} is on two days; write timeZone: 'Asia/Seoul' (or the exchange's own zone)` };
}

type ReadDate = { day: string; rest: string } | { fault: string } | undefined;

function readDate(text: string, order: DateOrder | undefined): ReadDate {
  const compact = COMPACT_TIME.exec(text);
  if (compact !== null) return dateOf(compact[1], compact[2], compact[3], '');
  const yearFirst = YEAR_FIRST.exec(text.replace(/([-/.]) (?=\d)/g, '$1'));
  if (yearFirst !== null) {
    const [all, year, sign, month, day] = yearFirst;
    if (sign === '' && all.length !== 8) return undefined;
    return dateOf(
      year,
      month,
      day,
      text
        .replace(/([-/.]) (?=\d)/g, '$1')
        .slice(all.length)
        .replace(/^\.$/, ''),
    );
  }
  const korean = KOREAN.exec(text.replaceAll(' ', ''));
  if (korean !== null) return dateOf(korean[1], korean[2], korean[3], text.replaceAll(' ', '').slice(korean[0].length));
  const yearLast = YEAR_LAST.exec(text);
  if (yearLast !== null) {
    const [all, first, , second, year] = yearLast;
    if (order === undefined) {
      return {
        fault: `${JSON.stringify(all)} may be two days; write dateOrder: 'dmy' (day first) or 'mdy' (month first)`,
      };
    }
    const [day, month] = order === 'dmy' ? [first, second] : [second, first];
    return dateOf(year, month, day, text.slice(all.length));
  }
  const dayMonth = DAY_MONTH.exec(text);
  if (dayMonth !== null) return namedMonth(dayMonth[3], dayMonth[2], dayMonth[1], text.slice(dayMonth[0].length));
  const monthDay = MONTH_DAY.exec(text);
  if (monthDay !== null) return namedMonth(monthDay[3], monthDay[1], monthDay[2], text.slice(monthDay[0].length));
  return undefined;
}

function namedMonth(year: string, name: string, day: string, rest: string): ReadDate {
  const month = MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
  return month === 0 ? undefined : dateOf(year, String(month), day, rest);
}

function dateOf(year: string, month: string, day: string, rest: string): ReadDate {
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isCalendarDate(date) ? { day: date, rest } : undefined;
}

/**
 * Returns the order that a column's dates with the year last show: 'dmy' if a first number is beyond 12, 'mdy' if a second one is,
 * 'both' if dates contradict each other; undefined where no date shows it.
 */
export function shownOrder(cells: Iterable<string>): DateOrder | 'both' | undefined {
  let dmy = false;
  let mdy = false;
  for (const cell of cells) {
    const match = cell.length > LONGEST ? null : YEAR_LAST.exec(cell.trim());
    if (match === null) continue;
    if (Number(match[1]) > 12) dmy = true;
    if (Number(match[3]) > 12) mdy = true;
  }
  return dmy && mdy ? 'both' : dmy ? 'dmy' : mdy ? 'mdy' : undefined;
}

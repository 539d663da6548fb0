import { invalid } from '../errors.js';

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const MS_PER_DAY = 86_400_000;

/**
 * Returns the days from 1970-01-01 to `date` in the proleptic Gregorian calendar; negative before.
 *
 * @param date 'YYYY-MM-DD', years 0001 to 9999
 * @throws ForecastError `INVALID_DATE` unless it is a day that exists, in exactly this form
 */
export function toEpochDay(date: string): number {
  const day = parseEpochDay(date);
  if (day === undefined) throw invalid('INVALID_DATE', 'toEpochDay', 'date', "an existing day 'YYYY-MM-DD'", date);
  return day;
}

/** Returns the epoch day of a strict 'YYYY-MM-DD', undefined for anything else. */
export function parseEpochDay(date: unknown): number | undefined {
  const match = typeof date === 'string' ? DATE.exec(date) : null;
  if (match === null) return undefined;
  const year = Number(match[1]);
  const month = Number(match[2]);
  const dayOfMonth = Number(match[3]);
  if (year < 1 || month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > daysInMonth(year, month)) return undefined;
  return daysFromCivil(year, month, dayOfMonth);
}

/**
 * Returns 'YYYY-MM-DD' of an epoch day.
 *
 * @param day days since 1970-01-01; a whole number within the years 0001 to 9999
 * @throws ForecastError `INVALID_DATE` if it is none
 */
export function fromEpochDay(day: number): string {
  // -719162 is 0001-01-01, 2932896 is 9999-12-31.
  if (!Number.isInteger(day) || day < -719_162 || day > 2_932_896) {
    throw invalid('INVALID_DATE', 'fromEpochDay', 'day', 'a whole number of days within the years 0001 to 9999', day);
  }
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** Returns the weekday of an epoch day: 0 = Monday ... 6 = Sunday. */
export function weekdayOf(day: number): number {
  // 1970-01-01 was a Thursday (3).
  return (((day + 3) % 7) + 7) % 7;
}

/** Returns the number of days in a month: `year` as in the date, `month` 1..12. */
export function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}

// Years counted from March put the leap day last, so that month lengths follow one linear formula
// (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil).
function daysFromCivil(year: number, month: number, dayOfMonth: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + dayOfMonth - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

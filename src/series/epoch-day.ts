import { invalid } from '../errors.js';

/** '00' to '99'. */
const TWO_DIGITS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

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
  if (typeof date !== 'string' || date.length !== 10 || date[4] !== '-' || date[7] !== '-') return undefined;
  const year = 100 * twoDigits(date, 0) + twoDigits(date, 2);
  const month = twoDigits(date, 5);
  const dayOfMonth = twoDigits(date, 8);
  // written so that NaN, of what is no digit, fails
  if (!(year >= 1 && month >= 1 && month <= 12 && dayOfMonth >= 1)) return undefined;
  if (dayOfMonth > daysInMonth(year, month)) return undefined;
  return daysFromCivil(year, month, dayOfMonth);
}

/** Returns the number that two digits write; NaN for anything else. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN;
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
  // civil_from_days of the same paper as below
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  const dayOfMonth = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const [century, yearOfCentury] = [TWO_DIGITS[Math.floor(year / 100)], TWO_DIGITS[year % 100]];
  return `${century}${yearOfCentury}-${TWO_DIGITS[month]}-${TWO_DIGITS[dayOfMonth]}`;
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

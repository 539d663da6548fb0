import { invalid } from '../errors.js';

/** Where a value stands: the method that was called and the path to the record, for the error's message. */
export interface FieldPath {
  where: string;
  /** As a function where it is made for every record and hardly ever read. */
  path: string | (() => string);
  /** Whether lists go into the copy as they are: the record was made for this, or the copy is let go. */
  sharesLists?: boolean | undefined;
}

/** Returns the path to a field of the record. */
export function pathTo({ path }: FieldPath, field: string): string {
  const record = typeof path === 'string' ? path : path();
  return record === '' ? field : field === '' ? record : `${record}.${field}`;
}

/** What nearly every code and text is: printable ASCII. */
const PLAIN = /^[ -~]+$/;
/** Control characters and halves of surrogate pairs: neither survives every database. */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u;
const MODEL_KEY = /^[A-Za-z0-9._-]{1,200}$/;

/** Returns an instrument's code. @throws ForecastError `INVALID_KEY` */
export function checkCode(value: unknown, at: FieldPath, field = 'code'): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= 200) {
    if (PLAIN.test(value) || !UNSTORABLE.test(value)) return value;
  }
  throw invalid('INVALID_KEY', at.where, pathTo(at, field), '1 to 200 characters without control characters', value);
}

/** Returns a model's key. @throws ForecastError `INVALID_KEY` */
export function checkModelKey(value: unknown, at: FieldPath, field = 'key'): string {
  if (typeof value === 'string' && MODEL_KEY.test(value) && !value.includes('..')) return value;
  throw invalid('INVALID_KEY', at.where, pathTo(at, field), "1 to 200 of A-Z a-z 0-9 . _ - without '..'", value);
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Returns the number that the digits of text[start, end) make, or NaN. Dates are checked by the million. */
function digits(text: string, start: number, end: number): number {
  let value = 0;
  for (let index = start; index < end; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Returns whether the text is a day of the Gregorian calendar, '0001-01-01' to '9999-12-31'. */
export function isCalendarDate(text: string): boolean {
  if (text.length !== 10 || text[4] !== '-' || text[7] !== '-') return false;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= DAYS[month - 1])) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

/** Returns a date. @throws ForecastError `INVALID_DATE` */
export function checkDate(value: unknown, at: FieldPath, field: string): string {
  if (typeof value === 'string' && isCalendarDate(value)) return value;
  throw invalid('INVALID_DATE', at.where, pathTo(at, field), "a date 'YYYY-MM-DD'", value);
}

/** Returns a horizon in trading days. @throws ForecastError `INVALID_HORIZON` */
export function checkHorizon(value: unknown, at: FieldPath, field = 'horizon'): number {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 2 ** 31 - 1) return value as number;
  throw invalid('INVALID_HORIZON', at.where, pathTo(at, field), 'a whole number of trading days >= 1', value);
}

/** Returns a copy of an instant of the years 1 to 9999. @throws ForecastError `INVALID_DATE` */
export function checkInstant(value: unknown, at: FieldPath, field: string): Date {
  if (value instanceof Date && value.getTime() >= -62135596800000 && value.getTime() <= 253402300799999) {
    return new Date(value.getTime());
  }
  throw invalid('INVALID_DATE', at.where, pathTo(at, field), 'a Date of the years 1 to 9999', value);
}

/** Returns a finite number in [low, high]; -0 becomes 0, which not every database tells apart. @throws ForecastError `INVALID_ARGUMENT` */
export function checkNumber(value: unknown, at: FieldPath, field: string, low = -Infinity, high = Infinity): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= low && value <= high) return value + 0;
  const bounds = low === -Infinity && high === Infinity ? '' : ` in [${low}, ${high}]`;
  throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, field), `a finite number${bounds}`, value);
}

/** Returns a finite number > 0. @throws ForecastError `INVALID_ARGUMENT` */
export function checkPrice(value: unknown, at: FieldPath, field: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, field), 'a finite number > 0', value);
}

/** Returns a whole number in [low, 2^31 - 1]. @throws ForecastError `INVALID_ARGUMENT` */
export function checkCount(value: unknown, at: FieldPath, field: string, low = 0): number {
  if (Number.isInteger(value) && (value as number) >= low && (value as number) <= 2 ** 31 - 1) {
    return (value as number) + 0;
  }
  throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, field), `a whole number >= ${low}`, value);
}

/** Returns a boolean. @throws ForecastError `INVALID_ARGUMENT` */
export function checkBoolean(value: unknown, at: FieldPath, field: string): boolean {
  if (typeof value === 'boolean') return value;
  throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, field), 'true or false', value);
}

/** Returns text that every database keeps as it is: no NUL, no halves of surrogate pairs. @throws ForecastError `INVALID_ARGUMENT` */
export function checkText(value: unknown, at: FieldPath, field: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for
  if (typeof value === 'string' && (PLAIN.test(value) || !/[\u0000\p{Cs}]/u.test(value))) return value;
  throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, field), 'well-formed text without NUL', value);
}

/** Returns one byte or more. @throws ForecastError `INVALID_ARGUMENT` */
export function checkBytes(value: unknown, at: FieldPath, field: string): Uint8Array {
  if (value instanceof Uint8Array && value.length > 0) return value;
  throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, field), 'a Uint8Array of one byte or more', value);
}

/** Returns one of the words. @throws ForecastError `INVALID_ARGUMENT` */
export function checkWord<T extends string>(value: unknown, words: readonly T[], at: FieldPath, field: string): T {
  if (words.includes(value as T)) return value as T;
  throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, field), words.map((word) => `'${word}'`).join(' or '), value);
}

/** Returns the value as an object whose fields can be looked at. @throws ForecastError `INVALID_ARGUMENT` */
export function checkObject(value: unknown, at: FieldPath, field = ''): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, field), 'an object', value);
}

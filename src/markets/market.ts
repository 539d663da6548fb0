import { describe, invalid } from '../errors.js';
import { parseEpochDay, type TradingCalendar } from '../series/index.js';
import { checkSchedule, type Schedule } from './schedule.js';

/** A session that opens or closes at another time than usual. */
export interface SpecialHours {
  /** Local time of the open, 'HH:MM'; the market's `opensAt` unless given. */
  readonly opensAt?: string | undefined;
  /** Local time of the close, 'HH:MM', '24:00' for the end of the day; the market's `closesAt` unless given. */
  readonly closesAt?: string | undefined;
}

/** Where instruments trade: which days, in which zone, until when. A plain value; `defineMarket` checks and freezes one. */
export interface Market {
  /** A short name, for reports and errors. */
  readonly name: string;
  /** Which days have a session. */
  readonly calendar: TradingCalendar;
  /** The exchange's zone, an IANA name such as 'Asia/Seoul': dates of bars and the times below are local to it. */
  readonly timeZone: string;
  /** Local time of the open, 'HH:MM'. */
  readonly opensAt: string;
  /** Local time of the close, 'HH:MM', '24:00' for the end of the day; after `opensAt`. */
  readonly closesAt: string;
  /** Sessions with other hours, by date 'YYYY-MM-DD': half days, late opens. */
  readonly specialHours?: Readonly<Record<string, SpecialHours>> | undefined;
  /** Half-width of the band of simple returns that count as flat, in [0, 1). */
  readonly flatBand: number;
  /** The currency of the prices, ISO 4217; 'XXX' for none. */
  readonly currency: string;
  /** When the jobs are due, in `timeZone`. */
  readonly schedule: Schedule;
}

const FIELDS = [
  'name',
  'calendar',
  'timeZone',
  'opensAt',
  'closesAt',
  'specialHours',
  'flatBand',
  'currency',
  'schedule',
] as const;

/**
 * Returns the market, checked field by field, as a frozen copy.
 *
 * A market of one's own from scratch, or another one with a change: `defineMarket({ ...krx, flatBand: 0.005 })`.
 * @throws ForecastError `INVALID_ARGUMENT` naming the first field that is missing, unknown or of the wrong kind;
 *   `INVALID_DATE` for special hours of a day that does not exist
 * @example
 * const london = defineMarket({
 *   name: 'london',
 *   calendar: createCalendar({ closures: ['2026-12-25', '2026-12-28', '2027-01-01'] }),
 *   timeZone: 'Europe/London',
 *   opensAt: '08:00',
 *   closesAt: '16:30',
 *   specialHours: { '2026-12-24': { closesAt: '12:30' } },
 *   flatBand: 0.003,
 *   currency: 'GBP',
 *   schedule: { dailyBatch: '0 17 * * 1-5', matchOutcomes: '30 17 * * 1-5', retrainWeekly: '0 2 * * 0' },
 * });
 */
export function defineMarket(market: Market): Market {
  if (typeof market !== 'object' || market === null) throw refuse('market', 'an object', market);
  for (const field of Object.keys(market)) {
    if (!FIELDS.some((known) => known === field)) throw refuse(field, `one of ${FIELDS.join(', ')}`, field);
  }
  const { name, calendar, timeZone, opensAt, closesAt, specialHours, flatBand, currency, schedule } = market;
  if (typeof name !== 'string' || name.trim() === '') throw refuse('name', 'a non-empty text', name);
  checkCalendar(calendar);
  checkTimeZone(timeZone);
  checkHours({ opensAt, closesAt }, '');
  if (!(typeof flatBand === 'number' && flatBand >= 0 && flatBand < 1)) {
    throw refuse('flatBand', 'a number in [0, 1)', flatBand);
  }
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) {
    throw refuse('currency', "three capitals of ISO 4217, such as 'KRW'", currency);
  }
  const checked = { name, calendar, timeZone, opensAt, closesAt, flatBand, currency };
  const jobs = checkSchedule('defineMarket', schedule, timeZone);
  if (specialHours === undefined) return Object.freeze({ ...checked, schedule: jobs });
  return Object.freeze({
    ...checked,
    schedule: jobs,
    specialHours: checkSpecialHours(specialHours, opensAt, closesAt),
  });
}

function refuse(field: string, expected: string, actual: unknown, cause?: unknown) {
  return invalid('INVALID_ARGUMENT', 'defineMarket', field, expected, actual, cause);
}

function checkCalendar(calendar: TradingCalendar): void {
  if (typeof calendar?.isTradingDay !== 'function' || typeof calendar.name !== 'string') {
    throw refuse('calendar', 'a TradingCalendar (name, isTradingDay)', calendar);
  }
  const { projectedFrom } = calendar;
  if (projectedFrom !== undefined && parseEpochDay(projectedFrom) === undefined) {
    throw refuse('calendar.projectedFrom', "an existing day 'YYYY-MM-DD'", projectedFrom);
  }
}

function checkTimeZone(timeZone: string): void {
  const expected = "an IANA time zone, such as 'Asia/Seoul'";
  // Newer runtimes take offsets such as '+09:00' for zones; those know no daylight saving and older runtimes refuse them.
  if (typeof timeZone !== 'string' || !/^[A-Za-z]/.test(timeZone)) throw refuse('timeZone', expected, timeZone);
  try {
    new Intl.DateTimeFormat('en-US', { timeZone });
  } catch (cause) {
    throw refuse('timeZone', expected, timeZone, cause);
  }
}

function checkHours({ opensAt, closesAt }: { opensAt: string; closesAt: string }, prefix: string): void {
  if (typeof opensAt !== 'string' || !/^([01]\d|2[0-3]):[0-5]\d$/.test(opensAt)) {
    throw refuse(`${prefix}opensAt`, "'HH:MM' before '24:00'", opensAt);
  }
  if (typeof closesAt !== 'string' || !/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(closesAt)) {
    throw refuse(`${prefix}closesAt`, "'HH:MM' up to '24:00'", closesAt);
  }
  if (closesAt <= opensAt) throw refuse(`${prefix}closesAt`, `later than the open at ${opensAt}`, closesAt);
}

function checkSpecialHours(
  specialHours: Readonly<Record<string, SpecialHours>>,
  opensAt: string,
  closesAt: string,
): Readonly<Record<string, SpecialHours>> {
  if (typeof specialHours !== 'object' || specialHours === null || Array.isArray(specialHours)) {
    throw refuse('specialHours', 'hours by date', specialHours);
  }
  const checked: Record<string, SpecialHours> = {};
  for (const [date, hours] of Object.entries(specialHours)) {
    const field = `specialHours[${describe(date)}]`;
    if (parseEpochDay(date) === undefined) {
      throw invalid('INVALID_DATE', 'defineMarket', 'specialHours', "by existing days 'YYYY-MM-DD'", date);
    }
    if (typeof hours !== 'object' || hours === null) throw refuse(field, 'an object with opensAt, closesAt', hours);
    const unknown = Object.keys(hours).find((key) => key !== 'opensAt' && key !== 'closesAt');
    if (unknown !== undefined) throw refuse(`${field}.${unknown}`, 'one of opensAt, closesAt', unknown);
    const session = { opensAt: hours.opensAt ?? opensAt, closesAt: hours.closesAt ?? closesAt };
    checkHours(session, `${field}.`);
    checked[date] = Object.freeze(session);
  }
  return Object.freeze(checked);
}

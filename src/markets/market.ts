import { describe, invalid } from '../errors.js';
import type { TradingCalendar } from '../series/index.js';
import { parseEpochDay } from '../series/inside.js';
import { checkSchedule, type Schedule } from './schedule.js';

/** A session that opens or closes at another time than usual. */
export interface SpecialHours {
  /** Why: 'Christmas Eve'. */
  readonly name?: string | undefined;
  /** Local time of the open, 'HH:MM'; the usual one of that day unless given. */
  readonly opensAt?: string | undefined;
  /** Local time of the close, 'HH:MM', '24:00' for the end of the day; the usual one of that day unless given. */
  readonly closesAt?: string | undefined;
}

/** The hours that were usual up to a day. */
export interface FormerHours {
  /** The last day with these hours, 'YYYY-MM-DD'. */
  readonly until: string;
  /** Local time of the open, 'HH:MM'. */
  readonly opensAt: string;
  /** Local time of the close, 'HH:MM'. */
  readonly closesAt: string;
}

/** Where instruments trade: which days, in which zone, until when. A plain value; `defineMarket` checks and freezes one. */
export interface Market {
  /** A short name, for reports and errors. */
  readonly name: string;
  /** Which days have a session. */
  readonly calendar: TradingCalendar;
  /** The exchange's zone, an IANA name such as 'Asia/Seoul': dates of bars and the times below are local to it. */
  readonly timeZone: string;
  /** Local time at which the regular session opens, 'HH:MM'. */
  readonly opensAt: string;
  /** Local time at which the regular session closes, 'HH:MM', '24:00' for the end of the day; after `opensAt`. */
  readonly closesAt: string;
  /** What was usual before, by ascending `until`. */
  readonly formerHours?: readonly FormerHours[] | undefined;
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
  'formerHours',
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
  const { name, calendar, timeZone, opensAt, closesAt, flatBand, currency } = market;
  if (typeof name !== 'string' || name.trim() === '') throw refuse('name', 'a non-empty text', name);
  checkCalendar(calendar);
  checkTimeZone(timeZone);
  checkHours(market, '');
  if (!(typeof flatBand === 'number' && flatBand >= 0 && flatBand < 1)) {
    throw refuse('flatBand', 'a number in [0, 1)', flatBand);
  }
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) {
    throw refuse('currency', "three capitals of ISO 4217, such as 'KRW'", currency);
  }
  const schedule = checkSchedule('defineMarket', market.schedule, timeZone);
  const formerHours = checkFormerHours(market.formerHours ?? []);
  const checked = { name, calendar, timeZone, opensAt, closesAt, formerHours, flatBand, currency, schedule };
  return Object.freeze({ ...checked, specialHours: checkSpecialHours(market.specialHours ?? {}, checked) });
}

/** Returns the hours of a day without a reason of its own: local times 'HH:MM'. */
export function usualHours(
  market: Pick<Market, 'opensAt' | 'closesAt' | 'formerHours'>,
  date: string,
): { readonly opensAt: string; readonly closesAt: string } {
  // Dates in ISO form are ordered as texts.
  return market.formerHours?.find(({ until }) => date <= until) ?? market;
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

function checkFormerHours(formerHours: readonly FormerHours[]): readonly FormerHours[] {
  if (!Array.isArray(formerHours)) throw refuse('formerHours', 'a list', formerHours);
  const checked = formerHours.map((hours, i) => {
    const field = `formerHours[${i}]`;
    checkKeys(hours, field, ['until', 'opensAt', 'closesAt']);
    const { until, opensAt, closesAt } = hours;
    if (parseEpochDay(until) === undefined) {
      throw invalid('INVALID_DATE', 'defineMarket', `${field}.until`, "an existing day 'YYYY-MM-DD'", until);
    }
    if (i > 0 && until <= formerHours[i - 1].until) throw refuse(`${field}.until`, 'later than the one before', until);
    checkHours(hours, `${field}.`);
    return Object.freeze({ until, opensAt, closesAt });
  });
  return Object.freeze(checked);
}

function checkSpecialHours(
  specialHours: Readonly<Record<string, SpecialHours>>,
  market: Pick<Market, 'opensAt' | 'closesAt' | 'formerHours'>,
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
    checkKeys(hours, field, ['name', 'opensAt', 'closesAt']);
    const usual = usualHours(market, date);
    const { name, opensAt = usual.opensAt, closesAt = usual.closesAt } = hours;
    if (name !== undefined && typeof name !== 'string') throw refuse(`${field}.name`, 'a text', name);
    checkHours({ opensAt, closesAt }, `${field}.`);
    checked[date] = Object.freeze({ name, opensAt, closesAt });
  }
  return Object.freeze(checked);
}

function checkKeys(value: unknown, field: string, known: readonly string[]): void {
  if (typeof value !== 'object' || value === null) {
    throw refuse(field, `an object with ${known.join(', ')}`, value);
  }
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) throw refuse(`${field}.${unknown}`, `one of ${known.join(', ')}`, unknown);
}

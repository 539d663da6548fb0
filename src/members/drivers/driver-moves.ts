import { type Market, sessionClose, sessionOpen } from '../../markets/index.js';
import { addTradingDays, fromEpochDay, toEpochDay } from '../../series/index.js';
import type { DriverSessions } from './driver.js';

/** Sessions whose return counts for no more than so many of their volatilities. */
const MOST_SIGMAS = 6;

/** A price that did not move in so many sessions says nothing. */
const CONSTANT_SESSIONS = 20;

/** What a driver did between a base bar's close and the next session's open. */
export interface DriverMove {
  /** The sum of the log returns of the sessions that ended between. */
  readonly logReturn: number;
  /** The same in units of its volatility before, within ±6. */
  readonly sigmas: number;
}

/** Why a driver is not used. `undefined` in `reason`: none of its sessions has ended yet, which is nothing to tell. */
export interface NoMove {
  readonly reason: string | undefined;
}

/** Returns the instants between which a driver's session must end: the base bar's close, and the open of the session after it. */
export function driverWindow(market: Market, baseDate: string): { closedAt: number; opensAt: number } {
  return {
    closedAt: sessionClose(market, baseDate).getTime(),
    opensAt: sessionOpen(market, addTradingDays(baseDate, 1, market.calendar)).getTime(),
  };
}

/**
 * Returns what the driver's sessions did that ended after the base bar's close, before the next open, and not after `now`.
 *
 * Only instants are compared, each in its market's own zone: daylight saving, half days, holidays on either side and several sessions over
 * a long weekend need no rule of their own.
 */
export function driverMove(
  { closedAt, close, sigma }: DriverSessions,
  window: { closedAt: number; opensAt: number },
  now = Number.POSITIVE_INFINITY,
): DriverMove | undefined {
  const before = lastUpTo(closedAt, window.closedAt);
  const last = lastUpTo(closedAt, Math.min(now, window.opensAt - 1));
  if (before < 0 || last <= before || !(sigma[before] > 0)) return undefined;
  const logReturn = Math.log(close[last] / close[before]);
  const sigmas = logReturn / (sigma[before] * Math.sqrt(last - before));
  return { logReturn, sigmas: Math.max(-MOST_SIGMAS, Math.min(MOST_SIGMAS, sigmas)) };
}

/** As `driverMove` at this moment, with the reason where there is none: every session that the driver's calendar has must be there. */
export function currentMove(
  sessions: DriverSessions,
  { market, window, now }: { market: Market; window: { closedAt: number; opensAt: number }; now: number },
): DriverMove | NoMove {
  const expected = sessionsWithin(market, window.closedAt, window.opensAt - 1);
  if (expected.length === 0) return { reason: 'no session since the close' };
  const ended = expected.filter((date) => sessionClose(market, date).getTime() <= now);
  if (ended.length === 0) return { reason: undefined };
  const before = sessionBefore(market, ended[0]);
  for (const date of [before, ...ended]) {
    if (!sessions.dates.includes(date)) return { reason: `no bar of ${date}` };
  }
  const { close } = sessions;
  const newest = close.subarray(Math.max(0, close.length - CONSTANT_SESSIONS));
  if (newest.every((price) => price === newest[0])) return { reason: `has not moved in ${newest.length} sessions` };
  return driverMove(sessions, window, now) ?? { reason: 'too few bars' };
}

/** Returns the days of the sessions that the calendar has, whose closes lie after `from` and not after `to`. */
export function sessionsWithin(market: Market, from: number, to: number): string[] {
  const first = toEpochDay(new Date(from).toISOString().slice(0, 10)) - 1;
  const last = toEpochDay(new Date(to).toISOString().slice(0, 10)) + 1;
  const dates: string[] = [];
  for (let day = first; day <= last; day++) {
    const date = fromEpochDay(day);
    if (!market.calendar.isTradingDay(date)) continue;
    const closed = sessionClose(market, date).getTime();
    if (closed > from && closed <= to) dates.push(date);
  }
  return dates;
}

function sessionBefore(market: Market, date: string): string {
  return addTradingDays(date, -1, market.calendar);
}

/** Returns the place of the newest instant at or before `instant`, -1 if there is none. */
function lastUpTo(instants: Float64Array, instant: number): number {
  let [low, high] = [0, instants.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (instants[middle] <= instant) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

import { ForecastError, isForecastError } from '../../errors.js';
import { type Market, sessionClose } from '../../markets/index.js';
import { addTradingDays } from '../../series/index.js';
import { dateInZone } from '../../series/inside.js';

/* What of a tick is done again, and when: here by the scheduler, and by the workers that it hands ticks on to. */

/** How long a tick that failed waits before it is tried again, unless the host says otherwise. */
export const RETRY_MS = 600_000;

/** So many times `retryMs` is waited at most: what comes back after a weekend is still met before the next tick. */
const LONGEST_RETRY = 12;

/** Returns how long to wait before the next try of what was first tried at `since`: `retryMs`, doubled with each try that waited so, up to twelvefold. */
export function retryDelay({ since, now, retryMs }: { since: Date; now: Date; retryMs: number }): number {
  const waited = Math.max(0, now.getTime() - since.getTime());
  return Math.min(retryMs + waited, LONGEST_RETRY * retryMs);
}

/** What no wait mends: the instrument is not there, too young, or was left out for its age. */
const FINAL = [
  'UNKNOWN_CODE',
  'SERIES_TOO_SHORT',
  'STALE_PRICES',
  'ALREADY_MATCHED',
  'INVALID_ARGUMENT',
  'CORRUPT_ROW',
  'NO_FORECAST',
  'LOOKAHEAD',
] as const;

/** Returns whether what failed so may succeed later. */
export function mayComeRight(error: unknown): boolean {
  return !FINAL.some((code) => isForecastError(error, code));
}

/** Returns the newest session that had closed at an instant. */
export function newestSession(market: Market, at: Date): string {
  const day = dateInZone(at, market.timeZone);
  const isOver = market.calendar.isTradingDay(day) && sessionClose(market, day) <= at;
  return isOver ? day : addTradingDays(day, -1, market.calendar);
}

/**
 * Returns the newest session that had closed at the tick, where forecasts were made from bars up to the session before it and none from
 * its own: its bars are late, and may come while the tick is tried again. Bars that are older yet will not come by waiting.
 */
export function lateSession(market: Market, tick: Date, baseDates: ReadonlySet<string>): string | undefined {
  const newest = newestSession(market, tick);
  const before = addTradingDays(newest, -1, market.calendar);
  const atMost = [...baseDates].reduce((latest, date) => (date > latest ? date : latest), '');
  return atMost === before ? newest : undefined;
}

/** Returns what a batch without the bars of a session has failed with. */
export function lateBars(session: string): ForecastError {
  return new ForecastError('STALE_PRICES', `no instrument has the bar of ${session} yet`, {
    field: 'prices',
    expected: `a bar of ${session}`,
  });
}

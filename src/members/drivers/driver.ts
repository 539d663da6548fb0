import { withinTime } from '../../concurrency/index.js';
import { ForecastError, invalid, isForecastError, refuseUnknown } from '../../errors.js';
import { defineMarket, type Market } from '../../markets/index.js';
import { sessionCloses } from '../../markets/inside.js';
import { type Bar, parseSeries } from '../../series/index.js';
import { dateInZone } from '../../series/inside.js';
import { causalVolatility } from '../pooled/causal-volatility.js';

/** A series of another market whose finished sessions say something of the next one here: an index fund of New York, seen from Seoul. */
export interface Driver {
  readonly code: string;
  /** Where its bars come from: any PriceSource. */
  readonly prices: {
    getBars(
      code: string,
      range: {
        from?: string | undefined;
        to?: string | undefined;
        limit?: number | undefined;
        signal?: AbortSignal | undefined;
      },
    ): Promise<readonly Bar[]>;
  };
  /** Where it trades: its zone and hours say when a session has ended. */
  readonly market: Market;
}

export interface DriverOptions {
  /** Series of other markets; their finished sessions between a base bar's close and the next open are used. */
  drivers: readonly Driver[];
  /** How long one driver's prices may take; default 30,000. */
  timeoutMs?: number | undefined;
  /** Newest bars of each instrument that slopes are learned on; default 1250, some five years. */
  trainingBars?: number | undefined;
  /** Share of the days, the newest, on which the slopes must earn their place, in (0, 1); default 0.2. */
  validationShare?: number | undefined;
}

/** The options with their defaults. */
export type DriverSettings = { readonly [option in keyof DriverOptions]-?: NonNullable<DriverOptions[option]> };

/** A driver's finished sessions. */
export interface DriverSessions {
  /** 'YYYY-MM-DD' in the driver's own market, ascending. */
  readonly dates: readonly string[];
  /** When each session closed, milliseconds since 1970. */
  readonly closedAt: Float64Array;
  /** In price. */
  readonly close: Float64Array;
  /** Volatility of a one-day log return as seen at each close. */
  readonly sigma: Float64Array;
}

/** Returns the drivers, checked. @throws ForecastError `INVALID_ARGUMENT` naming the field at fault */
export function checkDrivers(where: string, drivers: readonly Driver[]): Driver[] {
  if (!Array.isArray(drivers) || drivers.length === 0) {
    throw invalid('INVALID_ARGUMENT', where, 'drivers', 'at least one driver', drivers);
  }
  return drivers.map((driver: Driver, i) => {
    const at = `drivers[${i}]`;
    if (typeof driver !== 'object' || driver === null) {
      throw invalid('INVALID_ARGUMENT', where, at, 'code, prices and market', driver);
    }
    refuseUnknown(where, driver, ['code', 'prices', 'market']);
    const { code, prices, market } = driver;
    if (typeof code !== 'string' || code.trim() === '') {
      throw invalid('INVALID_ARGUMENT', where, `${at}.code`, 'a non-empty text', code);
    }
    if (typeof prices?.getBars !== 'function') {
      throw invalid('INVALID_ARGUMENT', where, `${at}.prices`, 'an object with getBars()', prices);
    }
    return { code, prices, market: defineMarket(market) };
  });
}

/**
 * Returns the sessions of a driver that had ended by `now`: bars of sessions that were still open, and of later ones, are not looked at.
 *
 * @param options.from first day wanted, 'YYYY-MM-DD'
 * @throws ForecastError what `parseSeries` throws; `FUTURE_BAR` for a bar of a day that has not begun; `TIMEOUT`; `PRICE_SOURCE_FAILED` around
 *   anything else that the source throws
 */
export async function readSessions(
  { code, prices, market }: Driver,
  { now, from, timeoutMs, signal }: { now: Date; from: string; timeoutMs: number; signal: AbortSignal },
): Promise<DriverSessions> {
  const where = `driver(${code})`;
  const today = dateInZone(now, market.timeZone);
  const bars = await barsOf({ code, prices }, { where, from, to: today, timeoutMs, signal });
  const series = parseSeries(bars, { code });
  const last = series.dates[series.length - 1];
  if (last > today) throw invalid('FUTURE_BAR', where, 'date', `not after ${today}`, last);
  const closedAt = sessionCloses(market, series.dates);
  const ended = closedAt.filter((instant) => instant <= now.getTime()).length;
  const close = series.close.slice(0, ended);
  return {
    dates: series.dates.slice(0, ended),
    closedAt: closedAt.slice(0, ended),
    close,
    sigma: causalVolatility(close),
  };
}

async function barsOf(
  { code, prices }: Pick<Driver, 'code' | 'prices'>,
  {
    where,
    from,
    to,
    timeoutMs,
    signal,
  }: { where: string; from: string; to: string; timeoutMs: number; signal: AbortSignal },
): Promise<readonly Bar[]> {
  try {
    return await withinTime({ where, field: 'drivers', timeoutMs, signal }, (ending) =>
      prices.getBars(code, { from, to, signal: ending }),
    );
  } catch (cause) {
    signal.throwIfAborted();
    if (isForecastError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ForecastError('PRICE_SOURCE_FAILED', `${where}: ${reason}`, { field: 'drivers', cause });
  }
}

import type { Covariate } from '../chronos/index.js';
import type { ForecastRequest, MemberInput } from '../ensemble/index.js';
import { invalid, refuseUnknown } from '../errors.js';
import { sessionClose } from '../markets/index.js';
import { fromEpochDay, type PriceSeries, toEpochDay } from '../series/index.js';
import { dateInZone, leakOf } from '../series/inside.js';
import { checkDrivers, type Driver, type DriverSessions, readSessions } from './drivers/driver.js';
import { driverWindow } from './drivers/driver-moves.js';

/** What a Chronos-2 checkpoint reads beside an instrument's closes: covariates of the past only. */
export interface ChronosCovariates {
  /** Whether it sees open, high, low and volume of each bar; default false. Bars whose wicks foretell the next return are left out. */
  bars?: boolean | undefined;
  /**
   * Series of other markets: beside each bar stands the driver's newest close of those sessions that had ended before the next session's open, and, at the
   * newest bar, by the clock; a session that should have ended by then and has not is missing.
   */
  drivers?: readonly Driver[] | undefined;
  /** How long one driver's prices may take; default 30,000. */
  timeoutMs?: number | undefined;
}

/** The options, checked. */
export interface CovariateSettings {
  readonly bars: boolean;
  readonly drivers: readonly Driver[];
  readonly timeoutMs: number;
}

/** A driver's sessions are read from so many days before the first bar on: the longest closure. */
const LEAD_DAYS = 30;

/** @throws ForecastError `INVALID_ARGUMENT` naming the option at fault */
export function covariateSettings(covariates: ChronosCovariates): CovariateSettings {
  const where = 'chronosMember';
  if (typeof covariates !== 'object' || covariates === null) {
    throw invalid('INVALID_ARGUMENT', where, 'covariates', '{ bars, drivers }', covariates);
  }
  refuseUnknown(where, covariates, ['bars', 'drivers', 'timeoutMs']);
  const { bars = false, drivers, timeoutMs = 30_000 } = covariates;
  if (typeof bars !== 'boolean') throw invalid('INVALID_ARGUMENT', where, 'covariates.bars', 'true or false', bars);
  if (!(typeof timeoutMs === 'number' && timeoutMs > 0)) {
    throw invalid('INVALID_ARGUMENT', where, 'covariates.timeoutMs', 'milliseconds > 0', timeoutMs);
  }
  if (!bars && drivers === undefined) {
    throw invalid('INVALID_ARGUMENT', where, 'covariates', 'bars: true, or drivers', covariates);
  }
  const checked = drivers === undefined ? [] : checkDrivers(where, drivers);
  const twice = checked.find(({ code }, i) => checked.findIndex((other) => other.code === code) !== i);
  if (twice !== undefined) {
    throw invalid('INVALID_ARGUMENT', where, 'covariates.drivers', 'drivers of different codes', twice.code);
  }
  return { bars, drivers: checked, timeoutMs };
}

/** An instrument's covariates by name, and what a reader of its forecast should know of them. */
export interface SeriesCovariates {
  readonly past: Readonly<Record<string, Covariate>>;
  readonly notes: readonly string[];
}

/** Returns each instrument's covariates: a driver is read once for all of them, and left out, and told, where it cannot be. */
export async function covariatesOf(
  batch: readonly MemberInput[],
  { market, now: clock, signal }: Pick<ForecastRequest, 'market' | 'now' | 'signal'>,
  { bars, drivers, timeoutMs }: CovariateSettings,
): Promise<SeriesCovariates[]> {
  const now = clock();
  const firsts = batch.map(({ series }) => series.dates[0]).sort();
  const from = firsts.length === 0 ? '' : fromEpochDay(toEpochDay(firsts[0]) - LEAD_DAYS);
  const read = await Promise.allSettled(
    drivers.map((driver) => readSessions(driver, { now, from, timeoutMs, signal })),
  );
  signal.throwIfAborted();
  const notes: string[] = [];
  const columns = read.flatMap((result, i) => {
    const { code } = drivers[i];
    if (result.status === 'fulfilled') {
      return [{ code, closeOn: closesByDate(result.value, { market, driver: drivers[i].market }) }];
    }
    const { reason } = result;
    notes.push(`${code} left out: ${reason instanceof Error ? reason.message : String(reason)}`);
    return [];
  });
  return batch.map(({ series }) => {
    const past: Record<string, Covariate> = bars ? barColumns(series) : {};
    const told = [...notes];
    for (const { code, closeOn } of columns) {
      const values = Float64Array.from(series.dates, closeOn);
      if (values.every(Number.isNaN)) told.push(`${code} left out: no session of these days`);
      else past[`driver_${code}`] = values;
    }
    return { past, notes: told };
  });
}

function barColumns(series: PriceSeries): Record<string, Covariate> {
  if (leakOf(series).leaks) return {};
  const { open, high, low, volume } = series;
  return { open, high, low, volume };
}

/**
 * Returns the driver's close of the newest session that ends before the open of the session after a base date; NaN where that session is not there: it has
 * not ended yet, or the source lacks it.
 */
function closesByDate(
  { close, dates }: DriverSessions,
  { market, driver }: { market: ForecastRequest['market']; driver: Driver['market'] },
): (date: string) => number {
  const closeOf = new Map(dates.map((date, i) => [date, close[i]]));
  const known = new Map<string, number>();
  return (date) => {
    let value = known.get(date);
    if (value === undefined) {
      const session = newestSession(driver, driverWindow(market, date).opensAt);
      value = (session === undefined ? undefined : closeOf.get(session)) ?? Number.NaN;
      known.set(date, value);
    }
    return value;
  };
}

/** Returns the day of the newest session that the market's calendar has whose close lies before an instant, if there is one within the longest closure. */
function newestSession(market: Driver['market'], before: number): string | undefined {
  const today = toEpochDay(dateInZone(new Date(before), market.timeZone));
  for (let day = today; day >= today - LEAD_DAYS; day--) {
    const date = fromEpochDay(day);
    if (market.calendar.isTradingDay(date) && sessionClose(market, date).getTime() < before) return date;
  }
  return undefined;
}

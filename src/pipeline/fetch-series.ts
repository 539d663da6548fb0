import { withinTime } from '../concurrency/index.js';
import { ForecastError, invalid, isForecastError } from '../errors.js';
import { traced } from '../host/traced.js';
import { sessionClose } from '../markets/index.js';
import type { BarRange } from '../prices/price-source.js';
import { type Bar, fromEpochDay, type PriceSeries, parseSeries, toEpochDay } from '../series/index.js';
import { dateInZone } from '../series/inside.js';
import type { Context } from './context.js';

/** Prices are fetched for so many instruments at a time. */
export const FETCH_CONCURRENCY = 8;

/** Returns today's date on the exchange, by the context's clock. */
export function todayOf({ clock, market }: Pick<Context, 'clock' | 'market'>): string {
  return dateInZone(clock(), market.timeZone);
}

/** Which bars can be known now. */
export interface Known {
  /** Today's date on the exchange. */
  readonly today: string;
  /** The newest day whose session, if it has one, is over. The bar of one that goes on is not finished: its close is no close. */
  readonly finished: string;
}

/** Returns up to which day bars can be known, by the context's clock. */
export function knownAt({ clock, market }: Pick<Context, 'clock' | 'market'>): Known {
  const now = clock();
  const today = dateInZone(now, market.timeZone);
  return { today, finished: sessionClose(market, today) <= now ? today : fromEpochDay(toEpochDay(today) - 1) };
}

/**
 * Returns the instrument's bars within the range, checked and mended, all of them of sessions that are over: what a source gives of one that
 * goes on is left out.
 *
 * @param range what `knownAt` says goes along as its `known`, where many instruments are fetched
 * @throws ForecastError `EMPTY_SERIES`, the codes of `parseSeries`, `FUTURE_BAR` for a bar after the range or after today,
 *   `TIMEOUT` after `priceTimeoutMs`, `UNKNOWN_CODE`, and `PRICE_SOURCE_FAILED` around anything else that the source throws
 */
export async function fetchSeries(
  context: Context,
  code: string,
  {
    known = knownAt(context),
    signal,
    ...range
  }: Omit<BarRange, 'signal'> & { known?: Known; signal?: AbortSignal | undefined },
): Promise<PriceSeries> {
  const { today, finished } = known;
  const to = range.to !== undefined && range.to < finished ? range.to : finished;
  const bars = await fetchBars(context, code, { ...range, to }, signal);
  const series = readBars(bars, context, code, today > finished ? today : undefined);
  const last = series.dates[series.length - 1];
  if (last > to) throw invalid('FUTURE_BAR', `prices(${code})`, 'date', `not after ${to}`, last);
  return series;
}

/** Returns what fetches an instrument's newest bars, each once, all as they can be known now. */
export function fetchingOnce(
  context: Context,
  range: Omit<BarRange, 'signal'> & { signal?: AbortSignal | undefined },
): (code: string) => Promise<PriceSeries> {
  const known = knownAt(context);
  const fetching = new Map<string, Promise<PriceSeries>>();
  return (code) => {
    let series = fetching.get(code);
    if (series === undefined) {
      series = fetchSeries(context, code, { ...range, known });
      fetching.set(code, series);
    }
    return series;
  };
}

/** @param unfinished the day of a session that goes on: its bar is left out */
function readBars(bars: Bar[], { market, repair }: Context, code: string, unfinished: string | undefined): PriceSeries {
  try {
    const goesOn = unfinished !== undefined && Array.isArray(bars) && bars.at(-1)?.date === unfinished;
    return parseSeries(goesOn ? bars.slice(0, -1) : bars, { code, calendar: market.calendar, repair });
  } catch (cause) {
    throw sourceFailure(`prices(${code})`, cause); // a bar may be an object of the source's own that throws
  }
}

async function fetchBars(
  { prices, priceTimeoutMs }: Context,
  code: string,
  range: BarRange,
  signal: AbortSignal | undefined,
) {
  const where = `prices(${code})`;
  try {
    const limit = { where, field: 'prices', timeoutMs: priceTimeoutMs, signal };
    return await traced(
      'prices',
      () => ({ code, from: range.from, to: range.to, limit: range.limit }),
      () => withinTime(limit, (ending) => prices.getBars(code, { ...range, signal: ending })),
    );
  } catch (cause) {
    signal?.throwIfAborted();
    throw sourceFailure(where, cause);
  }
}

function sourceFailure(where: string, cause: unknown): unknown {
  if (isForecastError(cause)) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ForecastError('PRICE_SOURCE_FAILED', `${where}: ${reason}`, { field: 'prices', cause });
}

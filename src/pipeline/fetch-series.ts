import { withinTime } from '../concurrency/index.js';
import { ForecastError, invalid, isForecastError } from '../errors.js';
import { traced } from '../host/traced.js';
import type { BarRange } from '../prices/price-source.js';
import { type Bar, type PriceSeries, parseSeries } from '../series/index.js';
import { dateInZone } from '../series/inside.js';
import type { Context } from './context.js';

/** Prices are fetched for so many instruments at a time. */
export const FETCH_CONCURRENCY = 8;

/** Returns today's date on the exchange, by the context's clock. */
export function todayOf({ clock, market }: Pick<Context, 'clock' | 'market'>): string {
  return dateInZone(clock(), market.timeZone);
}

/**
 * Returns the instrument's bars within the range, checked and mended, none of them later than today.
 *
 * @param range what `todayOf` says goes as its `today`, where many instruments are fetched
 * @throws ForecastError `EMPTY_SERIES`, the codes of `parseSeries`, `FUTURE_BAR` for a bar after the range or after today,
 *   `TIMEOUT` after `priceTimeoutMs`, `UNKNOWN_CODE`, and `PRICE_SOURCE_FAILED` around anything else that the source throws
 */
export async function fetchSeries(
  context: Context,
  code: string,
  {
    today = todayOf(context),
    signal,
    ...range
  }: Omit<BarRange, 'signal'> & { today?: string; signal?: AbortSignal | undefined },
): Promise<PriceSeries> {
  const to = range.to !== undefined && range.to < today ? range.to : today;
  const bars = await fetchBars(context, code, { ...range, to }, signal);
  const series = readBars(bars, context, code);
  const last = series.dates[series.length - 1];
  if (last > to) throw invalid('FUTURE_BAR', `prices(${code})`, 'date', `not after ${to}`, last);
  return series;
}

function readBars(bars: Bar[], { market, repair }: Context, code: string): PriceSeries {
  try {
    return parseSeries(bars, { code, calendar: market.calendar, repair });
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

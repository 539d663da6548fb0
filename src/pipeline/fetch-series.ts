import { ForecastError, invalid, isForecastError } from '../errors.js';
import type { BarRange } from '../prices/price-source.js';
import { dateInZone, type PriceSeries, parseSeries } from '../series/index.js';
import type { ForecastContext } from './context.js';
import { linkAbort } from './link-abort.js';

/** Prices are fetched for so many instruments at a time. */
export const FETCH_CONCURRENCY = 8;

const DEFAULT_TIMEOUT_MS = 30_000;

/** Returns today's date on the exchange, by the context's clock. */
export function todayOf({ clock = () => new Date(), timeZone = 'Asia/Seoul' }: ForecastContext): string {
  return dateInZone(clock(), timeZone);
}

/**
 * Returns the instrument's bars within the range, checked, none of them later than today.
 *
 * @param today what `todayOf` says; handed in where many instruments are fetched
 * @throws ForecastError `EMPTY_SERIES`, the codes of `parseSeries`, `FUTURE_BAR` for a bar after the range or after today,
 *   `TIMEOUT` after `priceTimeoutMs`, `UNKNOWN_CODE`, and `PRICE_SOURCE_FAILED` around anything else that the source throws
 */
export async function fetchSeries(
  context: ForecastContext,
  code: string,
  range: BarRange,
  today = todayOf(context),
): Promise<PriceSeries> {
  const to = range.to !== undefined && range.to < today ? range.to : today;
  const bars = await fetchBars(context, code, { ...range, to });
  const series = parseSeries(bars, { code });
  const last = series.dates[series.length - 1];
  if (last > to) throw invalid('FUTURE_BAR', `prices(${code})`, 'date', `not after ${to}`, last);
  return series;
}

async function fetchBars(context: ForecastContext, code: string, range: BarRange) {
  const { prices, signal, priceTimeoutMs = DEFAULT_TIMEOUT_MS } = context;
  signal?.throwIfAborted();
  const ending = linkAbort(signal);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    ending.abort(new DOMException('the price source took too long', 'TimeoutError'));
  }, priceTimeoutMs);
  try {
    // The race ends the wait also where a source never looks at its signal.
    return await Promise.race([
      prices.getBars(code, { ...range, signal: ending.signal }),
      rejectOnAbort(ending.signal),
    ]);
  } catch (cause) {
    signal?.throwIfAborted();
    if (timedOut) {
      throw new ForecastError('TIMEOUT', `prices(${code}): no answer within ${priceTimeoutMs} ms`, {
        field: 'prices',
        cause,
      });
    }
    if (isForecastError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ForecastError('PRICE_SOURCE_FAILED', `prices(${code}): ${reason}`, { field: 'prices', cause });
  } finally {
    clearTimeout(timer);
    ending.release();
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

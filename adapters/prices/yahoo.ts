import { invalid } from '../../src/errors.js';
import type { BarRange, PriceSource } from '../../src/prices/price-source.js';
import type { Bar } from '../../src/series/bar.js';
import { toEpochDay } from '../../src/series/epoch-day.js';
import { checkBoolean, checkCount, checkInstant } from '../../src/store/check-fields.js';
import { barsWithin, checkBarRequest, unknownCode } from './bar-range.js';
import { checkOptionNames } from './option-names.js';
import { type HttpAnswer, POLITE_GET_OPTIONS, type PoliteGetOptions, politeGet, unusable } from './polite-get.js';
import { SYMBOL_OPTIONS, type SymbolOptions, symbolMapping } from './symbol.js';
import { barsOfChart, parseYahooAnswer, type YahooChart } from './yahoo-chart.js';

export type { HttpFailure } from './polite-get.js';

/** How Yahoo is asked. */
export interface YahooPricesOptions extends PoliteGetOptions, SymbolOptions {
  /** What time it is, which decides whether a day is over; default the system clock. */
  clock?: (() => Date) | undefined;
  /** How long after a session's end its bar may still change, since quotes come late; default 20. */
  settleMinutes?: number | undefined;
  /**
   * Whether an answer is refused whose prices look unadjusted for a split of ratio 2 or more that it names; default true. A real
   * move of the split's own size on the split's own day looks the same: false reads that instrument.
   */
  checkSplits?: boolean | undefined;
}

const WHERE = 'yahooPrices';
const OPTIONS = [...POLITE_GET_OPTIONS, ...SYMBOL_OPTIONS, 'clock', 'settleMinutes', 'checkSplits'];
/** Before anything that Yahoo has. */
const BEGINNING = toEpochDay('1900-01-01');

/**
 * Returns a price source over the chart endpoint of Yahoo Finance (`/v8/finance/chart/SYMBOL`), for any exchange.
 *
 * The endpoint is not documented and not promised by Yahoo: whether and how a host may use it is between the host and
 * Yahoo's terms. Nothing is sent before `getBars` is called; no key, cookie or crumb is used.
 *
 * Prices and volume are Yahoo's `quote`: adjusted for splits, not for dividends (that would be `adjclose`, which has no open, high and low).
 * What is left out, and when a day is over: see `barsOfChart`.
 *
 * @throws ForecastError `INVALID_ARGUMENT` naming the option; from getBars `UNKNOWN_CODE` for what Yahoo does not find
 *   (delisted instruments among it); `INVALID_KEY`; `PRICE_SOURCE_FAILED` with an `HttpFailure` as `cause`
 *
 * @example
 * const prices = yahooPrices({ suffix: '.KS' });
 * await prices.getBars('005930', { limit: 400 }); // asks for 005930.KS
 */
export function yahooPrices(options: YahooPricesOptions = {}): PriceSource {
  const { clock = () => new Date(), settleMinutes = 20 } = options;
  const checkSplits = checkBoolean(options.checkSplits ?? true, { where: WHERE, path: 'options' }, 'checkSplits');
  checkOptionNames(WHERE, options, OPTIONS);
  const get = politeGet(WHERE, { ...options, baseUrl: options.baseUrl ?? 'https://query2.finance.yahoo.com' });
  const symbolOf = symbolMapping(WHERE, options);
  const settleMs = checkCount(settleMinutes, { where: WHERE, path: 'options' }, 'settleMinutes') * 60_000;

  const fetchChart = async (code: string, symbol: string, [first, last]: Days, signal?: AbortSignal) => {
    const span = `period1=${first * 86_400}&period2=${last * 86_400}`;
    const path = `/v8/finance/chart/${encodeURIComponent(symbol)}?interval=1d&events=split&${span}`;
    const where = `${WHERE}(${code})`;
    return chartOf(await get(where, { path, accept: 'application/json', signal }), where, code);
  };

  return {
    async getBars(code, range) {
      checkBarRequest(code, range, WHERE);
      const symbol = symbolOf(code);
      // a path of dots would be resolved, and ask for something else
      if (/^\.{1,2}$/.test(symbol)) throw invalid('INVALID_KEY', WHERE, 'code', 'a symbol', code);
      const now = checkInstant(clock(), { where: WHERE, path: '' }, 'clock()');
      let days = daysAsked(range, now);
      for (;;) {
        const chart = await fetchChart(code, symbol, days, range.signal);
        const bars = chart === undefined ? [] : readBars(chart, { now, settleMs, checkSplits }, `${WHERE}(${code})`);
        const within = barsWithin(bars, range);
        const wider = widened(days, range, within, chart?.meta.firstTradeDate);
        if (wider === undefined) return within;
        days = wider;
      }
    },
  };
}

/** Days since 1970: the first one asked for, and the one after the last. */
type Days = readonly [first: number, last: number];

/** Returns UTC days that hold the range in every zone, and with a limit about as many trading days as it needs. */
function daysAsked({ from, to, limit }: BarRange, now: Date): Days {
  const tomorrow = Math.floor(now.getTime() / 86_400_000) + 1;
  const last = Math.min(to === undefined ? tomorrow : toEpochDay(to), tomorrow) + 2;
  const earliest = Math.max(from === undefined ? BEGINNING : toEpochDay(from) - 1, BEGINNING);
  // 400 bars are some 580 days; halts and holidays are in the allowance
  const likely = limit === undefined ? earliest : last - Math.ceil(limit * 1.6) - 14;
  // an empty range still has to tell a known instrument from an unknown one
  return [Math.min(Math.max(earliest, likely), last - 7), last];
}

/** Returns all days of the range where fewer bars came than there may be, undefined where no more can come. */
function widened([first, last]: Days, { from, limit }: BarRange, bars: readonly Bar[], firstTrade?: number | null) {
  const earliest = Math.max(from === undefined ? BEGINNING : toEpochDay(from) - 1, BEGINNING);
  if (limit === undefined || bars.length >= limit || first <= earliest) return undefined;
  if (firstTrade != null && firstTrade >= (first + 1) * 86_400) return undefined;
  return [earliest, last] as const;
}

/** Returns the chart; undefined for an instrument that Yahoo knows, but not in these days. */
function chartOf({ status, type, bytes }: HttpAnswer, where: string, code: string): YahooChart | undefined {
  let answer: ReturnType<typeof parseYahooAnswer>;
  try {
    answer = parseYahooAnswer(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const came = `HTTP ${status}, ${bytes.length} bytes of ${type === '' ? 'an unnamed type' : type}`;
    throw unusable(where, `expected a chart in JSON, got ${came}`, { status, cause });
  }
  if ('chart' in answer) {
    if (status === 200) return answer.chart;
    throw unusable(where, `HTTP ${status}`, { status });
  }
  const { code: problem, description } = answer.error;
  if (problem === 'Not Found') throw unknownCode(WHERE, code, unusable(where, description, { status }).cause);
  if (description.startsWith("Data doesn't exist for startDate")) return undefined;
  throw unusable(where, `HTTP ${status}, ${problem}: ${description}`, { status });
}

function readBars(chart: YahooChart, reading: Parameters<typeof barsOfChart>[1], where: string): Bar[] {
  try {
    return barsOfChart(chart, reading);
  } catch (cause) {
    throw unusable(where, `the chart cannot be read: ${(cause as Error).message}`, { status: 200, cause });
  }
}

import { invalid } from '../../src/errors.js';
import type { BarRange, PriceSource } from '../../src/prices/price-source.js';
import type { Bar } from '../../src/series/bar.js';
import { dateInZone } from '../../src/series/date-in-zone.js';
import { toEpochDay } from '../../src/series/epoch-day.js';
import { checkCount, checkDate, checkInstant, checkPrice } from '../../src/store/check-fields.js';
import { barsWithin, checkBarRequest, unknownCode } from './bar-range.js';
import { type NaverChart, type NaverRow, parseNaverChart } from './naver-chart.js';
import { checkOptionNames } from './option-names.js';
import { type HttpAnswer, POLITE_GET_OPTIONS, type PoliteGetOptions, politeGet, unusable } from './polite-get.js';
import { SYMBOL_OPTIONS, type SymbolOptions, symbolMapping } from './symbol.js';

export type { HttpFailure } from './polite-get.js';

/** A split: `ratio` new shares for one old one, from `date` on (50 for Samsung Electronics on 2018-05-04). */
export interface Split {
  /** The first day that is traded on the new basis, 'YYYY-MM-DD'. */
  date: string;
  ratio: number;
}

/** How Naver is asked. */
export interface NaverPricesOptions extends PoliteGetOptions, SymbolOptions {
  /** What time it is, which decides whether today is over; default the system clock. */
  clock?: (() => Date) | undefined;
  /** How long after the close (15:30 in Seoul) today's bar may still change; default 10. See docs/adapters.md before trusting it. */
  settleMinutes?: number | undefined;
  /** Returns an instrument's splits, which put the volumes before them on the basis of the prices. */
  splitsOf?: ((code: string) => readonly Split[] | undefined) | undefined;
}

const WHERE = 'naverPrices';
const OPTIONS = [...POLITE_GET_OPTIONS, ...SYMBOL_OPTIONS, 'clock', 'settleMinutes', 'splitsOf'];
/** More rows than Naver has of any instrument: its charts begin in 1990. */
const ALL_ROWS = 20_000;

/**
 * Returns a price source over the chart endpoint of Naver Finance (`/sise.nhn`), for shares, funds and indices of the KRX.
 *
 * The endpoint is not documented and not promised by Naver: whether and how a host may use it is between the host and Naver's
 * terms. Nothing is sent before `getBars` is called.
 *
 * Prices are adjusted for splits, and rounded column by column, which may put a high or low one step on the wrong side of open or
 * close. Volumes are as they were traded, unless `splitsOf` is given. Days without a trade in the regular session come as Naver
 * writes them, with open, high and low 0. Both are handed on: `parseSeries` mends them, as it does for every source.
 *
 * @throws ForecastError `INVALID_ARGUMENT` naming the option; from getBars `UNKNOWN_CODE` for an instrument without a chart
 *   (delisted ones among them) and for codes that are not letters and digits; `PRICE_SOURCE_FAILED` with an `HttpFailure` as `cause`
 *
 * @example
 * const prices = naverPrices();
 * await prices.getBars('005930', { limit: 400 });
 */
export function naverPrices(options: NaverPricesOptions = {}): PriceSource {
  const { clock = () => new Date(), settleMinutes = 10, splitsOf = () => [] } = options;
  checkOptionNames(WHERE, options, OPTIONS);
  const get = politeGet(WHERE, { ...options, baseUrl: options.baseUrl ?? 'https://fchart.stock.naver.com' });
  const symbolOf = symbolMapping(WHERE, options);
  const settleMs = checkCount(settleMinutes, { where: WHERE, path: 'options' }, 'settleMinutes') * 60_000;

  const fetchChart = async (code: string, symbol: string, count: number, signal?: AbortSignal) => {
    const path = `/sise.nhn?symbol=${symbol}&timeframe=day&count=${count}&requestType=0`;
    const where = `${WHERE}(${code})`;
    const chart = chartOf(await get(where, { path, accept: 'text/xml', signal }), where);
    if (chart === undefined || (chart.rows.length === 0 && chart.name === '')) throw unknownCode(WHERE, code);
    if (chart.symbol !== symbol) throw unusable(where, `asked for ${symbol}, got ${JSON.stringify(chart.symbol)}`);
    return chart;
  };

  return {
    async getBars(code, range) {
      checkBarRequest(code, range, WHERE);
      const symbol = symbolOf(code);
      if (!/^[A-Za-z0-9]+$/.test(symbol)) throw unknownCode(WHERE, code);
      const adjust = volumeAdjustment(code, splitsOf(code) ?? []);
      const now = checkInstant(clock(), { where: WHERE, path: '' }, 'clock()');
      const finished = finishedBy(now, settleMs);
      for (let count = rowsAsked(range, now); ; count = ALL_ROWS) {
        const { rows } = await fetchChart(code, symbol, count, range.signal);
        const bars = rows.filter((row) => finished(row.date)).map(adjust);
        const within = barsWithin(bars, range);
        if (count >= ALL_ROWS || rows.length < count || reachesBack(rows, within, range)) return within;
      }
    },
  };
}

/** Returns how many of the newest rows hold the range, every day counted as if it were traded, and some for halts. */
function rowsAsked({ from, to, limit }: BarRange, now: Date): number {
  const today = toEpochDay(dateInZone(now, 'Asia/Seoul'));
  const sinceFrom = from === undefined ? ALL_ROWS : today - toEpochDay(from) + 1;
  const sinceTo = to === undefined ? 0 : Math.max(today - toEpochDay(to), 0);
  const newest = limit === undefined ? ALL_ROWS : sinceTo + limit + 10;
  return Math.min(Math.max(Math.min(sinceFrom, newest), 1), ALL_ROWS);
}

function reachesBack(rows: readonly NaverRow[], within: readonly Bar[], { from, limit }: BarRange): boolean {
  return (from !== undefined && rows[0].date <= from) || (limit !== undefined && within.length >= limit);
}

/**
 * KRX's regular session ends at 15:30; an hour later on the day of the university entrance examination, which has been the Thursday
 * from 13 to 19 November since 2016, but for two years (2017, 2020) in which it was put off.
 */
function finishedBy(now: Date, settleMs: number): (date: string) => boolean {
  const today = dateInZone(now, 'Asia/Seoul');
  const examination = /-11-1[3-9]$/.test(today) && new Date(today).getUTCDay() === 4;
  const close = Date.parse(`${today}T${examination ? '16:30' : '15:30'}:00+09:00`);
  const over = now.getTime() >= close + settleMs;
  return (date) => date < today || (date === today && over);
}

function volumeAdjustment(code: string, splits: readonly Split[]): (row: NaverRow) => Bar {
  const at = { where: WHERE, path: `splitsOf(${JSON.stringify(code)})` };
  if (!Array.isArray(splits)) throw invalid('INVALID_ARGUMENT', WHERE, at.path, 'an array of splits', splits);
  const checked = splits.map((split: Split) => ({
    date: checkDate(split.date, at, 'date'),
    ratio: checkPrice(split.ratio, at, 'ratio'),
  }));
  return (row) => {
    const ratio = checked.reduce((product, split) => (row.date < split.date ? product * split.ratio : product), 1);
    return { ...row, volume: row.volume * ratio };
  };
}

function chartOf({ status, type, bytes }: HttpAnswer, where: string): NaverChart | undefined {
  if (status !== 200) throw unusable(where, `HTTP ${status}`, { status });
  try {
    return parseNaverChart(new TextDecoder('euc-kr').decode(bytes));
  } catch (cause) {
    const came = `${bytes.length} bytes of ${type === '' ? 'an unnamed type' : type}`;
    const why = (cause as Error).message;
    throw unusable(where, `expected a chart in XML, got ${came}: ${why}`, { status, cause });
  }
}

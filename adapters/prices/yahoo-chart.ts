import { z } from 'zod';
import type { Bar } from '../../src/series/bar.js';
import { dateInZone } from '../../src/series/date-in-zone.js';
import { exchangeDays } from './exchange-days.js';

const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;

// The columns' cells are read by the loop below: a schema for each would be run for every bar.
const COLUMN = z.array(z.unknown()).optional();
const INSTANT = z.number().int();
const ERROR = z.object({ code: z.string(), description: z.string().nullish() });
const RESULT = z.object({
  meta: z.object({
    exchangeTimezoneName: z.string(),
    dataGranularity: z.literal('1d'),
    instrumentType: z.string().nullish(),
    firstTradeDate: INSTANT.nullish(),
    currentTradingPeriod: z.object({ regular: z.object({ start: INSTANT, end: INSTANT }) }).nullish(),
  }),
  timestamp: z.array(z.unknown()).nullish(),
  events: z
    .object({
      splits: z
        .record(z.string(), z.object({ date: INSTANT, numerator: z.number(), denominator: z.number() }))
        .nullish(),
    })
    .nullish(),
  indicators: z.object({
    quote: z.array(z.object({ open: COLUMN, high: COLUMN, low: COLUMN, close: COLUMN, volume: COLUMN })),
  }),
});
const ANSWER = z.union([
  z.object({ chart: z.object({ error: ERROR }) }),
  z.object({ finance: z.object({ error: ERROR }) }),
  z.object({ chart: z.object({ result: z.tuple([RESULT]) }) }),
]);

/** More rows than two centuries have days of trading, and more splits than any instrument: beyond them it is no chart of days. */
const MAX_ROWS = 60_000;
const MAX_SPLITS = 1_000;

/** One instrument's chart as Yahoo sends it. */
export type YahooChart = z.infer<typeof RESULT>;

/** What Yahoo said: a chart, or why there is none. */
export type YahooAnswer = { chart: YahooChart } | { error: { code: string; description: string } };

/** Returns what an answer's text says. @throws SyntaxError for text that is no JSON, ZodError for JSON of another form */
export function parseYahooAnswer(text: string): YahooAnswer {
  const json: unknown = JSON.parse(text);
  const failed = ANSWER.options[0].or(ANSWER.options[1]).safeParse(json);
  if (failed.success) {
    const { code, description } = 'chart' in failed.data ? failed.data.chart.error : failed.data.finance.error;
    return { error: { code, description: description ?? '' } };
  }
  return { chart: ANSWER.options[2].parse(json).chart.result[0] };
}

/**
 * Returns the chart's finished bars, ascending, each under its day on the exchange.
 *
 * Left out: a row without any price, null or 0 (a holiday, a halt, a gap of Yahoo's: no bar); of shares and funds that are
 * traded on an exchange, a row without volume and without range (a halt that Yahoo fills with the last close); the day of a
 * session that ended less than `settleMs` ago, or has not ended. A row with some of its cells is handed on, NaN for null. A day that
 * Yahoo has in two rows, as it does with the running one, counts once, in its later whole form.
 *
 * @param now the instant of the question
 * @param options.checkSplits whether prices are refused that look unadjusted for a split that Yahoo itself names
 * @throws Error for columns that do not fit together, and for such prices
 */
export function barsOfChart(
  chart: YahooChart,
  { now, settleMs, checkSplits }: { now: Date; settleMs: number; checkSplits: boolean },
): Bar[] {
  const { meta } = chart;
  const dayOf = exchangeDays(meta.exchangeTimezoneName);
  const { instants, columns } = columnsOf(chart);
  const listed = meta.instrumentType === 'EQUITY' || meta.instrumentType === 'ETF';
  const today = dateInZone(now, meta.exchangeTimezoneName);
  const session = meta.currentTradingPeriod?.regular;
  const sessionDay = session && dayOf(session.start);
  const sessionOver = session != null && now.getTime() >= session.end * 1000 + settleMs;
  const bars: Bar[] = [];
  let previous = '';
  instants.forEach((instant, row) => {
    const date = dayOf(instant);
    if (date < previous) throw new Error(`row ${row} (${date}) comes after ${previous}`);
    previous = date;
    // the session that Yahoo names is the running, the coming or the last one
    if (date === sessionDay ? !sessionOver : date >= today) return;
    const [open, high, low, close, volume] = columns.map((column) => column[row] ?? Number.NaN);
    if (!(open || high || low || close)) return;
    if (listed && volume === 0 && high === low && open === close) return;
    const bar = { date, open, high, low, close, volume };
    const last = bars.at(-1);
    if (last?.date !== date) bars.push(bar);
    else if (!(open && high && low && close) || Number.isNaN(volume)) return;
    else if (row === instants.length - 1 || same(last, bar)) bars[bars.length - 1] = bar;
    else throw new Error(`row ${row} is another bar of ${date}`);
  });
  if (!checkSplits) return bars;
  const splits = Object.values(chart.events?.splits ?? {});
  if (splits.length > MAX_SPLITS) throw new Error(`it names ${splits.length} splits, ${MAX_SPLITS} at most are read`);
  for (const { date, numerator, denominator } of splits) {
    refuseUnadjusted(bars, dayOf(date), numerator / denominator);
  }
  return bars;
}

function columnsOf({ indicators, timestamp }: YahooChart) {
  const instants = timestamp ?? [];
  if (instants.length > MAX_ROWS) throw new Error(`it has ${instants.length} rows, ${MAX_ROWS} at most are read`);
  const quote = indicators.quote[0] ?? {};
  const check = (name: string, column: unknown[], fits: (cell: unknown) => boolean) => {
    if (column.length !== instants.length) {
      throw new Error(`${name} has ${column.length} rows, timestamp ${instants.length}`);
    }
    const odd = column.findIndex((cell) => !fits(cell));
    if (odd !== -1) throw new Error(`${name}[${odd}] is ${JSON.stringify(column[odd])}`);
  };
  check('timestamp', instants, (cell) => Number.isSafeInteger(cell));
  const columns = COLUMNS.map((name) => {
    const column = quote[name] ?? [];
    check(name, column, (cell) => cell === null || typeof cell === 'number');
    return column as (number | null)[];
  });
  return { instants: instants as number[], columns };
}

const same = (a: Bar, b: Bar) => COLUMNS.every((name) => Object.is(a[name], b[name]));

/**
 * How far the first open after a split may lie from the last close before it, in log returns, both on one basis, and still be
 * taken for an ordinary night. What moves further on that very day is more likely a real move than a split left out.
 */
const ORDINARY_NIGHT = 0.06;

/**
 * Refuses prices that jump at a split by the split's own ratio: Yahoo adjusts late, and on some exchanges not always. They do if
 * the open lies where the split alone would put it, and the close is nearer to that than to the price before.
 */
function refuseUnadjusted(bars: readonly Bar[], date: string, ratio: number): void {
  const after = bars.findIndex((bar) => bar.date >= date);
  // a smaller ratio cannot be told from a move of the price
  if (after < 1 || !(ratio >= 2 || ratio <= 0.5)) return;
  const before = bars[after - 1].close;
  const split = Math.log(ratio);
  const night = Math.log(before / bars[after].open) - split;
  const stays = Math.log(before / bars[after].close) / split > 0.5;
  if (Math.abs(night) > ORDINARY_NIGHT || !stays) return;
  const way = 'if they are adjusted (a real move of that size), read them with checkSplits: false';
  throw new Error(`the prices look unadjusted for the split of ${date} (ratio ${ratio}); ${way}`);
}

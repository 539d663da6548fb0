import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type YahooPricesOptions, yahooPrices } from '../../adapters/prices/yahoo.js';
import { type Bar, parseSeries } from '../../src/series/index.js';
import { priceSourceSuite } from '../../src/testing/index.js';
import { sampleBars } from '../../src/testing/samples.js';
import { failureOf, type PricesServer, type Reply, startPricesServer } from './prices-server.js';

let server: PricesServer;
beforeAll(async () => {
  server = await startPricesServer();
});
beforeEach(() => {
  server.requests.length = 0;
});
afterAll(() => server.close());

/** 18:00 in New York on Friday 2024-03-15. */
const FRIDAY_EVENING = new Date('2024-03-15T22:00:00Z');
const sourceOf = (options: YahooPricesOptions = {}) =>
  yahooPrices({ baseUrl: server.url, minGapMs: 0, backoffMs: 1, clock: () => FRIDAY_EVENING, ...options });

interface Row {
  /** An ISO instant. */
  at: string;
  /** open, high, low, close, volume */
  cells: readonly (number | null)[];
}

interface ChartParts {
  rows?: readonly Row[];
  zone?: string;
  session?: readonly [start: string, end: string];
  type?: string;
  splits?: readonly { at: string; numerator: number; denominator: number }[];
  meta?: object;
}

const seconds = (iso: string) => Date.parse(iso) / 1000;

/** A chart in Yahoo's form. */
function chartOf({ rows = [], zone = 'America/New_York', session, type = 'EQUITY', splits, meta }: ChartParts) {
  const column = (index: number) => rows.map(({ cells }) => cells[index]);
  const [open, high, low, close, volume] = [0, 1, 2, 3, 4].map(column);
  return {
    meta: {
      exchangeTimezoneName: zone,
      instrumentType: type,
      dataGranularity: '1d',
      firstTradeDate: rows.length === 0 ? null : seconds(rows[0].at),
      ...(session && { currentTradingPeriod: { regular: { start: seconds(session[0]), end: seconds(session[1]) } } }),
      ...meta,
    },
    ...(rows.length > 0 && { timestamp: rows.map(({ at }) => seconds(at)) }),
    ...(splits && {
      events: {
        splits: Object.fromEntries(
          splits.map(({ at, ...split }) => [String(seconds(at)), { date: seconds(at), ...split }]),
        ),
      },
    }),
    indicators: { quote: [rows.length > 0 ? { open, high, low, close, volume } : {}], adjclose: [{}] },
  };
}

const json = (value: unknown, status = 200): Reply => ({
  status,
  headers: { 'content-type': 'application/json;charset=utf-8' },
  body: JSON.stringify(value),
});
const found = (parts: ChartParts) => json({ chart: { result: [chartOf(parts)], error: null } });
const refused = (status: number, code: string, description: string) =>
  json({ chart: { result: null, error: { code, description } } }, status);
const NOT_FOUND = refused(404, 'Not Found', 'No data found, symbol may be delisted');
const NOT_THEN = refused(400, 'Bad Request', "Data doesn't exist for startDate = 1, endDate = 2");

const answer = (reply: Reply) => {
  server.reply = () => reply;
};
const daysOf = (bars: readonly Bar[]) => bars.map(({ date }) => date);
const FIVE = [10, 12, 9, 11, 100];

/** A server of these bars that cuts to the period asked for and knows no other symbol, as Yahoo does. */
async function serve(known: ReadonlyMap<string, readonly Bar[]>): Promise<PricesServer> {
  return startPricesServer((url) => {
    const bars = known.get(decodeURIComponent(/^\/v8\/finance\/chart\/([^/]+)$/.exec(url.pathname)?.[1] ?? ''));
    if (bars === undefined) return NOT_FOUND;
    const [first, last] = ['period1', 'period2'].map((name) => Number(url.searchParams.get(name)));
    if (first >= last) return refused(400, 'Bad Request', 'Invalid input - start date cannot be after end date.');
    const rows = bars.map((bar) => ({
      at: `${bar.date}T09:00:00+09:00`,
      cells: [bar.open, bar.high, bar.low, bar.close, bar.volume],
    }));
    if (rows.length > 0 && last < seconds(rows[0].at)) return NOT_THEN;
    const meta = { firstTradeDate: rows.length > 0 ? seconds(rows[0].at) : null };
    const within = rows.filter(({ at }) => seconds(at) >= first && seconds(at) < last);
    return found({ rows: within, zone: 'Asia/Seoul', meta });
  });
}

describe('the suite', () => {
  const servers: PricesServer[] = [];
  afterAll(() => Promise.all(servers.map((each) => each.close())));
  priceSourceSuite({
    test,
    async open(bars) {
      const each = await serve(bars);
      servers.push(each);
      return yahooPrices({ baseUrl: each.url, minGapMs: 0 });
    },
  });
});

describe('a whole answer', () => {
  const body = readFileSync(new URL('../fixtures/prices/yahoo-acme.json', import.meta.url));
  const acme = (clock: Date) => {
    answer({ body });
    return sourceOf({ clock: () => clock }).getBars('ACME', {});
  };

  test('gives split-adjusted quotes as they are, not dividend-adjusted ones, and neither gaps nor days without a trade', async () => {
    expect(await acme(new Date('2024-03-16T12:00:00Z'))).toEqual([
      { date: '2024-03-07', open: 20.25, high: 20.75, low: 20, close: 20.5, volume: 400000 },
      { date: '2024-03-08', open: 20.5, high: 21, low: 20.25, close: 20.75, volume: 440000 },
      { date: '2024-03-11', open: 20.75, high: 21.25, low: 20.5, close: 21, volume: 480000 },
      { date: '2024-03-14', open: 21.5, high: 22, low: 21.25, close: 21.75, volume: 520000 },
      { date: '2024-03-15', open: 21.75, high: 22, low: 21.5, close: 21.875, volume: 90000 },
    ]);
  });

  test.each([
    ['while the session runs', '2024-03-15T15:12:00Z', '2024-03-14'],
    ['at its end', '2024-03-15T20:00:00Z', '2024-03-14'],
    ['a moment before it has settled', '2024-03-15T20:19:59.999Z', '2024-03-14'],
    ['when it has settled', '2024-03-15T20:20:00Z', '2024-03-15'],
    ['on the day after', '2024-03-16T00:00:00Z', '2024-03-15'],
    ['for a clock of the past, as a backtest has', '2024-03-11T21:00:00Z', '2024-03-08'],
  ])('ends with the last finished day: %s', async (_, clock, last) => {
    expect((await acme(new Date(clock))).at(-1)?.date).toBe(last);
  });
});

describe('days', () => {
  const zones = ['America/New_York', 'Asia/Seoul', 'Pacific/Kiritimati', 'UTC'];
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test.each(zones)('are those of the exchange, in a process in %s', async (zone) => {
    vi.stubEnv('TZ', zone);
    expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
    const at = (...instants: string[]) => instants.map((instant) => ({ at: instant, cells: FIVE }));
    // 09:30 in New York, before and after both changes of the clock
    const york = at('2024-03-08T14:30:00Z', '2024-03-11T13:30:00Z', '2024-11-01T13:30:00Z', '2024-11-04T14:30:00Z');
    answer(found({ rows: york }));
    const clock = () => new Date('2025-01-01T00:00:00Z');
    expect(daysOf(await sourceOf({ clock }).getBars('X', {}))).toEqual([
      '2024-03-08',
      '2024-03-11',
      '2024-11-01',
      '2024-11-04',
    ]);
    // midnight in London in summer is the day before in UTC
    answer(
      found({ rows: at('2024-06-30T23:00:00Z', '2024-12-02T00:00:00Z'), zone: 'Europe/London', type: 'CURRENCY' }),
    );
    expect(daysOf(await sourceOf({ clock }).getBars('X', {}))).toEqual(['2024-07-01', '2024-12-02']);
    // 09:00 in Seoul is midnight in UTC, and the evening before in New York
    answer(found({ rows: at('2024-03-07T00:00:00Z', '2024-03-08T00:00:00Z'), zone: 'Asia/Seoul' }));
    expect(daysOf(await sourceOf({ clock }).getBars('X', {}))).toEqual(['2024-03-07', '2024-03-08']);
  });

  test.each([
    ['Asia/Seoul', '2024-03-08T14:59:59Z', ['2024-03-07']],
    ['Asia/Seoul', '2024-03-08T15:00:00Z', ['2024-03-07', '2024-03-08']],
    ['America/New_York', '2024-03-09T04:59:59Z', ['2024-03-07']],
    ['America/New_York', '2024-03-09T05:00:00Z', ['2024-03-07', '2024-03-08']],
    // the clocks went forward on the 10th
    ['America/New_York', '2024-03-12T03:59:59Z', ['2024-03-07', '2024-03-08'], '2024-03-11'],
    ['America/New_York', '2024-03-12T04:00:00Z', ['2024-03-07', '2024-03-08', '2024-03-11'], '2024-03-11'],
  ])('without a session in the answer are over at midnight in %s, at %s', async (zone, now, days, third?: string) => {
    const all = ['2024-03-07', '2024-03-08', ...(third === undefined ? [] : [third])];
    const noon = zone === 'Asia/Seoul' ? 'T03:00:00Z' : 'T16:00:00Z';
    answer(found({ rows: all.map((date) => ({ at: date + noon, cells: FIVE })), zone }));
    expect(daysOf(await sourceOf({ clock: () => new Date(now) }).getBars('X', {}))).toEqual(days);
  });

  test('sent an hour early, where Yahoo has the wrong offset, are the day meant', async () => {
    const rows = ['2022-01-13T02:00:00Z', '2022-01-14T02:00:00Z'].map((at) => ({ at, cells: FIVE }));
    answer(found({ rows, zone: 'America/Sao_Paulo' }));
    expect(daysOf(await sourceOf().getBars('X', {}))).toEqual(['2022-01-13', '2022-01-14']);
  });

  test('the running one is unfinished also on the hour before midnight', async () => {
    const rows = ['2024-03-14T00:00:00Z', '2024-03-15T00:00:00Z'].map((at) => ({ at, cells: FIVE }));
    const clock = () => new Date('2024-03-15T23:00:00Z');
    answer(found({ rows, zone: 'UTC', type: 'CRYPTOCURRENCY' }));
    expect(daysOf(await sourceOf({ clock }).getBars('BTC-USD', {}))).toEqual(['2024-03-14']);
    // a row of the last trade, taken for the day after
    rows[1].at = '2024-03-15T23:00:00Z';
    answer(found({ rows, zone: 'UTC', type: 'CRYPTOCURRENCY' }));
    expect(daysOf(await sourceOf({ clock }).getBars('BTC-USD', {}))).toEqual(['2024-03-14']);
  });

  test('a coming session leaves the last one finished', async () => {
    const rows = ['2024-03-14T13:30:00Z', '2024-03-15T13:30:00Z'].map((at) => ({ at, cells: FIVE }));
    answer(found({ rows, session: ['2024-03-18T13:30:00Z', '2024-03-18T20:00:00Z'] }));
    const clock = () => new Date('2024-03-18T12:00:00Z');
    expect(daysOf(await sourceOf({ clock }).getBars('X', {}))).toEqual(['2024-03-14', '2024-03-15']);
  });

  test('settleMinutes says how long a session settles', async () => {
    answer(
      found({
        rows: [{ at: '2024-03-15T13:30:00Z', cells: FIVE }],
        session: ['2024-03-15T13:30:00Z', '2024-03-15T20:00:00Z'],
      }),
    );
    const clock = () => new Date('2024-03-15T20:05:00Z');
    expect(await sourceOf({ clock }).getBars('X', {})).toEqual([]);
    expect(daysOf(await sourceOf({ clock, settleMinutes: 5 }).getBars('X', {}))).toEqual(['2024-03-15']);
  });
});

describe('rows', () => {
  const first = { at: '2024-03-13T13:30:00Z', cells: FIVE };
  const barsOf = (parts: ChartParts) => {
    answer(found(parts));
    return sourceOf().getBars('X', {});
  };

  test.each([
    ['null', [null, null, null, null, null]],
    ['null, with a volume', [null, null, null, null, 0]],
    ['0', [0, 0, 0, 0, 0]],
  ])('of %s have no price and are no bars', async (_, cells) => {
    expect(daysOf(await barsOf({ rows: [first, { at: '2024-03-14T13:30:00Z', cells }] }))).toEqual(['2024-03-13']);
  });

  test.each([
    ['open', [null, 12, 9, 11, 100], Number.NaN],
    ['high', [10, null, 9, 11, 100], Number.NaN],
    ['low', [10, 12, null, 11, 100], Number.NaN],
    ['close', [10, 12, 9, null, 100], Number.NaN],
    ['volume', [10, 12, 9, 11, null], Number.NaN],
    ['open', [0, 12, 9, 11, 100], 0],
    ['close', [10, 12, 9, 0, 100], 0],
  ])('without %s are handed on, not filled, and left out of the series', async (field, cells, from) => {
    const series = parseSeries(await barsOf({ rows: [first, { at: '2024-03-14T13:30:00Z', cells }] }));
    expect(series.dates).toEqual(['2024-03-13']);
    expect(series.repairs).toEqual([{ date: '2024-03-14', kind: 'filler', field, from }]);
  });

  test.each([
    ['EQUITY', []],
    ['ETF', []],
    ['INDEX', ['2024-03-13']],
    ['CURRENCY', ['2024-03-13']],
    ['MUTUALFUND', ['2024-03-13']],
  ])('without volume and range are no trading day of an %s', async (type, days) => {
    expect(daysOf(await barsOf({ type, rows: [{ at: first.at, cells: [10, 10, 10, 10, 0] }] }))).toEqual(days);
    // one trade is a day, and so is a range without a volume
    for (const cells of [
      [10, 10, 10, 10, 1],
      [10, 11, 10, 10, 0],
    ]) {
      expect(await barsOf({ type, rows: [{ at: first.at, cells }] })).toHaveLength(1);
    }
  });

  test('of the newest day, when there are two, count once, in the later form', async () => {
    const live = { at: '2024-03-13T19:59:58Z', cells: [10, 13, 9, 12, 120] };
    const bar = { date: '2024-03-13', open: 10, high: 13, low: 9, close: 12, volume: 120 };
    expect(await barsOf({ rows: [first, live] })).toEqual([bar]);
    const gap = { ...live, cells: [null, null, null, null, null] };
    expect(await barsOf({ rows: [first, gap] })).toMatchObject([{ close: 11, volume: 100 }]);
    const part = { ...live, cells: [10, 13, 9, 12, null] };
    expect(await barsOf({ rows: [first, part] })).toMatchObject([{ close: 11, volume: 100 }]);
  });

  test('of a past day, when there are two, must be the same', async () => {
    const next = { at: '2024-03-14T13:30:00Z', cells: FIVE };
    expect(daysOf(await barsOf({ rows: [first, first, next] }))).toEqual(['2024-03-13', '2024-03-14']);
    const other = { ...first, cells: [20, 24, 18, 22, 50] };
    await expect(barsOf({ rows: [first, other, next] })).rejects.toMatchObject({
      code: 'PRICE_SOURCE_FAILED',
      message: expect.stringContaining('2024-03-13'),
    });
  });
});

describe('splits', () => {
  const split = { at: '2024-03-14T13:30:00Z', numerator: 50, denominator: 1 };
  const around = (before: number, after: number, { numerator, denominator } = split, options = {}) => {
    const rows = [
      { at: '2024-03-13T13:30:00Z', cells: [before, before, before, before, 7] },
      { at: split.at, cells: [after, after, after, after, 7] },
    ];
    answer(found({ rows, splits: [{ ...split, numerator, denominator }] }));
    return sourceOf(options).getBars('X', {});
  };

  test('named in an answer do not change its prices or volumes a second time', async () => {
    expect(await around(53_000, 51_900)).toMatchObject([
      { close: 53_000, volume: 7 },
      { close: 51_900, volume: 7 },
    ]);
  });

  test('that the prices are not adjusted for refuse the answer: raw and adjusted prices are not mixed', async () => {
    const error = await failureOf(around(2_650_000, 51_900));
    expect(error).toMatchObject({ code: 'PRICE_SOURCE_FAILED', message: expect.stringContaining('2024-03-14') });
    await expect(around(10, 99, { ...split, numerator: 1, denominator: 10 })).rejects.toMatchObject({
      code: 'PRICE_SOURCE_FAILED',
    });
  });

  test('a real move of the split’s own size is read with checkSplits: false, as the error says', async () => {
    const error = await failureOf(around(100, 51, { ...split, numerator: 2 }));
    expect(error.message).toContain('checkSplits: false');
    expect(await around(100, 51, { ...split, numerator: 2 }, { checkSplits: false })).toHaveLength(2);
    expect(() => sourceOf({ checkSplits: 'no' as never })).toThrow(/checkSplits/);
  });

  test.each([
    ['a real fall of 45 % beside a split', 101, 55, 2, 1],
    ['a real rise of 253 % beside a reverse split', 1.02, 3.6, 1, 10],
    ['a fall beside a reverse split', 100, 60, 1, 10],
    ['a rise beside a split', 100, 180, 2, 1],
    ['a small ratio, which a move may look like', 110, 100, 11, 10],
    ['a ratio that is no number', 100, 50, 0, 0],
  ])('are not suspected behind %s', async (_, before, after, numerator, denominator) => {
    expect(await around(before, after, { ...split, numerator, denominator })).toHaveLength(2);
  });
});

test('an option that is none is refused, naming it', () => {
  const error = expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('sufix') });
  expect(() => yahooPrices({ sufix: '.KS' } as never)).toThrow(error);
});

test('more rows or splits than any instrument has are refused, not worked off', async () => {
  const rows = Array.from({ length: 60_001 }, (_, index) => ({
    at: new Date(Date.UTC(1850, 0, 1 + index)).toISOString(),
    cells: FIVE,
  }));
  answer(found({ rows }));
  expect((await failureOf(sourceOf().getBars('X', {}))).message).toContain('60001 rows');
  const splits = rows.slice(0, 1001).map(({ at }) => ({ at, numerator: 2, denominator: 1 }));
  answer(found({ rows: [{ at: '2024-03-13T13:30:00Z', cells: FIVE }], splits }));
  expect((await failureOf(sourceOf().getBars('X', {}))).message).toContain('1001 splits');
});

describe('what is asked', () => {
  const asked = () =>
    server.requests.map(({ url }) => {
      const day = (name: string) => new Date(Number(url.searchParams.get(name)) * 1000).toISOString().slice(0, 10);
      return `${decodeURIComponent(url.pathname.split('/').at(-1) ?? '')} ${day('period1')} ${day('period2')}`;
    });

  test('is the range in UTC days, widened by what zones can differ', async () => {
    answer(found({}));
    await sourceOf().getBars('X', { from: '2024-01-02', to: '2024-02-01' });
    await sourceOf().getBars('X', {});
    expect(asked()).toEqual(['X 2024-01-01 2024-02-03', 'X 1900-01-01 2024-03-18']);
    expect(Object.fromEntries(server.requests[0].url.searchParams)).toMatchObject({ interval: '1d', events: 'split' });
  });

  test('with a limit is about the days needed, and all only when they were too few', async () => {
    const bars = sampleBars(['2010-01-04', '2010-01-05', '2024-03-13', '2024-03-14'], 50);
    const busy = await serve(
      new Map([
        ['X', bars],
        ['Y', bars.slice(2)],
      ]),
    );
    const source = sourceOf({ baseUrl: busy.url });
    expect(await source.getBars('X', { limit: 2 })).toEqual(bars.slice(2));
    expect(busy.requests).toHaveLength(1);
    expect(await source.getBars('X', { limit: 3 })).toEqual(bars.slice(1));
    expect(busy.requests).toHaveLength(3);
    // here the answer says that there is nothing older
    expect(await source.getBars('Y', { limit: 3 })).toEqual(bars.slice(2));
    expect(busy.requests).toHaveLength(4);
    await busy.close();
  });

  test('is the code with its suffix, or the symbol that the host has for it', async () => {
    answer(found({}));
    await sourceOf().getBars('^GSPC', {});
    await sourceOf({ suffix: '.KS' }).getBars('005930', {});
    const symbolOf = (code: string) => ({ '035720': '035720.KQ' })[code];
    await sourceOf({ symbolOf }).getBars('035720', {});
    expect(asked().map((line) => line.split(' ')[0])).toEqual(['^GSPC', '005930.KS', '035720.KQ']);
    await expect(sourceOf({ symbolOf }).getBars('1', {})).rejects.toMatchObject({ code: 'UNKNOWN_CODE' });
    expect(server.requests).toHaveLength(3);
  });

  test.each(['../../v1/x', 'a/b', 'a?period1=0', 'a%2e', 'a#b'])('is one part of a path, also for %s', async (code) => {
    answer(found({}));
    await sourceOf().getBars(code, {});
    expect(server.requests[0].url.pathname).toBe(`/v8/finance/chart/${encodeURIComponent(code)}`);
  });

  test.each(['.', '..'])('is nothing for the code %s', async (code) => {
    await expect(sourceOf().getBars(code, {})).rejects.toMatchObject({ code: 'INVALID_KEY' });
    expect(server.requests).toEqual([]);
  });
});

describe('failures', () => {
  test('a symbol that is not found is UNKNOWN_CODE, with what Yahoo said as cause', async () => {
    answer(NOT_FOUND);
    const error = await failureOf(sourceOf().getBars('NOSUCH', {}));
    expect(error).toMatchObject({ code: 'UNKNOWN_CODE', actual: 'NOSUCH', cause: { status: 404 } });
    expect(error.cause.message).toContain('may be delisted');
    expect(server.requests).toHaveLength(1);
  });

  test('days before the first bar are an empty range', async () => {
    answer(NOT_THEN);
    expect(await sourceOf().getBars('X', { to: '1980-01-01' })).toEqual([]);
    expect(await sourceOf().getBars('X', { to: '1980-01-01', limit: 5 })).toEqual([]);
  });

  const HTML = '<!doctype html><title>Not found</title>';
  test.each([
    ['a page instead of JSON', { headers: { 'content-type': 'text/html' }, body: HTML }, 200, 'text/html'],
    ['a page with 404, as another server has it', { status: 404, body: HTML }, 404, 'HTTP 404'],
    [
      'a 401',
      json({ finance: { result: null, error: { code: 'Unauthorized', description: 'Invalid Crumb' } } }, 401),
      401,
      'Invalid Crumb',
    ],
    ['another 400', refused(400, 'Bad Request', 'Invalid input'), 400, 'Invalid input'],
    ['a chart with 404', json({ chart: { result: [chartOf({})], error: null } }, 404), 404, 'HTTP 404'],
    ['JSON that ends in the middle', { body: '{"chart":{"result":[{"meta":' }, 200, 'JSON'],
    ['bytes that are no text', { body: Uint8Array.of(0xff, 0xfe, 0x7b) }, 200, 'JSON'],
    ['nothing', { body: '' }, 200, '0 bytes'],
    ['another JSON', json({ quotes: [] }), 200, 'JSON'],
    ['no result', json({ chart: { result: [], error: null } }), 200, 'JSON'],
    ['another interval', found({ meta: { dataGranularity: '1mo' } }), 200, 'JSON'],
    ['no time zone', found({ meta: { exchangeTimezoneName: undefined } }), 200, 'JSON'],
    ['a time zone that is none', found({ zone: 'Mars/Olympus' }), 200, 'Mars/Olympus'],
  ])('%s is PRICE_SOURCE_FAILED, asked once', async (_, reply, status, message) => {
    answer(reply);
    const error = await failureOf(sourceOf().getBars('X', {}));
    expect(error).toMatchObject({ code: 'PRICE_SOURCE_FAILED', message: expect.stringContaining(message) });
    expect(error.message).toContain('yahooPrices(X)');
    expect(error.cause).toMatchObject({ status });
    expect(server.requests).toHaveLength(1);
  });

  test.each<[string, (chart: ReturnType<typeof chartOf>) => object]>([
    ['quotes without timestamps', ({ timestamp, ...rest }) => rest],
    [
      'a column that is too short',
      (chart) => ({ ...chart, indicators: { quote: [{ ...chart.indicators.quote[0], low: [9] }] } }),
    ],
    [
      'a column that is missing',
      (chart) => ({ ...chart, indicators: { quote: [{ ...chart.indicators.quote[0], volume: undefined }] } }),
    ],
    ['no columns', (chart) => ({ ...chart, indicators: { quote: [] } })],
    [
      'text for a number',
      (chart) => ({ ...chart, indicators: { quote: [{ ...chart.indicators.quote[0], close: ['11', '11'] }] } }),
    ],
    ['a timestamp that is none', (chart) => ({ ...chart, timestamp: [1.5, 2] })],
    ['days that run backwards', (chart) => ({ ...chart, timestamp: chart.timestamp?.toReversed() })],
  ])('%s are PRICE_SOURCE_FAILED', async (_, spoil) => {
    const rows = ['2024-03-13T13:30:00Z', '2024-03-14T13:30:00Z'].map((at) => ({ at, cells: FIVE }));
    answer(found({ rows }));
    expect(await sourceOf().getBars('X', {})).toHaveLength(2);
    answer(json({ chart: { result: [spoil(chartOf({ rows }))], error: null } }));
    const error = await failureOf(sourceOf().getBars('X', {}));
    expect(error).toMatchObject({ code: 'PRICE_SOURCE_FAILED', message: expect.stringContaining('cannot be read') });
    expect(error.cause.cause).toBeInstanceOf(Error);
  });

  test('429 and 503 are tried again, and then PRICE_SOURCE_FAILED', async () => {
    server.reply = (_, number) => ({ status: number === 1 ? 429 : 503, body: 'Too Many Requests' });
    const error = await failureOf(sourceOf().getBars('X', {}));
    expect(error).toMatchObject({ code: 'PRICE_SOURCE_FAILED', cause: { status: 503 } });
    expect(server.requests).toHaveLength(3);
  });

  test('an abort midway rejects with its reason', async () => {
    const controller = new AbortController();
    server.reply = () => {
      setImmediate(() => controller.abort(new Error('enough')));
      return { fault: 'hang' };
    };
    await expect(sourceOf().getBars('X', { signal: controller.signal })).rejects.toThrow('enough');
  });

  test.each([
    ['settleMinutes', { settleMinutes: -1 }],
    ['suffix', { suffix: 5 as never }],
    ['symbolOf', { symbolOf: 'x' as never }],
    ['symbolOf', { symbolOf: () => 'x', suffix: '.KS' }],
    ['retries', { retries: 1.5 }],
  ])('the option %s is checked', (field, options) => {
    expect(() => yahooPrices(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(field) }),
    );
  });

  test('a symbol or clock that is none is refused, naming it', async () => {
    const bad = sourceOf({ symbolOf: () => '' });
    await expect(bad.getBars('X', {})).rejects.toMatchObject({ code: 'INVALID_KEY', field: 'symbolOf("X")' });
    const stopped = sourceOf({ clock: () => new Date(Number.NaN) });
    await expect(stopped.getBars('X', {})).rejects.toMatchObject({ code: 'INVALID_DATE', field: 'clock()' });
    expect(server.requests).toEqual([]);
  });
});

test('nothing is sent before getBars, and then through the fetch that is there at the time', async () => {
  const sent: string[] = [];
  const source = yahooPrices();
  vi.stubGlobal('fetch', async (url: string) => {
    sent.push(new URL(url).origin);
    return new Response(found({}).body as string);
  });
  try {
    expect(await source.getBars('X', {})).toEqual([]);
  } finally {
    vi.unstubAllGlobals();
  }
  expect(sent).toEqual(['https://query2.finance.yahoo.com']);
});

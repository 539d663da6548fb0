import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type NaverPricesOptions, naverPrices } from '../../adapters/prices/naver.js';
import type { Bar } from '../../src/series/bar.js';
import { parseSeries } from '../../src/series/index.js';
import { priceSourceSuite } from '../../src/testing/index.js';
import { failureOf, type PricesServer, type Reply, startPricesServer } from './prices-server.js';

let server: PricesServer;
beforeAll(async () => {
  server = await startPricesServer();
});
beforeEach(() => {
  server.requests.length = 0;
});
afterAll(() => server.close());

/** 11:00 in Seoul on Friday 2024-04-05. */
const FRIDAY_MORNING = new Date('2024-04-05T02:00:00Z');
const sourceOf = (options: NaverPricesOptions = {}) =>
  naverPrices({ baseUrl: server.url, minGapMs: 0, backoffMs: 1, clock: () => FRIDAY_MORNING, ...options });

/** An answer in Naver's form; a row is 'YYYYMMDD|open|high|low|close|volume'. */
const xml = (rows: readonly string[], attributes = 'symbol="900001" name="x" timeframe="day" precision="0"') =>
  `<?xml version="1.0" encoding="EUC-KR" ?>\n\n<protocol>\n<chartdata ${attributes}>\n${rows
    .map((row) => `<item data="${row}" />`)
    .join('\n\n')}\n</chartdata>\n</protocol>\n`;
const rowOf = ({ date, open, high, low, close, volume }: Bar) =>
  [date.replaceAll('-', ''), open, high, low, close, volume].join('|');

const answer = (reply: Reply | string) => {
  server.reply = () => (typeof reply === 'string' ? { body: reply } : reply);
};
const daysOf = (bars: readonly Bar[]) => bars.map(({ date }) => date);

/** A server of these bars, newest `count` of them; of others it says nothing. */
async function serve(known: ReadonlyMap<string, readonly Bar[]>): Promise<PricesServer> {
  return startPricesServer((url) => {
    const symbol = url.searchParams.get('symbol') ?? '';
    const bars = known.get(symbol);
    if (url.pathname !== '/sise.nhn' || bars === undefined)
      return { body: '<?xml version="1.0" encoding="EUC-KR" ?>\n' };
    const newest = bars.slice(-Number(url.searchParams.get('count')));
    return { body: xml(newest.map(rowOf), `symbol="${symbol}" name="x" timeframe="day" precision="0"`) };
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
      return naverPrices({ baseUrl: each.url, minGapMs: 0 });
    },
    supports: { anyCode: 'codes are letters and digits', exactDoubles: 'prices are decimals of a tick' },
  });
});

describe('a whole answer', () => {
  const body = readFileSync(new URL('../fixtures/prices/naver-900001.xml', import.meta.url));
  const SPLITS = [{ date: '2024-04-03', ratio: 5 }];

  test('gives finished bars as Naver has them, which parseSeries mends', async () => {
    answer({ body });
    const bars = await sourceOf().getBars('900001', {});
    expect(bars).toEqual([
      { date: '2024-03-27', open: 10000, high: 10100, low: 9900, close: 10050, volume: 1000 },
      { date: '2024-03-28', open: 10050, high: 10199, low: 10000, close: 10200, volume: 1200 },
      { date: '2024-03-29', open: 10200, high: 10300, low: 10199, close: 10250, volume: 1100 },
      { date: '2024-04-01', open: 0, high: 0, low: 0, close: 10250, volume: 0 },
      { date: '2024-04-02', open: 0, high: 0, low: 0, close: 10250, volume: 0 },
      { date: '2024-04-03', open: 10300, high: 10900, low: 10250, close: 10800, volume: 7000 },
      { date: '2024-04-04', open: 10800, high: 10850, low: 10500, close: 10600, volume: 6500 },
    ]);
    const series = parseSeries(bars);
    expect([...series.high]).toEqual([10100, 10200, 10300, 10900, 10850]);
    expect(series.repairs.map(({ date, kind }) => [date, kind])).toEqual([
      ['2024-03-28', 'widened'],
      ['2024-04-01', 'halt'],
      ['2024-04-02', 'halt'],
    ]);
  });

  test('has volumes on the basis of the prices once the splits are known', async () => {
    answer({ body });
    const volumes = async (splitsOf: NaverPricesOptions['splitsOf']) =>
      (await sourceOf({ splitsOf }).getBars('900001', {})).map(({ volume }) => volume);
    expect(await volumes((code) => (code === '900001' ? SPLITS : []))).toEqual([5000, 6000, 5500, 0, 0, 7000, 6500]);
    expect(await volumes(() => [...SPLITS, { date: '2024-03-28', ratio: 2 }])).toEqual([
      10000, 6000, 5500, 0, 0, 7000, 6500,
    ]);
    expect(await volumes(() => undefined)).toEqual([1000, 1200, 1100, 0, 0, 7000, 6500]);
  });

  test.each([
    [[{ date: '2024-02-30', ratio: 5 }], 'INVALID_DATE', 'date'],
    [[{ date: '2024-04-03', ratio: 0 }], 'INVALID_ARGUMENT', 'ratio'],
    ['5:1', 'INVALID_ARGUMENT', 'splitsOf("900001")'],
  ])('refuses splits that are none: %j', async (splits, code, field) => {
    const source = sourceOf({ splitsOf: () => splits as never });
    await expect(source.getBars('900001', {})).rejects.toMatchObject({ code, message: expect.stringContaining(field) });
  });
});

describe('today', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  const lastBy = async (now: string, options: NaverPricesOptions = {}) => {
    answer(xml(['20240403|10|12|9|11|5', '20240404|10|12|9|11|5', '20240405|10|12|9|11|5']));
    return (await sourceOf({ clock: () => new Date(now), ...options }).getBars('900001', {})).at(-1)?.date;
  };

  test.each(['America/New_York', 'Asia/Seoul', 'Pacific/Kiritimati'])(
    'is Seoul’s, in a process in %s',
    async (zone) => {
      vi.stubEnv('TZ', zone);
      expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
      // midnight in Seoul
      expect(await lastBy('2024-04-04T14:59:59Z', { settleMinutes: 1440 })).toBe('2024-04-03');
      expect(await lastBy('2024-04-04T15:00:00Z', { settleMinutes: 1440 })).toBe('2024-04-04');
      // ten minutes after the close
      expect(await lastBy('2024-04-05T06:39:59.999Z')).toBe('2024-04-04');
      expect(await lastBy('2024-04-05T06:40:00Z')).toBe('2024-04-05');
    },
  );

  test('settles as long as settleMinutes says', async () => {
    expect(await lastBy('2024-04-05T10:59:59Z', { settleMinutes: 270 })).toBe('2024-04-04');
    expect(await lastBy('2024-04-05T11:00:00Z', { settleMinutes: 270 })).toBe('2024-04-05');
  });

  test.each([
    ['2023-11-16', 16],
    ['2024-11-14', 16],
    ['2025-11-13', 16],
    ['2026-11-19', 16],
    ['2026-11-12', 15],
    ['2025-11-20', 15],
    ['2024-11-15', 15],
    ['2024-10-17', 15],
  ])('%s closes at %i:30, late only on the day of the entrance examination', async (date, hour) => {
    answer(xml([`${date.replaceAll('-', '')}|10|12|9|11|5`]));
    const at = (time: string) => sourceOf({ clock: () => new Date(`${date}T${time}+09:00`) }).getBars('900001', {});
    expect(daysOf(await at(`${hour}:39:59`))).toEqual([]);
    expect(daysOf(await at(`${hour}:40:00`))).toEqual([date]);
  });

  test('is the clock’s: bars after it do not exist yet, and older ones are asked for beyond the newest', async () => {
    const bars = ['2024-04-01', '2024-04-02', '2024-04-03', '2024-04-04'].map((date) => ({
      date,
      open: 10,
      high: 12,
      low: 9,
      close: 11,
      volume: 5,
    }));
    const many = Array.from({ length: 40 }, (_, day) => ({
      ...bars[0],
      date: new Date(Date.UTC(2024, 4, 1 + day)).toISOString().slice(0, 10),
    }));
    const busy = await serve(new Map([['900001', [...bars, ...many]]]));
    const source = naverPrices({ baseUrl: busy.url, minGapMs: 0, clock: () => new Date('2024-04-03T12:00:00Z') });
    expect(daysOf(await source.getBars('900001', { limit: 2 }))).toEqual(['2024-04-02', '2024-04-03']);
    expect(daysOf(await source.getBars('900001', { from: '2024-04-03' }))).toEqual(['2024-04-03']);
    await busy.close();
  });
});

describe('what is asked', () => {
  const counts = () => server.requests.map(({ url }) => Number(url.searchParams.get('count')));

  test('is as many rows as the range can have', async () => {
    answer(xml([]));
    await sourceOf().getBars('900001', { from: '2024-04-01' });
    await sourceOf().getBars('900001', { limit: 400 });
    await sourceOf().getBars('900001', { limit: 5, to: '2024-03-26' });
    await sourceOf().getBars('900001', { limit: 400, from: '2024-04-01' });
    await sourceOf().getBars('900001', { from: '2030-01-01' });
    await sourceOf().getBars('900001', {});
    expect(counts()).toEqual([5, 410, 25, 5, 1, 20_000]);
    expect(server.requests[0].url.pathname).toBe('/sise.nhn');
    expect(Object.fromEntries(server.requests[0].url.searchParams)).toEqual({
      symbol: '900001',
      timeframe: 'day',
      count: '5',
      requestType: '0',
    });
  });

  test('is enough where the rows reach back to the beginning of the range', async () => {
    answer(xml(['20240401', '20240402', '20240403', '20240404', '20240405'].map((day) => `${day}|10|12|9|11|5`)));
    expect(daysOf(await sourceOf().getBars('900001', { from: '2024-04-01', to: '2024-04-02' }))).toEqual([
      '2024-04-01',
      '2024-04-02',
    ]);
    expect(counts()).toEqual([5]);
  });

  test('is all where fewer rows are finished than the range may have', async () => {
    const rows = Array.from({ length: 30 }, (_, day) => `202404${String(day + 1).padStart(2, '0')}|10|12|9|11|5`);
    server.reply = (url) => ({ body: xml(rows.slice(-Number(url.searchParams.get('count')))) });
    // rows after the clock, as a backtest meets them
    const clock = () => new Date('2024-04-10T00:00:00Z');
    expect(daysOf(await sourceOf({ clock }).getBars('900001', { limit: 1 }))).toEqual(['2024-04-09']);
    expect(counts()).toEqual([11, 20_000]);
  });

  test('is the symbol that the host has for a code', async () => {
    answer(xml([], 'symbol="KOSPI" name="x" timeframe="day" precision="2"'));
    const source = sourceOf({ symbolOf: (code) => (code === '^KS11' ? 'KOSPI' : undefined) });
    expect(await source.getBars('^KS11', {})).toEqual([]);
    await expect(source.getBars('005930', {})).rejects.toMatchObject({ code: 'UNKNOWN_CODE', actual: '005930' });
    expect(server.requests.map(({ url }) => url.searchParams.get('symbol'))).toEqual(['KOSPI']);
  });

  test.each(['005930.KS', '005930&count=1', '../005930', '삼성전자'])(
    'is nothing for %s, which is no code of the KRX',
    async (code) => {
      await expect(sourceOf().getBars(code, {})).rejects.toMatchObject({ code: 'UNKNOWN_CODE' });
      expect(server.requests).toEqual([]);
    },
  );
});

describe('rows', () => {
  const barsOf = (row: string) => {
    answer(xml([row]));
    return sourceOf().getBars('900001', {});
  };

  test.each([
    ['20240401|0|0|0|11|0', { open: 0, high: 0, low: 0, close: 11, volume: 0 }],
    ['20240401|10|11|9|12|5', { open: 10, high: 11, low: 9, close: 12, volume: 5 }],
    ['20240401|10.01|10.03|9.99|10.05|5', { open: 10.01, high: 10.03, low: 9.99, close: 10.05, volume: 5 }],
  ])('%s is handed on as it is', async (row, expected) => {
    expect(await barsOf(row)).toEqual([{ date: '2024-04-01', ...expected }]);
  });
});

describe('failures', () => {
  const PROLOG = '<?xml version="1.0" encoding="EUC-KR" ?>\n';
  test.each([
    ['a prolog alone', PROLOG],
    ['no chart', `${PROLOG}<protocol>\n\n</protocol>`],
    ['a chart without name and items', xml([], 'symbol="900001" name="" timeframe="day"')],
    ['a chart without name and content', '<protocol><chartdata symbol="" name="" timeframe="day" /></protocol>'],
  ])('%s is UNKNOWN_CODE', async (_, body) => {
    answer(body);
    await expect(sourceOf().getBars('900001', {})).rejects.toMatchObject({ code: 'UNKNOWN_CODE', actual: '900001' });
    expect(server.requests).toHaveLength(1);
  });

  const WHOLE = xml(['20240401|10|12|9|11|5', '20240402|10|12|9|11|5']);
  test.each([
    ['a page', '<!doctype html><html><body>점검 중</body></html>', 'one whole <protocol>'],
    ['nothing', '', 'empty'],
    ['an answer without its end', WHOLE.slice(0, WHOLE.indexOf('</chartdata>')), 'one whole <protocol>'],
    ['an answer cut within an item', WHOLE.slice(0, WHOLE.indexOf('20240402') + 12), 'one whole <protocol>'],
    ['a chart without its end', WHOLE.replace('</chartdata>', ''), 'one whole <chartdata>'],
    ['two charts', WHOLE.replace(/<chartdata.*<\/chartdata>/s, (chart) => chart + chart), 'something else'],
    ['something between the items', WHOLE.replace('\n\n<item', '\n<error/>\n<item'), 'something else'],
    ['another timeframe', WHOLE.replace('"day"', '"week"'), 'week'],
    ['another instrument', WHOLE.replace('900001', '900002'), '900002'],
    ['a row of five', xml(['20240401|10|12|9|11']), '20240401'],
    ['a row of seven', xml(['20240401|10|12|9|11|5|1']), '20240401'],
    ['a word for a number', xml(['20240401|null|null|null|11|5']), 'null'],
    ['an empty cell', xml(['20240401|10||9|11|5']), '20240401'],
    ['a negative price', xml(['20240401|10|12|-9|11|5']), '-9'],
    ['a day that does not exist', xml(['20240230|10|12|9|11|5']), '20240230'],
    ['a day twice', xml(['20240401|10|12|9|11|5', '20240401|10|12|9|11|5']), '2024-04-01'],
    ['newest first', xml(['20240402|10|12|9|11|5', '20240401|10|12|9|11|5']), '2024-04-01'],
  ])('%s is PRICE_SOURCE_FAILED, asked once', async (_, body, message) => {
    answer(body);
    const error = await failureOf(sourceOf().getBars('900001', {}));
    expect(error).toMatchObject({ code: 'PRICE_SOURCE_FAILED', message: expect.stringContaining(message) });
    expect(error.message).toContain('naverPrices(900001)');
    expect(error.cause).toBeInstanceOf(Error);
    expect(server.requests).toHaveLength(1);
  });

  test.each([401, 403, 404])('HTTP %i is PRICE_SOURCE_FAILED, whatever it says', async (status) => {
    answer({ status, body: WHOLE });
    const error = await failureOf(sourceOf().getBars('900001', {}));
    expect(error).toMatchObject({ code: 'PRICE_SOURCE_FAILED', cause: { status } });
    expect(server.requests).toHaveLength(1);
  });

  test.each([429, 500, 503])('HTTP %i is tried again', async (status) => {
    server.reply = (_, number) => (number < 3 ? { status } : { body: WHOLE });
    expect(await sourceOf().getBars('900001', {})).toHaveLength(2);
    server.reply = () => ({ status });
    expect(await failureOf(sourceOf().getBars('900001', {}))).toMatchObject({
      code: 'PRICE_SOURCE_FAILED',
      cause: { status },
    });
  });

  test('a body that the connection cuts is tried again', async () => {
    server.reply = (_, number) => ({ body: WHOLE, ...(number === 1 && { fault: 'cut' }) });
    expect(await sourceOf().getBars('900001', {})).toHaveLength(2);
  });

  test('an abort midway rejects with its reason', async () => {
    const controller = new AbortController();
    server.reply = () => {
      setImmediate(() => controller.abort(new Error('enough')));
      return { body: WHOLE, fault: 'stall' };
    };
    await expect(sourceOf().getBars('900001', { signal: controller.signal })).rejects.toThrow('enough');
  });

  test('a wrong option is refused, naming it', () => {
    expect(() => naverPrices({ settleMinutes: 0.5 })).toThrow(/settleMinutes/);
    expect(() => naverPrices({ sufix: '.KS' } as never)).toThrow(/sufix/);
    expect(() => naverPrices({ timeoutMs: 0 })).toThrow(/timeoutMs/);
    expect(() => naverPrices({ symbolOf: () => 'x', suffix: 'y' })).toThrow(/symbolOf/);
  });
});

test('nothing is sent before getBars, and then through the fetch that is there at the time', async () => {
  const sent: string[] = [];
  const source = naverPrices();
  vi.stubGlobal('fetch', async (url: string) => {
    sent.push(new URL(url).origin);
    return new Response(xml([]));
  });
  try {
    expect(await source.getBars('900001', {})).toEqual([]);
  } finally {
    vi.unstubAllGlobals();
  }
  expect(sent).toEqual(['https://fchart.stock.naver.com']);
});

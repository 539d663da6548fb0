import type { PriceSource } from '../prices/price-source.js';
import { type Bar, parseSeries } from '../series/index.js';
import { type ConformanceCase, missing, register, type Support, type TestFunction } from './conformance.js';
import { expectRejects, expectSame, expectThat } from './expect.js';
import { sampleBars } from './samples.js';

/** What a price source can have or lack. */
export interface PriceSourceSupport {
  /** Doubles come back bit by bit. Sources that round prices to the tick have it not. */
  exactDoubles?: Support | undefined;
  /** Any text may be a code. Sources with codes of one form have it not; others are then unknown. */
  anyCode?: Support | undefined;
  /** A known instrument may have no bar at all. */
  emptyInstruments?: Support | undefined;
}

/** How the suite gets at the price source that it tests. */
export interface PriceSourceSuiteOptions {
  /** The runner's `test`; without it the cases are only returned. */
  test?: TestFunction | undefined;
  /** Opens a source that knows exactly these instruments and their bars, ascending by date. */
  open(bars: ReadonlyMap<string, readonly Bar[]>): Promise<PriceSource> | PriceSource;
  /** Called after each case with the source that `open` returned. */
  cleanUp?: ((source: PriceSource) => Promise<void> | void) | undefined;
  supports?: PriceSourceSupport | undefined;
}

// around a leap day, a year's end and two clock changes; weekends left out
const DATES = ['2023-12-28', '2023-12-29', '2024-01-02', '2024-02-29', '2024-03-08', '2024-03-11', '2024-11-04'];
const BARS = sampleBars(DATES, 70_000);
const KNOWN = new Map([
  ['005930', BARS],
  ['000660', sampleBars(['2024-03-08'], 150_000)],
]);

const ODD_CODES = ['삼성전자', 'BRK.B', '^GSPC', "'; DROP TABLE ohlcv; --", '100%_', 'a b', '\u{1f4c8}'];

interface PriceCase {
  name: string;
  needs?: keyof PriceSourceSupport | undefined;
  bars?: ReadonlyMap<string, readonly Bar[]> | undefined;
  run(source: PriceSource): Promise<void>;
}

const cases: PriceCase[] = [
  {
    name: 'without bounds all bars come, ascending, each instrument its own',
    async run(source) {
      expectSame(await source.getBars('005930', {}), BARS, "getBars('005930')");
      expectSame(await source.getBars('000660', {}), KNOWN.get('000660'), "getBars('000660')");
      expectSame(await source.getBars('005930', {}), BARS, 'the same again');
    },
  },
  {
    name: 'the bars make a series in which nothing has to be mended',
    async run(source) {
      const series = parseSeries(await source.getBars('005930', {}), { code: '005930' });
      expectSame(series.dates, DATES, 'the dates of the series');
      expectSame(series.repairs, [], 'the repairs');
    },
  },
  {
    name: 'from and to are inclusive, and need not be trading days',
    async run(source) {
      for (const from of [undefined, '2023-01-01', '2023-12-29', '2023-12-30', '2024-11-04', '2025-01-01']) {
        for (const to of [
          undefined,
          '2023-01-01',
          '2024-01-01',
          '2024-02-29',
          '2024-03-01',
          '2024-11-04',
          '2030-01-01',
        ]) {
          const within = BARS.filter(({ date }) => (from ?? date) <= date && date <= (to ?? date));
          expectSame(await source.getBars('005930', { from, to }), within, `the bars from ${from} to ${to}`);
        }
      }
    },
  },
  {
    name: 'limit keeps the newest bars within the bounds, ascending still',
    async run(source) {
      expectSame(await source.getBars('005930', { limit: 2 }), BARS.slice(-2), 'limit 2');
      expectSame(await source.getBars('005930', { limit: 1, to: '2024-03-01' }), [BARS[3]], 'limit 1 to 2024-03-01');
      const within = await source.getBars('005930', { limit: 2, from: '2023-12-29', to: '2024-03-08' });
      expectSame(within, BARS.slice(3, 5), 'limit 2 between two days');
      expectSame(await source.getBars('005930', { limit: 1000 }), BARS, 'a limit above the number of bars');
    },
  },
  {
    name: 'a range without a bar of a known instrument is empty, no error',
    async run(source) {
      expectSame(await source.getBars('005930', { from: '2024-03-09', to: '2024-03-10' }), [], 'a weekend');
      expectSame(await source.getBars('000660', { to: '2000-01-01', limit: 5 }), [], 'before the first bar');
    },
  },
  {
    name: 'a known instrument without any bar gives an empty array',
    needs: 'emptyInstruments',
    bars: new Map([['EMPTY', []]]),
    async run(source) {
      expectSame(await source.getBars('EMPTY', {}), [], "getBars('EMPTY')");
    },
  },
  {
    name: 'an unknown instrument is UNKNOWN_CODE, whatever the range, and the error names it',
    async run(source) {
      for (const range of [{}, { to: '2000-01-01' }, { limit: 1 }]) {
        const error = await expectRejects(() => source.getBars('999999', range), 'UNKNOWN_CODE', "getBars('999999')");
        expectThat(error.message.includes('999999'), `UNKNOWN_CODE must name the code, got: ${error.message}`);
      }
    },
  },
  {
    name: 'a code that is no code is refused with a typed error',
    async run(source) {
      for (const code of ['', '../005930', 'x/../005930', '..', '005930\0', '005930\n']) {
        const call = () => source.getBars(code, {});
        await expectRejects(call, ['INVALID_KEY', 'UNKNOWN_CODE'], `getBars(${JSON.stringify(code)})`);
      }
    },
  },
  {
    name: 'a bad bound is refused with a typed error that names it',
    async run(source) {
      const bad = [
        [{ from: '2024-02-30' }, 'INVALID_DATE', 'from'],
        [{ to: '20240229' }, 'INVALID_DATE', 'to'],
        [{ to: 'today' }, 'INVALID_DATE', 'to'],
        [{ limit: 0 }, 'INVALID_ARGUMENT', 'limit'],
        [{ limit: 1.5 }, 'INVALID_ARGUMENT', 'limit'],
        [{ limit: Number.NaN }, 'INVALID_ARGUMENT', 'limit'],
      ] as const;
      for (const [range, code, field] of bad) {
        const error = await expectRejects(() => source.getBars('005930', range), code, `getBars with ${field}`);
        expectThat(error.message.includes(field), `the error must name ${field}, got: ${error.message}`);
      }
    },
  },
  {
    name: 'an aborted signal rejects with its own reason',
    async run(source) {
      const reason = new Error('enough');
      const outcome = await source.getBars('005930', { signal: AbortSignal.abort(reason) }).then(
        () => 'an answer',
        (error: unknown) => error,
      );
      expectThat(outcome === reason, `getBars under an aborted signal: expected the signal's reason, got ${outcome}`);
      const live = new AbortController().signal;
      expectSame(await source.getBars('005930', { signal: live }), BARS, 'getBars under a live signal');
    },
  },
  {
    name: 'calls at the same time do not mix',
    async run(source) {
      const calls = Array.from({ length: 12 }, (_, index) => source.getBars(index % 2 ? '005930' : '000660', {}));
      for (const [index, bars] of (await Promise.all(calls)).entries()) {
        expectSame(bars, KNOWN.get(index % 2 ? '005930' : '000660'), `call ${index}`);
      }
    },
  },
  {
    name: 'the bars belong to the caller: changing them changes no later answer',
    async run(source) {
      const bars = await source.getBars('005930', {});
      bars[0].close = -1;
      bars.length = 1;
      expectSame(await source.getBars('005930', {}), BARS, 'getBars');
    },
  },
  {
    name: 'doubles come back bit by bit',
    needs: 'exactDoubles',
    bars: new Map([
      ['X', [{ date: '2024-03-08', open: 0.1 + 0.2, high: 1e21, low: 5e-324, close: 1 / 3, volume: 1e15 + 0.5 }]],
    ]),
    async run(source) {
      const bar = { date: '2024-03-08', open: 0.1 + 0.2, high: 1e21, low: 5e-324, close: 1 / 3, volume: 1e15 + 0.5 };
      expectSame(await source.getBars('X', {}), [bar], "getBars('X')");
    },
  },
  {
    name: 'codes of any script and with any sign are told apart',
    needs: 'anyCode',
    bars: new Map(ODD_CODES.map((code, index) => [code, sampleBars(['2024-03-08'], index + 1)])),
    async run(source) {
      for (const [index, code] of ODD_CODES.entries()) {
        const expected = sampleBars(['2024-03-08'], index + 1);
        expectSame(await source.getBars(code, {}), expected, `getBars(${JSON.stringify(code)})`);
      }
      await expectRejects(() => source.getBars('100x_', {}), 'UNKNOWN_CODE', "getBars('100x_')");
    },
  },
];

/**
 * Returns the cases that hold a PriceSource to every promise of the interface, and registers them with `test` if it is
 * given. `open` is called anew for each case with the bars that the source has to serve.
 */
export function priceSourceSuite(options: PriceSourceSuiteOptions): ConformanceCase[] {
  const supports = options.supports ?? {};
  const suite = cases.map(({ name, needs, bars, run }) => ({
    name,
    skipped: needs && missing(needs, supports[needs]),
    async run() {
      const source = await options.open(bars ?? KNOWN);
      try {
        await run(source);
      } finally {
        await options.cleanUp?.(source);
      }
    },
  }));
  register(suite, options.test);
  return suite;
}

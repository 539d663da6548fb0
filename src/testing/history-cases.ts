import type { PerformanceRecord, WeightsRecord } from '../store/records.js';
import type { HistoryQuery, Store } from '../store/store.js';
import { expectRejects, expectSame, expectThat } from './expect.js';
import { samplePerformance, sampleWeights } from './samples.js';
import type { StoreCase } from './store-cases.js';

const DAYS = ['2024-01-31', '2024-02-29', '2024-03-31'];

/** Rows of two codes and two horizons over three days, in list order. */
function grid<Row>(make: (fields: { code: string; horizon: number; asOf: string; sampleCount: number }) => Row): Row[] {
  let sampleCount = 0;
  return DAYS.flatMap((asOf) =>
    ['000660', '005930'].flatMap((code) =>
      [1, 10].map((horizon) => make({ code, horizon, asOf, sampleCount: sampleCount++ })),
    ),
  );
}

async function expectFilters<Row extends { code: string; horizon: number; asOf: string }>(
  list: (query?: HistoryQuery) => Promise<Row[]>,
  rows: readonly Row[],
): Promise<void> {
  const cases: [HistoryQuery | undefined, (row: Row, index: number) => boolean][] = [
    [undefined, () => true],
    [{ code: '005930' }, (row) => row.code === '005930'],
    [{ horizon: 10 }, (row) => row.horizon === 10],
    [{ fromAsOf: '2024-02-29' }, (row) => row.asOf >= '2024-02-29'],
    [{ toAsOf: '2024-02-29' }, (row) => row.asOf <= '2024-02-29'],
    [{ limit: 5 }, (_, index) => index < 5],
    [
      { code: '000660', horizon: 1, toAsOf: '2024-03-30' },
      (row) => {
        return row.code === '000660' && row.horizon === 1 && row.asOf < '2024-03-31';
      },
    ],
  ];
  for (const [query, keeps] of cases) expectSame(await list(query), rows.filter(keeps), JSON.stringify(query));
  await expectRejects(() => list({ fromAsOf: '2024-02-30' }), 'INVALID_DATE', 'a list from an impossible date');
}

const newest = async (store: Store, asOf?: string) => (await store.getWeights('005930', 1, asOf))?.asOf;

/** Weights and performance: replaced on their key, their history kept. */
export const historyCases: StoreCase[] = [
  {
    name: 'weights come back exactly as they were put, newest first asked for, absent fields absent',
    async run({ store }) {
      expectSame(await store.getWeights('005930', 1), undefined, 'getWeights of an empty store');
      const full = sampleWeights({ hitRates: { chronos: 1, lgbm: 0, naive: 5e-324, ensemble: 1 / 3 } });
      const bare = sampleWeights({ horizon: 2, hitRates: {}, calibration: undefined, sampleCount: 0 });
      await store.putWeights([full, bare]);
      expectSame(await store.getWeights('005930', 1), full, 'getWeights');
      expectSame(await store.getWeights('005930', 2), bare, 'getWeights of the bare row');
      expectSame(await store.getWeights('000660', 1), undefined, 'getWeights of another code');
      expectSame(await store.getWeights('005930', 3), undefined, 'getWeights of another horizon');
    },
  },
  {
    name: 'getWeights returns the newest row, or the newest not after a day; history is kept',
    async run({ store }) {
      for (const asOf of ['2024-02-29', '2024-03-31', '2024-01-31']) await store.putWeights([sampleWeights({ asOf })]);
      expectSame(await newest(store), '2024-03-31', 'the newest row');
      expectSame(await newest(store, '2024-03-30'), '2024-02-29', 'the newest row by 2024-03-30');
      expectSame(await newest(store, '2024-02-29'), '2024-02-29', 'the newest row by its own day');
      expectSame(await newest(store, '2024-01-30'), undefined, 'a row before the first');
      expectSame((await store.listWeights()).length, 3, 'the history');
    },
  },
  {
    name: 'getManyWeights returns what getWeights does for each key, in their order, a key twice twice',
    needs: 'weightReads',
    async run({ store }) {
      expectThat(
        store.getManyWeights !== undefined,
        'getManyWeights is missing: say supports: { weightReads } why, or write it',
      );
      const many = (keys: readonly { code: string; horizon: number }[], asOf?: string) =>
        store.getManyWeights!(keys, asOf);
      const rows = ['2024-02-29', '2024-03-31'].flatMap((asOf) => [
        sampleWeights({ asOf }),
        sampleWeights({ asOf, horizon: 3 }),
        sampleWeights({ asOf, code: '5930' }),
      ]);
      await store.putWeights(rows);
      const keys = [
        { code: '5930', horizon: 1 },
        { code: '005930', horizon: 3 },
        { code: '000660', horizon: 1 },
        { code: '005930', horizon: 1 },
        { code: '5930', horizon: 1 },
      ];
      for (const asOf of [undefined, '2024-03-30', '2024-02-28']) {
        const expected = await Promise.all(keys.map(({ code, horizon }) => store.getWeights(code, horizon, asOf)));
        expectSame(await many(keys, asOf), expected, `getManyWeights by ${asOf}`);
      }
      expectSame((await many(keys))[0]?.asOf, '2024-03-31', 'the newest row');
      expectSame(await many([]), [], 'getManyWeights of nothing');
      await expectRejects(() => many([{ code: '', horizon: 1 }]), 'INVALID_KEY', 'getManyWeights of no code');
      await expectRejects(() => many([{ code: 'a', horizon: 0 }]), 'INVALID_HORIZON', 'getManyWeights of horizon 0');
      await expectRejects(() => many(keys, 'now'), 'INVALID_DATE', 'getManyWeights by no day');
    },
  },
  {
    name: 'weights put again on (code, horizon, asOf) replace the row',
    async run({ store }) {
      await store.putWeights([sampleWeights(), sampleWeights({ asOf: '2024-03-09' })]);
      const changed = sampleWeights({
        weights: { naive: 1 },
        hitRates: {},
        calibration: undefined,
      });
      await store.putWeights([changed]);
      await store.putWeights([changed]);
      expectSame(await store.listWeights(), [changed, sampleWeights({ asOf: '2024-03-09' })], 'listWeights');
    },
  },
  {
    name: 'listWeights filters, ascending by (asOf, code, horizon)',
    async run({ store }) {
      const rows = grid<WeightsRecord>((fields) => sampleWeights(fields));
      await store.putWeights([...rows].reverse());
      await expectFilters((query) => store.listWeights(query), rows);
    },
  },
  {
    name: 'bad weights are refused with a typed error, and nothing of that call is stored',
    async run({ store }) {
      const bad: object[] = [
        { weights: { chronos: Number.NaN, naive: 0 } },
        { weights: { chronos: 1.5, naive: -0.5 } },
        { weights: { chronos: 0.5, naive: 0.4 } },
        { weights: { Chronos: 1 } },
        { hitRates: { ensemble: 2 } },
        { hitRates: { 'my model': 0.5 } },
        { calibration: { low: -3, high: 1 } },
        { sampleCount: -1 },
        { sampleCount: 0.5 },
      ];
      for (const fields of bad) {
        const record = { ...sampleWeights({ horizon: 2 }), ...fields };
        await expectRejects(() => store.putWeights([sampleWeights(), record]), 'INVALID_ARGUMENT', 'putWeights');
      }
      const undated = sampleWeights({ asOf: '' });
      await expectRejects(
        () => store.putWeights([sampleWeights(), undated]),
        'INVALID_DATE',
        'putWeights without a day',
      );
      expectSame(await store.listWeights(), [], 'listWeights');
      await expectRejects(() => store.getWeights('005930', 0), 'INVALID_HORIZON', 'getWeights of horizon 0');
      await expectRejects(() => store.getWeights('', 1), 'INVALID_KEY', 'getWeights of no code');
      await expectRejects(() => store.getWeights('005930', 1, 'now'), 'INVALID_DATE', 'getWeights by no day');
    },
  },
  {
    name: 'performance comes back exactly as it was put, replaced on (code, horizon, asOf, windowDays)',
    async run({ store }) {
      const empty: PerformanceRecord = {
        code: '005930',
        horizon: 1,
        asOf: '2024-03-08',
        windowDays: 7,
        sampleCount: 0,
      };
      const full = samplePerformance();
      await store.putPerformance([samplePerformance({ hitRate: 0 }), empty]);
      await store.putPerformance([full]);
      await store.putPerformance([full]);
      const rows = await store.listPerformance();
      rows.sort((a, b) => a.windowDays - b.windowDays);
      expectSame(rows, [empty, full], 'listPerformance');
    },
  },
  {
    name: 'listPerformance filters, ascending by (asOf, code, horizon)',
    async run({ store }) {
      const rows = grid<PerformanceRecord>((fields) => samplePerformance(fields));
      await store.putPerformance([...rows].reverse());
      await expectFilters((query) => store.listPerformance(query), rows);
    },
  },
  {
    name: 'bad performance is refused with a typed error, and nothing of that call is stored',
    async run({ store }) {
      for (const fields of [{ hitRate: 1.5 }, { windowDays: 0 }, { coverage: Number.NaN }, { meanAbsError: -1 }]) {
        const bad = samplePerformance({ horizon: 2, ...fields });
        const call = () => store.putPerformance([samplePerformance(), bad]);
        await expectRejects(call, 'INVALID_ARGUMENT', `putPerformance with ${JSON.stringify(fields)}`);
      }
      expectSame(await store.listPerformance(), [], 'listPerformance');
    },
  },
];

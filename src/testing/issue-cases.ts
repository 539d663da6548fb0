import { joinPrediction } from '../store/join-prediction.js';
import type { IssuedForecast, PredictionRecord } from '../store/records.js';
import { expectSame } from './expect.js';
import { samplePrediction, sureOf } from './samples.js';
import type { StoreCase } from './store-cases.js';

const KEY = { code: '005930', baseDate: '2024-03-08', horizon: 1 };

const issued = (issue: PredictionRecord['issue'], price: number, fields: Partial<PredictionRecord> = {}) =>
  samplePrediction({ issue, issuedAt: new Date(1e12 + price), ...sureOf(price), ...fields });

/** What of a record an `earlier` keeps, written down field by field. */
const asEarlier = (record: PredictionRecord): IssuedForecast => ({
  issuedAt: record.issuedAt,
  pointClose: record.pointClose,
  levels: record.levels,
  quantiles: record.quantiles,
  ciLow: record.ciLow,
  ciHigh: record.ciHigh,
  probUp: record.probUp,
  probFlat: record.probFlat,
  probDown: record.probDown,
  direction: record.direction,
  expectedReturn: record.expectedReturn,
  weights: record.weights,
  members: record.members,
  sourcesUsed: record.sourcesUsed,
  ...(record.calibration && { calibration: record.calibration }),
});

/** Forecasts issued at the close and before the open: which one stands, and which one it keeps. */
export const issueCases: StoreCase[] = [
  {
    name: 'a forecast issued before the open takes the place of the one at the close and keeps it as its earlier, whole',
    async run({ store }) {
      const members = { m: { ...samplePrediction().members.my_model, direction: 'down' as const, expectedReturn: 9 } };
      const close = issued('close', 100, { members, weights: { m: 1 }, calibration: undefined, userTriggered: true });
      const open = issued('open', 101);
      await store.upsertPredictions([close]);
      await store.upsertPredictions([open]);
      const expected = { ...open, userTriggered: true, earlier: asEarlier(close) };
      expectSame(await store.getPrediction(KEY), expected, 'getPrediction');
      expectSame(await store.listPredictions(), [expected], 'listPredictions');
      const again = issued('open', 102);
      await store.upsertPredictions([again]);
      const kept = { ...again, userTriggered: true, earlier: asEarlier(close) };
      expectSame(await store.getPrediction(KEY), kept, 'after one issued before the open again');
    },
  },
  {
    name: 'a forecast issued at the close replaces one at the close, and only the earlier of one before the open',
    async run({ store }) {
      await store.upsertPredictions([issued('close', 100)]);
      await store.upsertPredictions([issued('close', 101)]);
      expectSame(await store.getPrediction(KEY), issued('close', 101), 'after the close twice');
      const open = issued('open', 102);
      await store.upsertPredictions([open]);
      const late = issued('close', 103, { userTriggered: true, targetDate: '2024-03-12' });
      await store.upsertPredictions([late]);
      const expected = { ...open, userTriggered: true, earlier: asEarlier(late) };
      expectSame(await store.getPrediction(KEY), expected, 'after the close behind the open');
    },
  },
  {
    name: 'an earlier forecast that a record brings along is kept',
    async run({ store }) {
      const record = issued('open', 101, { earlier: asEarlier(issued('close', 100)) });
      await store.upsertPredictions([record]);
      expectSame(await store.getPrediction(KEY), record, 'getPrediction');
      const newer = issued('open', 103, { earlier: asEarlier(issued('close', 102)) });
      await store.upsertPredictions([newer]);
      expectSame(await store.getPrediction(KEY), newer, 'after another');
    },
  },
  {
    name: 'issues put in one call, or one after another, or at the same time, come to the same',
    async run({ store }) {
      const forms: PredictionRecord['issue'][] = ['close', 'open'];
      let number = 0;
      for (const first of forms) {
        for (const second of forms) {
          for (const third of forms) {
            const records = [first, second, third].map((issue, index) =>
              issued(issue, 100 + index, { userTriggered: index === 1 }),
            );
            const expected = records.reduce<PredictionRecord | undefined>(joinPrediction, undefined)!;
            const named = (code: string) => records.map((record) => ({ ...record, code }));
            const [apart, together] = [`apart ${number}`, `together ${number++}`];
            for (const record of named(apart)) await store.upsertPredictions([record]);
            await store.upsertPredictions([named(together)[0]]);
            await store.upsertPredictions(named(together).slice(1));
            for (const code of [apart, together]) {
              const what = `${first}, ${second}, ${third}: ${code}`;
              expectSame(await store.getPrediction({ ...KEY, code }), { ...expected, code }, what);
            }
          }
        }
      }
      for (let round = 0; round < 5; round++) {
        const [close, open] = [issued('close', 100, { code: `R${round}` }), issued('open', 101, { code: `R${round}` })];
        await Promise.all([store.upsertPredictions([open]), store.upsertPredictions([close])]);
        expectSame(
          await store.getPrediction({ ...KEY, code: close.code }),
          { ...open, earlier: asEarlier(close) },
          'the row after a race of close and open',
        );
      }
    },
  },
];

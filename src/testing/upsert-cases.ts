import type { PredictionRecord } from '../store/records.js';
import { BAD_INPUT, expectRejects, expectSame, expectThat } from './expect.js';
import { keyOf, sampleOutcome, samplePrediction, sureOf } from './samples.js';
import type { StoreCase } from './store-cases.js';

const badFields: [string, Partial<Record<keyof PredictionRecord, unknown>>][] = [
  ['an empty code', { code: '' }],
  ['a code that is no string', { code: 5930 }],
  ['a code with a line break', { code: 'a\nb' }],
  ['half a surrogate pair', { code: 'a\ud800' }],
  ['an impossible base date', { baseDate: '2023-02-29' }],
  ['a base date with a time', { baseDate: '2024-03-08T00:00:00Z' }],
  ['a target date before the base date', { targetDate: '2024-03-07' }],
  ['an invalid issuedAt', { issuedAt: new Date(Number.NaN) }],
  ['horizon 0', { horizon: 0 }],
  ['a fractional horizon', { horizon: 1.5 }],
  ['NaN as pointClose', { pointClose: Number.NaN }],
  ['an infinite ciHigh', { ciHigh: Number.POSITIVE_INFINITY }],
  ['a base close of 0', { baseClose: 0 }],
  ['a probability above 1', { probUp: 1.01 }],
  ['an unknown direction', { direction: 'sideways' }],
  ['a flag that is no boolean', { userTriggered: 1 }],
  ['NaN inside a member', { members: { naive: { ...samplePrediction().members.my_model, ciLow: Number.NaN } } }],
  ['no levels', { levels: undefined }],
  ['fewer quantiles than levels', { quantiles: [72_100.5, 74_980.75] }],
  ['levels that descend', { levels: [0.9, 0.5, 0.1] }],
  ['level 0', { levels: [0, 0.5, 0.9] }],
  ['level 1', { levels: [0.1, 0.5, 1] }],
  ['quantiles that cross', { quantiles: [74_000, 73_000, 75_000] }],
  ['a quantile of 0', { quantiles: [0, 73_541.25, 74_980.75] }],
  [
    'quantiles of a member that cross',
    { members: { m: { ...samplePrediction().members.chronos, quantiles: [3, 2, 1] } } },
  ],
  ['a point outside its interval', { pointClose: 75_000 }],
  ['weights that do not sum to 1', { weights: { chronos: 0.6, my_model: 0.3 } }],
  ['no weights', { weights: {} }],
  ['a negative weight', { weights: { chronos: 1.5, my_model: -0.5 } }],
  ['a member with a capital in its name', { members: { Chronos: samplePrediction().members.chronos } }],
  ['a weight of a name with a dash', { weights: { 'my-model': 1 } }],
  ['a name of 41 letters', { weights: { ['m'.repeat(41)]: 1 } }],
  ['a calibration of 0', { calibration: { low: 0, high: 1 } }],
  ['an issue at noon', { issue: 'noon' }],
  ['no issue', { issue: undefined }],
  ['half an earlier forecast', { issue: 'open', earlier: { issuedAt: new Date(0), ...sureOf(1) } }],
];

/** What a second put changes, and what is refused: all or none, and the flag accumulates. */
export const upsertCases: StoreCase[] = [
  {
    name: 'a second upsert replaces every field but userTriggered, which becomes old OR new',
    async run({ store }) {
      const first = samplePrediction({ userTriggered: true });
      const second = samplePrediction({
        targetDate: '2024-03-12',
        issuedAt: new Date('2024-03-08T09:00:00Z'),
        baseClose: 1,
        ...sureOf(2),
        probUp: 0.1,
        probFlat: 0.2,
        probDown: 0.7,
        direction: 'down',
        expectedReturn: 5,
        weights: { naive: 1 },
        calibration: undefined,
        members: { naive: samplePrediction().members.my_model },
        sourcesUsed: ['naive'],
      });
      await store.upsertPredictions([first]);
      await store.upsertPredictions([second]);
      const expected = { ...second, userTriggered: true };
      expectSame(await store.getPrediction(keyOf(first)), expected, 'after true, then false');
      const batch = samplePrediction({ horizon: 2 });
      await store.upsertPredictions([batch]);
      expectSame((await store.getPrediction(keyOf(batch)))?.userTriggered, false, 'userTriggered after false');
      await store.upsertPredictions([{ ...batch, userTriggered: true }]);
      expectSame(
        (await store.getPrediction(keyOf(batch)))?.userTriggered,
        true,
        'userTriggered after false, then true',
      );
      expectSame((await store.listPredictions()).length, 2, 'the number of predictions');
    },
  },
  {
    name: 'one call may hold a key twice: the last stands, the flags are joined by OR',
    async run({ store }) {
      const records = [samplePrediction({ userTriggered: true }), samplePrediction(sureOf(2))];
      await store.upsertPredictions(records);
      expectSame(await store.listPredictions(), [{ ...records[1], userTriggered: true }], 'listPredictions');
    },
  },
  {
    name: 'upserts at the same time lose no flag and make no duplicate',
    async run({ store }) {
      const keys = Array.from({ length: 10 }, (_, index) => samplePrediction({ horizon: index + 1 }));
      const calls = Array.from({ length: 20 }, (_, call) => {
        const records = keys.map((record, index) => ({ ...record, userTriggered: (call + index) % 20 === 0 }));
        return store.upsertPredictions(call % 2 === 0 ? records : records.reverse());
      });
      await Promise.all(calls);
      const expected = keys.map((record) => ({ ...record, userTriggered: true }));
      expectSame(await store.listPredictions(), expected, 'listPredictions');
    },
  },
  {
    name: 'a prediction with an outcome is not overwritten, and nothing of that call is stored',
    async run({ store }) {
      const matched = samplePrediction({ horizon: 2 });
      const open = samplePrediction({ horizon: 1 });
      await store.upsertPredictions([open, matched]);
      await store.recordOutcomes([sampleOutcome({ horizon: 2 })]);
      const changed = { ...open, ...sureOf(1), userTriggered: true };
      const fresh = samplePrediction({ code: 'new' });
      const error = await expectRejects(
        () => store.upsertPredictions([changed, { ...matched, userTriggered: true }, fresh]),
        'ALREADY_MATCHED',
        'upsertPredictions over an outcome',
      );
      for (const part of [matched.code, matched.baseDate]) {
        expectThat(error.message.includes(part), `ALREADY_MATCHED must name the key, got: ${error.message}`);
      }
      expectSame(await store.listPredictions(), [open, matched], 'listPredictions');
      expectSame(await store.listOutcomes(), [sampleOutcome({ horizon: 2 })], 'listOutcomes');
    },
  },
  {
    name: 'a bad record is refused with a typed error, and nothing of that call is stored',
    async run({ store }) {
      await store.upsertPredictions([samplePrediction()]);
      for (const [what, fields] of badFields) {
        const bad = { ...samplePrediction({ code: 'bad' }), ...fields } as PredictionRecord;
        const good = samplePrediction({ code: 'good' });
        await expectRejects(() => store.upsertPredictions([good, bad]), BAD_INPUT, `upsertPredictions with ${what}`);
      }
      expectSame(await store.listPredictions(), [samplePrediction()], 'listPredictions');
      const key = keyOf(samplePrediction());
      await expectRejects(() => store.getPrediction({ ...key, horizon: 0 }), 'INVALID_HORIZON', 'getPrediction');
      await expectRejects(() => store.getPrediction({ ...key, baseDate: 'x' }), 'INVALID_DATE', 'getPrediction');
      await expectRejects(() => store.getPrediction({ ...key, code: '' }), 'INVALID_KEY', 'getPrediction');
    },
  },
  {
    name: 'an upsert of nothing changes nothing',
    async run({ store }) {
      await store.upsertPredictions([samplePrediction()]);
      await store.upsertPredictions([]);
      expectSame(await store.listPredictions(), [samplePrediction()], 'listPredictions');
    },
  },
];

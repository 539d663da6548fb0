import type { OutcomeRecord } from '../store/records.js';
import type { OutcomeQuery } from '../store/store.js';
import { expectRejects, expectSame, expectThat } from './expect.js';
import { keyOf, sampleOutcome, samplePrediction, sureOf } from './samples.js';
import type { StoreCase } from './store-cases.js';

/** Outcomes: written once, all or none, never without their prediction. */
export const outcomeCases: StoreCase[] = [
  {
    name: 'an outcome comes back exactly as it was recorded, and makes its prediction matched',
    async run({ store }) {
      const full = sampleOutcome({ actualReturn: 5e-324, absError: Number.MAX_VALUE });
      const bare = sampleOutcome({
        horizon: 3,
        members: {},
        actualDirection: 'flat',
        directionHit: true,
        covered: false,
        baseChange: 'adjusted',
        earlier: {
          directionHit: true,
          absError: 1 / 3,
          covered: false,
          members: {
            my_model: { absError: 5e-324, covered: true, directionHit: true, logLoss: -0.1, pinball: 0.1 + 0.2 },
          },
        },
      });
      await store.upsertPredictions([samplePrediction(), samplePrediction({ horizon: 3 })]);
      expectSame(await store.recordOutcomes([full, bare]), 2, 'recordOutcomes');
      expectSame(await store.listOutcomes(), [full, bare], 'listOutcomes');
      expectSame(await store.listPredictions({ state: 'due' }), [], 'the predictions without an outcome');
      expectSame((await store.listPredictions({ state: 'matched' })).length, 2, 'the predictions with an outcome');
      expectSame(await store.getPrediction(keyOf(full)), samplePrediction(), 'the prediction itself');
    },
  },
  {
    name: 'an outcome that is there stays as it is, and only new ones are counted',
    async run({ store }) {
      await store.upsertPredictions([samplePrediction(), samplePrediction({ horizon: 2 })]);
      const first = sampleOutcome();
      expectSame(await store.recordOutcomes([first]), 1, 'the first recordOutcomes');
      expectSame(await store.recordOutcomes([first]), 0, 'the same again');
      const changed = sampleOutcome({ actualClose: 1, matchedAt: new Date(0) });
      const second = sampleOutcome({ horizon: 2 });
      expectSame(await store.recordOutcomes([changed, second]), 1, 'one changed and one new');
      expectSame(await store.listOutcomes(), [first, second], 'listOutcomes');
    },
  },
  {
    name: 'one call may hold an outcome twice: the first stands and is counted once',
    async run({ store }) {
      await store.upsertPredictions([samplePrediction()]);
      expectSame(await store.recordOutcomes([sampleOutcome(), sampleOutcome({ actualClose: 1 })]), 1, 'recordOutcomes');
      expectSame(await store.listOutcomes(), [sampleOutcome()], 'listOutcomes');
    },
  },
  {
    name: 'an outcome without its prediction is refused by key, and nothing of that call is stored',
    async run({ store }) {
      await store.upsertPredictions([samplePrediction()]);
      const orphan = sampleOutcome({ code: 'orphan' });
      const error = await expectRejects(
        () => store.recordOutcomes([sampleOutcome(), orphan]),
        'UNKNOWN_PREDICTION',
        'recordOutcomes of an unknown key',
      );
      expectThat(error.message.includes('orphan'), `UNKNOWN_PREDICTION must name the key, got: ${error.message}`);
      expectSame(await store.listOutcomes(), [], 'listOutcomes');
      expectSame((await store.listPredictions({ state: 'due' })).length, 1, 'the predictions without an outcome');
      await store.upsertPredictions([samplePrediction(sureOf(1))]);
    },
  },
  {
    name: 'a bad outcome is refused with a typed error, and nothing of that call is stored',
    async run({ store }) {
      await store.upsertPredictions([samplePrediction(), samplePrediction({ horizon: 2 })]);
      const bad: [string, object][] = [
        ['NaN as actualClose', { actualClose: Number.NaN }],
        ['a negative absError', { absError: -1 }],
        ['an impossible actualDate', { actualDate: '2024-02-30' }],
        ['an unknown direction', { actualDirection: 'left' }],
        ['an unknown change of the base', { baseChange: 'split' }],
        ['half of an earlier loss', { earlier: { directionHit: true, absError: 1 } }],
        ['a member of a bad name', { members: { 'my model': sampleOutcome().members.chronos } }],
        ['a member without a logLoss', { members: { naive: { absError: 1, covered: true, directionHit: true } } }],
      ];
      for (const [what, fields] of bad) {
        const record = { ...sampleOutcome({ horizon: 2 }), ...fields } as OutcomeRecord;
        const codes = ['INVALID_ARGUMENT', 'INVALID_DATE'] as const;
        await expectRejects(() => store.recordOutcomes([sampleOutcome(), record]), codes, `recordOutcomes, ${what}`);
      }
      expectSame(await store.listOutcomes(), [], 'listOutcomes');
    },
  },
  {
    name: 'outcomes recorded at the same time are counted once in all',
    async run({ store }) {
      const outcomes = Array.from({ length: 10 }, (_, index) => sampleOutcome({ horizon: index + 1 }));
      await store.upsertPredictions(outcomes.map(({ horizon }) => samplePrediction({ horizon })));
      const counts = await Promise.all(Array.from({ length: 8 }, () => store.recordOutcomes(outcomes)));
      const total = counts.reduce((sum, count) => sum + count, 0);
      expectSame(total, 10, 'the sum of what eight calls counted as new');
      expectSame(await store.listOutcomes(), outcomes, 'listOutcomes');
    },
  },
  {
    name: 'an upsert and an outcome at the same time: the prediction is either replaced before or refused',
    async run({ store }) {
      for (let round = 0; round < 10; round++) {
        const code = `R${round}`;
        await store.upsertPredictions([samplePrediction({ code })]);
        const changed = samplePrediction({ code, ...sureOf(1), userTriggered: true });
        const [upsert] = await Promise.allSettled([
          store.upsertPredictions([changed]),
          store.recordOutcomes([sampleOutcome({ code })]),
        ]);
        const expected = upsert.status === 'fulfilled' ? changed : samplePrediction({ code });
        expectSame(await store.listPredictions({ code }), [expected], 'the prediction after the race');
        expectSame(await store.listOutcomes({ code }), [sampleOutcome({ code })], 'the outcome after the race');
      }
    },
  },
  {
    name: 'every filter of listOutcomes and listMatched keeps what it says, in order and page by page',
    async run({ store }) {
      const records = Array.from({ length: 20 }, (_, index) =>
        sampleOutcome({
          code: index % 2 === 0 ? 'A' : 'B',
          horizon: 1 + (index % 3),
          baseDate: `2024-01-${String(1 + index).padStart(2, '0')}`,
          actualDate: `2024-02-${String(28 - index).padStart(2, '0')}`,
        }),
      );
      await store.upsertPredictions(records.map((record) => samplePrediction(keyOf(record))));
      await store.recordOutcomes([...records].reverse());
      const cases: [OutcomeQuery, (record: OutcomeRecord, index: number) => boolean][] = [
        [{}, () => true],
        [{ code: 'B' }, (record) => record.code === 'B'],
        [{ horizon: 3 }, (record) => record.horizon === 3],
        [{ fromBaseDate: '2024-01-07', toBaseDate: '2024-01-09' }, (_, index) => index >= 6 && index <= 8],
        [{ fromActualDate: '2024-02-20' }, (record) => record.actualDate >= '2024-02-20'],
        [{ toActualDate: '2024-02-20' }, (record) => record.actualDate <= '2024-02-20'],
        [{ after: keyOf(records[4]), limit: 3 }, (_, index) => index >= 5 && index <= 7],
        [
          { code: 'A', horizon: 1, toActualDate: '2024-02-15' },
          (record) => {
            return record.code === 'A' && record.horizon === 1 && record.actualDate <= '2024-02-15';
          },
        ],
      ];
      for (const [query, keeps] of cases) {
        const kept = records.filter(keeps);
        expectSame(await store.listOutcomes(query), kept, JSON.stringify(query));
        const both = kept.map((outcome) => ({ prediction: samplePrediction(keyOf(outcome)), outcome }));
        expectSame(await store.listMatched(query), both, `listMatched of ${JSON.stringify(query)}`);
      }
      const unknown = { fromTargetDate: '2024-01-01' } as OutcomeQuery;
      await expectRejects(() => store.listOutcomes(unknown), 'INVALID_ARGUMENT', 'listOutcomes by target date');
      await expectRejects(() => store.listMatched(unknown), 'INVALID_ARGUMENT', 'listMatched by target date');
      await expectRejects(() => store.listOutcomes({ fromActualDate: '24-1-1' }), 'INVALID_DATE', 'listOutcomes');
    },
  },
];

import type { PredictionRecord } from '../store/records.js';
import { expectRejects, expectSame, expectThat } from './expect.js';
import { keyOf, sampleOutcome, samplePrediction, sureOf } from './samples.js';
import type { StoreCase } from './store-cases.js';

const FOUND = new Date('2024-03-20T07:00:00.789Z');
const rows = [1, 2, 3].map((horizon) => samplePrediction({ horizon, userTriggered: horizon === 3 }));
const [first, second, third] = rows;
const voided = (row: PredictionRecord, reason: 'no-base' | 'no-close' | 'unknown-code' = 'no-close') => ({
  ...keyOf(row),
  reason,
  voidedAt: FOUND,
});

/** Predictions that can never be matched: no longer due, marked once, and due again when they are forecast anew. */
export const voidCases: StoreCase[] = [
  {
    name: 'a void prediction keeps its reason and is no longer due; those with an outcome or void already stay as they are',
    async run({ store }) {
      await store.upsertPredictions(rows);
      await store.recordOutcomes([sampleOutcome({ horizon: 2 })]);
      expectSame(await store.voidPredictions([voided(first, 'no-base'), voided(second)]), 1, 'voidPredictions');
      expectSame(await store.voidPredictions([voided(first, 'unknown-code')]), 0, 'voidPredictions again');
      expectSame(await store.voidPredictions([]), 0, 'voidPredictions of nothing');
      const gone = { ...first, void: { reason: 'no-base' as const, voidedAt: FOUND } };
      expectSame(await store.getPrediction(keyOf(first)), gone, 'getPrediction of the void one');
      expectSame(await store.getPrediction(keyOf(second)), second, 'getPrediction of the matched one');
      expectSame(await store.listPredictions({ state: 'void' }), [gone], 'the void ones');
      expectSame(await store.listPredictions({ state: 'due' }), [third], 'the due ones');
      expectSame(await store.listPredictions({ state: 'matched' }), [second], 'the matched ones');
      expectSame(await store.listPredictions(), [gone, second, third], 'all');
    },
  },
  {
    name: 'one call may hold a key twice, and calls at the same time: it is void once, for the first reason of a call',
    async run({ store }) {
      await store.upsertPredictions(rows);
      expectSame(
        await store.voidPredictions([voided(first), voided(first, 'no-base')]),
        1,
        'voidPredictions of a key twice',
      );
      expectSame((await store.getPrediction(keyOf(first)))?.void?.reason, 'no-close', 'the reason');
      const calls = Array.from({ length: 6 }, () => store.voidPredictions([voided(third), voided(second)]));
      const counts = await Promise.all(calls);
      const total = counts.reduce((sum, count) => sum + count, 0);
      expectSame(total, 2, 'what six calls counted as new');
    },
  },
  {
    name: 'an unknown key or a bad reason is refused, and nothing of that call is marked',
    async run({ store }) {
      await store.upsertPredictions(rows);
      const unknown = voided(samplePrediction({ code: 'orphan' }));
      const error = await expectRejects(
        () => store.voidPredictions([voided(first), unknown]),
        'UNKNOWN_PREDICTION',
        'voidPredictions of an unknown key',
      );
      expectThat(error.message.includes('orphan'), `UNKNOWN_PREDICTION must name the key, got: ${error.message}`);
      const bad: [string, object][] = [
        ['a reason that is none', { reason: 'boredom' }],
        ['no moment', { voidedAt: new Date(Number.NaN) }],
        ['horizon 0', { horizon: 0 }],
      ];
      for (const [what, fields] of bad) {
        const codes = ['INVALID_ARGUMENT', 'INVALID_DATE', 'INVALID_HORIZON'] as const;
        const call = () => store.voidPredictions([voided(first), { ...voided(second), ...fields }]);
        await expectRejects(call, codes, `voidPredictions with ${what}`);
      }
      expectSame(await store.listPredictions({ state: 'due' }), rows, 'the due ones');
    },
  },
  {
    name: 'a void prediction that is put again is due again, whichever issue it is; an upsert itself makes none void',
    async run({ store }) {
      await store.upsertPredictions(rows);
      await store.voidPredictions(rows.map((row) => voided(row)));
      const anew = { ...first, ...sureOf(5) };
      await store.upsertPredictions([anew]);
      expectSame(await store.getPrediction(keyOf(first)), anew, 'after the same issue');
      await store.upsertPredictions([{ ...second, issue: 'open' }]);
      expectSame((await store.getPrediction(keyOf(second)))?.void, undefined, 'after another issue');
      const marked = { ...third, void: { reason: 'no-base' as const, voidedAt: FOUND } };
      await store.upsertPredictions([marked, { ...marked, code: 'new' }]);
      expectSame(await store.listPredictions({ state: 'void' }), [], 'the void ones after records that bring a mark');
      expectSame((await store.listPredictions({ state: 'due' })).length, 4, 'the number of due ones');
    },
  },
  {
    name: 'a void prediction may be matched after all, and is void no longer',
    async run({ store }) {
      await store.upsertPredictions(rows);
      await store.voidPredictions([voided(first)]);
      expectSame(await store.recordOutcomes([sampleOutcome()]), 1, 'recordOutcomes');
      expectSame(await store.listPredictions({ state: 'void' }), [], 'the void ones');
      expectSame(await store.listMatched(), [{ prediction: first, outcome: sampleOutcome() }], 'listMatched');
    },
  },
];

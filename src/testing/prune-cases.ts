import type { Store } from '../store/store.js';
import { expectRejects, expectSame } from './expect.js';
import { sampleOutcome, samplePerformance, samplePrediction, sampleWeights } from './samples.js';
import type { StoreCase } from './store-cases.js';

const DAYS = ['2024-01-01', '2024-01-02', '2024-01-03'];
const NOW = new Date('2024-02-01T00:00:00.000Z');
const at = (day: string) => new Date(`${day}T07:00:00.000Z`);
const NOTHING = { predictions: 0, outcomes: 0, weights: 0, performance: 0, jobRuns: 0 };

/** Three days; of each day a matched, a void and a due prediction, weights, performance, and a run done and one running. */
async function fill(store: Store): Promise<void> {
  for (const baseDate of DAYS) {
    await store.upsertPredictions([1, 2, 3].map((horizon) => samplePrediction({ baseDate, horizon })));
    await store.recordOutcomes([sampleOutcome({ baseDate, horizon: 1 })]);
    await store.voidPredictions([{ code: '005930', baseDate, horizon: 2, reason: 'no-close', voidedAt: NOW }]);
    await store.putWeights([sampleWeights({ asOf: baseDate })]);
    await store.putPerformance([samplePerformance({ asOf: baseDate })]);
    for (const job of ['done', 'failed', 'running'] as const) {
      const run = { job, scheduledFor: at(baseDate), owner: 'me' };
      await store.claimJobRun({ ...run, now: at(baseDate), leaseMs: 1000 });
      if (job !== 'running') await store.finishJobRun({ ...run, status: job, finishedAt: NOW });
    }
  }
  await store.putWeights([sampleWeights({ code: 'old', asOf: '2020-01-01' })]);
}

const daysOf = (rows: readonly { baseDate: string; horizon: number }[]) =>
  rows.map(({ baseDate, horizon }) => `${baseDate} h${horizon}`).join(', ');

/** Pruning: what is settled and old goes, everything else stays. */
export const pruneCases: StoreCase[] = [
  {
    name: 'prune deletes what is settled and older than the day, and counts it; a dry run only counts',
    async run({ store }) {
      await fill(store);
      const expected = { predictions: 4, outcomes: 2, weights: 2, performance: 2, jobRuns: 4 };
      expectSame(await store.prune({ before: DAYS[2], dryRun: true }), expected, 'prune as a dry run');
      expectSame((await store.listPredictions()).length, 9, 'the predictions after the dry run');
      expectSame(await store.prune({ before: DAYS[2] }), expected, 'prune');
      const left = `${DAYS[0]} h3, ${DAYS[1]} h3, ${DAYS[2]} h1, ${DAYS[2]} h2, ${DAYS[2]} h3`;
      expectSame(daysOf(await store.listPredictions()), left, 'the predictions left');
      expectSame(daysOf(await store.listOutcomes()), `${DAYS[2]} h1`, 'the outcomes left');
      expectSame(
        daysOf(await store.listPredictions({ state: 'due' })),
        `${DAYS[0]} h3, ${DAYS[1]} h3, ${DAYS[2]} h3`,
        'the due ones left',
      );
      const weights = await store.listWeights();
      const [old, newest] = [sampleWeights({ code: 'old', asOf: '2020-01-01' }), sampleWeights({ asOf: DAYS[2] })];
      expectSame(weights, [old, newest], 'the weights left: the newest of each (code, horizon), however old');
      expectSame(await store.getWeights('005930', 1), newest, 'getWeights');
      expectSame(await store.listPerformance(), [samplePerformance({ asOf: DAYS[2] })], 'the performance left');
      const runs = await Promise.all(['done', 'failed', 'running'].map((job) => store.listJobRuns({ job })));
      expectSame(
        runs.map((rows) => rows.length),
        [1, 1, 3],
        'the runs left: those that run stay',
      );
      expectSame(await store.prune({ before: DAYS[2] }), NOTHING, 'prune again');
      await store.upsertPredictions([samplePrediction({ baseDate: DAYS[0], horizon: 1 })]);
      expectSame(
        await store.recordOutcomes([sampleOutcome({ baseDate: DAYS[0], horizon: 1 })]),
        1,
        'a key that was pruned',
      );
    },
  },
  {
    name: 'keepMatched keeps predictions with an outcome, however old',
    async run({ store }) {
      await fill(store);
      const options = { before: '2024-01-04', keepMatched: true };
      const expected = { predictions: 3, outcomes: 0, weights: 2, performance: 3, jobRuns: 6 };
      expectSame(await store.prune({ ...options, dryRun: true }), expected, 'prune as a dry run');
      expectSame(await store.prune(options), expected, 'prune');
      expectSame((await store.listMatched()).length, 3, 'the matched ones left');
      expectSame(daysOf(await store.listPredictions({ state: 'void' })), '', 'the void ones left');
    },
  },
  {
    name: 'prune of more rows than a step leaves none behind, and an abort stops it between two steps',
    async run({ store }) {
      const total = 1500;
      const keys = Array.from({ length: total }, (_, index) => ({ horizon: index + 1, members: {} }));
      await store.upsertPredictions(keys.map((fields) => samplePrediction(fields)));
      await store.recordOutcomes(keys.map((fields) => sampleOutcome(fields)));
      const aborted = AbortSignal.abort(new Error('enough'));
      const reason = await store.prune({ before: '2025-01-01', signal: aborted }).then(
        () => 'no error',
        (error: Error) => error.message,
      );
      expectSame(reason, 'enough', 'the reason of an aborted prune');
      expectSame(
        (await store.listPredictions({ limit: 5000 })).length,
        total,
        'the predictions after an aborted prune',
      );
      const report = await store.prune({ before: '2025-01-01', signal: new AbortController().signal });
      expectSame(report, { ...NOTHING, predictions: total, outcomes: total }, 'prune');
      expectSame(await store.listPredictions(), [], 'the predictions left');
      expectSame(await store.listOutcomes(), [], 'the outcomes left');
    },
  },
  {
    name: 'bad options of prune are refused with a typed error, and nothing is deleted',
    async run({ store }) {
      await fill(store);
      await expectRejects(() => store.prune({ before: '2024-02-30' }), 'INVALID_DATE', 'an impossible day');
      const bad: object[] = [{ keepMatched: 1 }, { dryRun: 'yes' }, { signal: {} }, { dry: true }];
      for (const fields of bad) {
        const call = () => store.prune({ before: '2099-01-01', ...fields });
        await expectRejects(call, 'INVALID_ARGUMENT', `prune with ${JSON.stringify(fields)}`);
      }
      expectSame((await store.listPredictions()).length, 9, 'the predictions');
    },
  },
];

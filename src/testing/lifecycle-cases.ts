import type { Store } from '../store/store.js';
import { expectRejects, expectSame } from './expect.js';
import { sampleOutcome, samplePerformance, samplePrediction, sampleWeights } from './samples.js';
import type { StoreCase } from './store-cases.js';

const NOW = new Date('2024-03-08T07:00:00.000Z');
const RUN = { job: 'daily-batch', scheduledFor: NOW, owner: 'first' };
const KEY = { code: '005930', baseDate: '2024-03-08', horizon: 1 };

/** Texts that a store which builds statements, patterns or paths out of them takes for more than texts. */
const HOSTILE = [
  "'; DELETE FROM predictions; --",
  '"; DROP TABLE job_runs; --',
  "' OR '1' = '1",
  '%',
  '_',
  '*',
  '?1 $1 :code {{code}}',
  "\\'); --",
  '/* */',
  '../predictions',
  '__proto__',
];

/** One call of every method, by its name. */
const calls: [string, (store: Store) => Promise<unknown>][] = [
  ['upsertPredictions', (store) => store.upsertPredictions([samplePrediction()])],
  ['upsertPredictions of nothing', (store) => store.upsertPredictions([])],
  ['getPrediction', (store) => store.getPrediction(KEY)],
  ['listPredictions', (store) => store.listPredictions()],
  ['recordOutcomes', (store) => store.recordOutcomes([sampleOutcome()])],
  ['listOutcomes', (store) => store.listOutcomes()],
  ['listMatched', (store) => store.listMatched()],
  ['voidPredictions', (store) => store.voidPredictions([{ ...KEY, reason: 'no-close', voidedAt: NOW }])],
  ['prune', (store) => store.prune({ before: '2000-01-01' })],
  ['prune as a dry run', (store) => store.prune({ before: '2000-01-01', dryRun: true })],
  ['putWeights', (store) => store.putWeights([sampleWeights()])],
  ['getWeights', (store) => store.getWeights('005930', 1)],
  [
    'getManyWeights',
    (store) => (store.getManyWeights ? store.getManyWeights([{ code: '005930', horizon: 1 }]) : store.listWeights()),
  ],
  ['listWeights', (store) => store.listWeights()],
  ['putPerformance', (store) => store.putPerformance([samplePerformance()])],
  ['listPerformance', (store) => store.listPerformance()],
  ['claimJobRun', (store) => store.claimJobRun({ ...RUN, now: NOW, leaseMs: 1000 })],
  ['renewJobRun', (store) => store.renewJobRun({ ...RUN, leaseUntil: NOW })],
  ['finishJobRun', (store) => store.finishJobRun({ ...RUN, status: 'done', finishedAt: NOW })],
  ['listJobRuns', (store) => store.listJobRuns({ job: 'daily-batch' })],
  ['models.put', (store) => store.models.put('005930_h1_reg', 'tree')],
  ['models.get', (store) => store.models.get('005930_h1_reg')],
  ['models.list', (store) => store.models.list()],
  ['models.putMany', ({ models }) => (models.putMany ? models.putMany([{ key: 'k', text: 't' }]) : models.list())],
  ['models.getMany', ({ models }) => (models.getMany ? models.getMany(['005930_h1_reg']) : models.list())],
  ['models.getMeta', ({ models }) => (models.getMeta ? models.getMeta('005930_h1_reg') : models.list())],
];

/** Everything that a store holds, through its lists. */
async function contents(store: Store): Promise<unknown[]> {
  return [
    await store.listPredictions(),
    await store.listPredictions({ state: 'matched' }),
    await store.listOutcomes(),
    await store.listMatched(),
    await store.listWeights(),
    await store.listPerformance(),
    await store.listJobRuns({ job: 'daily-batch' }),
    await store.models.list(),
    await store.models.get('005930_h1_reg'),
  ];
}

async function fill(store: Store): Promise<void> {
  await store.upsertPredictions([samplePrediction({ userTriggered: true }), samplePrediction({ horizon: 2 })]);
  await store.recordOutcomes([sampleOutcome()]);
  await store.putWeights([sampleWeights()]);
  await store.putPerformance([samplePerformance()]);
  await store.claimJobRun({ ...RUN, now: NOW, leaseMs: 1000 });
  await store.models.put('005930_h1_reg', 'tree\nversion=v4\n');
}

/** A store's states: empty, open, closed, opened again, open twice. */
export const lifecycleCases: StoreCase[] = [
  {
    name: 'a new store is empty: every list is empty, every get undefined',
    async run({ store }) {
      expectSame(await contents(store), [[], [], [], [], [], [], [], [], undefined], 'the contents');
      expectSame(await store.getPrediction(KEY), undefined, 'getPrediction');
      expectSame(await store.getWeights('005930', 1), undefined, 'getWeights');
    },
  },
  {
    name: 'after close() every method is refused with STORE_CLOSED; closing twice is fine',
    async run({ store }) {
      await fill(store);
      await store.close();
      for (const [name, call] of calls) await expectRejects(() => call(store), 'STORE_CLOSED', `${name} after close()`);
      await store.close();
      await Promise.all([store.close(), store.close()]);
    },
  },
  {
    name: 'a text that looks like a statement, a pattern or a path is only a text, in every string of every method',
    async run({ store }) {
      await fill(store);
      const before = await contents(store);
      for (const text of HOSTILE) {
        const what = (method: string) => `${method} of ${JSON.stringify(text)}`;
        const [asked, outcome] = [samplePrediction({ code: text, sourcesUsed: [text] }), sampleOutcome({ code: text })];
        expectSame(await store.listPredictions({ code: text }), [], what('listPredictions, before it was put,'));
        expectSame(await store.listJobRuns({ job: text }), [], what('listJobRuns, before it was put,'));
        await store.upsertPredictions([asked]);
        expectSame(await store.listPredictions({ code: text }), [asked], what('listPredictions'));
        expectSame(await store.recordOutcomes([outcome]), 1, what('recordOutcomes'));
        expectSame(await store.listOutcomes({ code: text }), [outcome], what('listOutcomes'));
        const [weights, performance] = [sampleWeights({ code: text }), samplePerformance({ code: text })];
        await store.putWeights([weights]);
        expectSame(await store.getWeights(text, 1), weights, what('getWeights'));
        expectSame(await store.listWeights({ code: text }), [weights], what('listWeights'));
        await store.putPerformance([performance]);
        expectSame(await store.listPerformance({ code: text }), [performance], what('listPerformance'));
        const run = { job: text, scheduledFor: NOW, owner: text };
        const failures = [{ item: text, code: text, message: text }];
        const told = { summary: text, figures: { [text]: 1 }, failures };
        const end = { ...run, status: 'done' as const, finishedAt: NOW, ...told };
        expectSame(await store.claimJobRun({ ...run, now: NOW, leaseMs: 1000 }), true, what('claimJobRun'));
        expectSame(await store.renewJobRun({ ...run, leaseUntil: NOW }), true, what('renewJobRun'));
        expectSame(await store.finishJobRun({ ...end, owner: 'first' }), false, what('finishJobRun by another'));
        expectSame(await store.finishJobRun(end), true, what('finishJobRun'));
        const ended = { ...end, startedAt: NOW, leaseUntil: NOW, attempts: 1 };
        expectSame(await store.listJobRuns({ job: text }), [ended], what('listJobRuns'));
        await store.models.put('hostile', text, { text });
        expectSame(await store.models.get('hostile'), text, what('models.get'));
        if (store.models.getMeta) expectSame(await store.models.getMeta('hostile'), { text }, what('models.getMeta'));
        const listed = (await store.models.list(text)).filter((key) => !key.startsWith(text));
        expectSame(listed, [], what('models.list'));
      }
      const ours = (rows: unknown) =>
        Array.isArray(rows)
          ? rows.filter((row) => row !== 'hostile' && !HOSTILE.includes(row.code ?? row.outcome?.code))
          : rows;
      expectSame((await contents(store)).map(ours), before, 'what was there before');
    },
  },
  {
    name: 'calls under way when close() comes are completed or refused, never half done',
    needs: 'persistent',
    async run({ store, reopen }) {
      const pending = Array.from({ length: 10 }, (_, index) =>
        store.upsertPredictions([
          samplePrediction({ code: `C${index}` }),
          samplePrediction({ code: `C${index}`, horizon: 2 }),
        ]),
      );
      const closing = store.close();
      const settled = await Promise.allSettled(pending);
      await closing;
      const again = await reopen();
      for (const [index, { status }] of settled.entries()) {
        const rows = await again.listPredictions({ code: `C${index}` });
        expectSame(rows.length, status === 'fulfilled' ? 2 : 0, `the rows of a call that was ${status}`);
      }
    },
  },
  {
    name: 'what was stored is there when the store is opened again',
    needs: 'persistent',
    async run({ store, reopen }) {
      await fill(store);
      const before = await contents(store);
      await store.close();
      const again = await reopen();
      expectSame(await contents(again), before, 'the contents after opening again');
      await expectRejects(
        () => again.upsertPredictions([samplePrediction()]),
        'ALREADY_MATCHED',
        'upsert over an outcome',
      );
      await again.upsertPredictions([samplePrediction({ horizon: 2, userTriggered: true })]);
      const claim = { ...RUN, owner: 'second', now: NOW, leaseMs: 1000 };
      expectSame(await again.claimJobRun(claim), false, 'a claim of a tick that is held');
    },
  },
  {
    name: 'two stores open on the same data see each other and lose nothing of each other',
    needs: 'shared',
    async run({ store, reopen }) {
      const other = await reopen();
      const keys = Array.from({ length: 20 }, (_, index) => samplePrediction({ horizon: index + 1 }));
      await Promise.all([
        store.upsertPredictions(keys.map((record, index) => ({ ...record, userTriggered: index % 2 === 0 }))),
        other.upsertPredictions(keys.map((record, index) => ({ ...record, userTriggered: index % 2 === 1 })).reverse()),
      ]);
      const expected = keys.map((record) => ({ ...record, userTriggered: true }));
      expectSame(await store.listPredictions(), expected, 'the first store');
      expectSame(await other.listPredictions(), expected, 'the second store');
      const outcomes = keys.map(({ horizon }) => sampleOutcome({ horizon }));
      const counts = await Promise.all([store.recordOutcomes(outcomes), other.recordOutcomes(outcomes)]);
      expectSame(counts[0] + counts[1], 20, 'the outcomes that both counted as new');
      const claims = [store, other].map((each, index) => {
        return each.claimJobRun({ ...RUN, owner: `owner ${index}`, now: NOW, leaseMs: 1000 });
      });
      expectSame((await Promise.all(claims)).filter(Boolean).length, 1, 'the number of winners of a tick');
      await other.models.put('m', 'text');
      expectSame(await store.models.get('m'), 'text', 'a model put by the other');
      await other.close();
      expectSame((await store.listOutcomes()).length, 20, 'the first store after the second was closed');
    },
  },
];

import PgBoss from 'pg-boss';
import { afterAll, expect, test } from 'vitest';
import { addForecastJobs, type ForecastWorker, fanOutTo, workForecastJobs } from '../../adapters/jobs/forecast-jobs.js';
import { inProcessJobs } from '../../adapters/jobs/in-process.js';
import type { Job, JobQueue } from '../../adapters/jobs/job-queue.js';
import { type Boss, pgBossJobs } from '../../adapters/jobs/pg-boss.js';
import { memoryStore } from '../../adapters/store/memory.js';
import type { Member } from '../../src/ensemble/index.js';
import { krx } from '../../src/markets/index.js';
import {
  type Context,
  createScheduler,
  dailyBatch,
  type FanOutTick,
  matchOutcomes,
  predictAndStore,
  retrain,
} from '../../src/pipeline/index.js';
import { createContext } from '../../src/setup/index.js';
import type { OutcomeRecord, PredictionRecord } from '../../src/store/records.js';
import type { PredictionQuery, Store } from '../../src/store/store.js';
import { arrayPrices, fakeChronos, referenceOf, seoulClock, simulateBars } from '../pipeline/simulated-market.js';
import { bundleChild, removeBundles, startChild } from './child-process.js';
import { openStore } from './children/any-store.js';
import { CODES, jobWorld, POISON } from './job-world.js';
import { postgresPrograms, withPostgres } from './postgres-server.js';
import { settled, until } from './queue-waits.js';

const DAY = '2024-03-29';

afterAll(removeBundles);

/** What both queues promise, over a queue that tries each job twice. */
async function expectQueue(jobs: JobQueue): Promise<void> {
  const items = Array.from({ length: 10 }, (_, index) => ({ key: `k${index}`, data: { index } }));
  await Promise.all([jobs.add('q', items), jobs.add('q', items)]);
  await jobs.add('q', items.slice(0, 3));
  expect(await jobs.count('q')).toEqual({ waiting: 10, active: 0, failed: 0 });
  const stop = new AbortController();
  const seen: number[] = [];
  const sizes: number[] = [];
  const handler = async (batch: readonly Job[]) => {
    sizes.push(batch.length);
    for (const { data } of batch) seen.push(data['index'] as number);
    return batch.filter(({ key }) => key === 'k4').map(({ key }) => ({ key, error: new Error('poison') }));
  };
  const work = [1, 2].map(() => jobs.work('q', handler, { batchSize: 4, signal: stop.signal }));
  await until(() => settled(jobs, 'q'));
  expect(await jobs.count('q')).toEqual({ waiting: 0, active: 0, failed: 1 });
  expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9]);
  expect(Math.max(...sizes)).toBe(4);

  // a batch whose handler throws is tried again whole
  const thrown: string[] = [];
  await jobs.add('p', [
    { key: 'a', data: {} },
    { key: 'b', data: {} },
  ]);
  const throwing = jobs.work(
    'p',
    async (batch) => {
      thrown.push(...batch.map(({ key }) => key));
      throw new Error('all of it');
    },
    { signal: stop.signal },
  );
  await until(() => settled(jobs, 'p'));
  expect([...thrown].sort()).toEqual(['a', 'a', 'b', 'b']);
  expect((await jobs.count('p')).failed).toBe(2);

  // one that is to be left alone has as many tries left afterwards as before
  const looks: number[] = [];
  await jobs.add('w', [{ key: 'late', data: { day: 1 } }]);
  const patient = jobs.work(
    'w',
    async ([{ key, data }]) => {
      expect(data).toEqual({ day: 1 });
      looks.push(performance.now());
      const error = new Error('no prices yet');
      return looks.length <= 4 ? [{ key, error, afterMs: 120 }] : looks.length === 5 ? [{ key, error }] : [];
    },
    { signal: stop.signal },
  );
  await until(async () => looks.length > 1);
  expect((await jobs.count('w')).failed).toBe(0);
  await until(() => settled(jobs, 'w'));
  expect(await jobs.count('w')).toEqual({ waiting: 0, active: 0, failed: 0 });
  expect(looks).toHaveLength(6);
  for (const i of [1, 2, 3, 4]) expect(looks[i] - looks[i - 1]).toBeGreaterThan(100);
  stop.abort();
  await Promise.all([...work, throwing, patient]);
}

test('in process: each item is delivered once, a failing one tried again and given up, the others done', async () => {
  await expectQueue(inProcessJobs({ attempts: 2 }));
});

test('in process: batches, matching and retraining fan out an item an instrument, each through the pipeline', async () => {
  const codes = ['A', 'B', 'C', 'D', 'E', 'unknown'];
  const known = codes.slice(0, 5);
  const bars = Object.fromEntries(
    known.map((code, index) => [code, simulateBars(index + 1, { count: 130, last: '2024-04-12' })]),
  );
  const { prices } = arrayPrices(bars);
  const store = memoryStore();
  const jobs = inProcessJobs({ attempts: 2 });
  const at = (day: string) => () => new Date(`${day}T09:00:00Z`);
  const stop = new AbortController();
  const { signal } = stop;
  const forecasting = {
    context: referenceOf({ prices, store, chronos: fakeChronos(), clock: at(DAY) }),
    dailyBatch: { horizons: [1, 3] },
  };
  const working = [workForecastJobs(jobs, 'daily-batch', forecasting, { batchSize: 3, signal })];
  await addForecastJobs(jobs, 'daily-batch', { day: DAY, codes });
  await addForecastJobs(jobs, 'daily-batch', { day: DAY, codes });
  await until(() => settled(jobs, 'daily-batch'));
  expect((await jobs.count('daily-batch')).failed).toBe(1);
  expect((await store.listPredictions()).map(({ code, horizon }) => `${code}${horizon}`)).toEqual(
    known.flatMap((code) => [`${code}1`, `${code}3`]),
  );

  const later = referenceOf({ prices, store, clock: at('2024-04-12'), lgbm: { params: { num_iterations: 3 } } });
  working.push(workForecastJobs(jobs, 'match-outcomes', { context: later }, { signal }));
  await addForecastJobs(jobs, 'match-outcomes', { day: '2024-04-12', codes: ['A', 'B'] });
  await until(() => settled(jobs, 'match-outcomes'));
  expect((await store.listOutcomes()).map(({ code }) => code)).toEqual(['A', 'A', 'B', 'B']);

  const retraining = { context: later, retrain: { horizons: [1] } };
  working.push(workForecastJobs(jobs, 'retrain-weekly', retraining, { signal }));
  await addForecastJobs(jobs, 'retrain-weekly', { day: '2024-04-12', codes: ['C', 'unknown'] });
  await until(() => settled(jobs, 'retrain-weekly'));
  expect((await jobs.count('retrain-weekly')).failed).toBe(1);
  stop.abort();
  await Promise.all(working);
});

test('an item of the retrain leaves alone what is learned from all codes together', async () => {
  const retrained: string[] = [];
  const learner = (name: string, learnsTogether: boolean): Member => ({
    name,
    prior: 1,
    learnsTogether,
    forecast: async (batch) => batch.map(() => new Map()),
    async retrain({ codes, horizons, report }) {
      retrained.push(`${name} of ${codes.join()}`);
      report(codes.flatMap((code) => horizons.map((horizon) => ({ code, horizon, status: 'published' as const }))));
    },
  });
  const members = [learner('pool', true), learner('own', false)];
  const { prices } = arrayPrices({});
  const context = createContext({ market: krx, prices, store: memoryStore(), members });
  const jobs = inProcessJobs({ attempts: 1 });
  const stop = new AbortController();
  const working = workForecastJobs(jobs, 'retrain-weekly', { context }, { signal: stop.signal });
  await addForecastJobs(jobs, 'retrain-weekly', { day: DAY, codes: ['A', 'B'] });
  await until(() => settled(jobs, 'retrain-weekly'));
  stop.abort();
  await working;
  expect(retrained.join('; ')).toBe('own of A,B');
});

test('what is due is matched, alone or handed on: forecasts that users asked for of instruments that nobody watches too', async () => {
  const matchedBy = async (isHandedOn: boolean) => {
    const { prices } = arrayPrices(
      Object.fromEntries(['A', 'B'].map((code, i) => [code, simulateBars(i + 1, { count: 130, last: '2024-04-12' })])),
    );
    const time = seoulClock(`${DAY}T18:00:00`);
    const store = memoryStore();
    const context = referenceOf({ prices, store, chronos: fakeChronos(), clock: time.clock });
    await dailyBatch(context, { codes: ['A'] });
    await predictAndStore('B', context, { userTriggered: true });
    const jobs = inProcessJobs();
    const stop = new AbortController();
    const scheduler = createScheduler(context, {
      codes: ['A'],
      schedule: { dailyBatch: false, retrainWeekly: false },
      ...(isHandedOn && { fanOut: fanOutTo(jobs) }),
    });
    const working = workForecastJobs(jobs, 'match-outcomes', { context }, { signal: stop.signal });
    time.set('2024-04-12T18:00:00');
    await scheduler.runDue();
    await until(() => settled(jobs, 'match-outcomes'));
    stop.abort();
    await working;
    return (await store.listOutcomes()).map(({ code, horizon }) => `${code}${horizon}`);
  };
  expect(await matchedBy(false)).toEqual(['A1', 'A3', 'A5', 'B1', 'B3', 'B5']);
  expect(await matchedBy(true)).toEqual(await matchedBy(false));
});

test('stopping completes the batch at hand, so that no item loses a try', async () => {
  const { prices } = arrayPrices({ A: simulateBars(1, { count: 130 }), B: simulateBars(2, { count: 130 }) });
  const store = memoryStore();
  const jobs = inProcessJobs({ attempts: 1 });
  const stop = new AbortController();
  const stopping: typeof prices = {
    getBars(code, range) {
      stop.abort();
      return prices.getBars(code, range);
    },
  };
  await addForecastJobs(jobs, 'daily-batch', { day: DAY, codes: ['A', 'B'] });
  const clock = () => new Date(`${DAY}T09:00:00Z`);
  const context = referenceOf({ prices: stopping, store, chronos: fakeChronos(), clock });
  await workForecastJobs(jobs, 'daily-batch', { context }, { signal: stop.signal });
  expect(await jobs.count('daily-batch')).toEqual({ waiting: 0, active: 0, failed: 0 });
  expect(await store.listPredictions()).toHaveLength(6);
});

test('a worker without what its job takes is refused before it takes any', async () => {
  const jobs = inProcessJobs({ attempts: 1 });
  await addForecastJobs(jobs, 'daily-batch', { day: DAY, codes: ['A'] });
  const worker = { context: {} as Context };
  const { signal } = new AbortController();
  const refused = { code: 'INVALID_ARGUMENT', field: 'context' };
  await expect(workForecastJobs(jobs, 'daily-batch', worker, { signal })).rejects.toMatchObject(refused);
  const context = referenceOf({ prices: arrayPrices({}).prices, store: memoryStore() });
  for (const [change, field] of [
    [{ retryMs: 0 }, 'retryMs'],
    [{ dailybatch: {} }, 'dailybatch'],
  ] as const) {
    const faulty = workForecastJobs(jobs, 'daily-batch', { context, ...change } as object as ForecastWorker, {
      signal,
    });
    await expect(faulty).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field });
  }
  expect(await jobs.count('daily-batch')).toEqual({ waiting: 1, active: 0, failed: 0 });
});

test('matching fans out over a store that is an instance of a class with private fields', async () => {
  const inner = memoryStore();
  class OwnStore {
    readonly #inner: Store = inner;
    readonly models = inner.models;
    listPredictions(query?: PredictionQuery) {
      return this.#inner.listPredictions(query);
    }
    upsertPredictions(records: readonly PredictionRecord[]) {
      return this.#inner.upsertPredictions(records);
    }
    recordOutcomes(records: readonly OutcomeRecord[]) {
      return this.#inner.recordOutcomes(records);
    }
  }
  const { prices } = arrayPrices({ A: simulateBars(1, { count: 130, last: '2024-04-12' }) });
  const clock = () => new Date(`${DAY}T09:00:00Z`);
  await dailyBatch(referenceOf({ prices, store: inner, chronos: fakeChronos(), clock }), { codes: ['A'] });
  const jobs = inProcessJobs({ attempts: 1 });
  const stop = new AbortController();
  await addForecastJobs(jobs, 'match-outcomes', { day: '2024-04-12', codes: ['A'] });
  const store = new OwnStore() as unknown as Store;
  const context = referenceOf({ prices, store, clock: () => new Date('2024-04-12T09:00:00Z') });
  const working = workForecastJobs(jobs, 'match-outcomes', { context }, { signal: stop.signal });
  await until(() => settled(jobs, 'match-outcomes'));
  stop.abort();
  await working;
  expect(await inner.listOutcomes()).toHaveLength(3);
});

test('options that cannot be meant are refused by name, before anything is asked of the queue', async () => {
  const none = {} as Boss;
  for (const options of [
    { retryLimit: -1 },
    { retryLimits: 2 },
    { retryDelayInSeconds: 0.5 },
    { expireInSeconds: 0 },
    { pollMs: 3e9 },
    { retryForMs: Infinity },
    { schema: '' },
  ]) {
    const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT', field: Object.keys(options)[0] });
    expect(() => pgBossJobs(none, options as object), Object.keys(options)[0]).toThrow(refused);
  }
  expect(() => inProcessJobs({ attempts: 0 })).toThrow(expect.objectContaining({ field: 'attempts' }));
  expect(() => inProcessJobs({ attempt: 1 } as object)).toThrow(expect.objectContaining({ field: 'attempt' }));
  const { signal } = new AbortController();
  for (const jobs of [inProcessJobs(), pgBossJobs(none)]) {
    for (const [options, field] of [
      [{ signal, batchSize: 0 }, 'batchSize'],
      [{ signal, batch: 3 }, 'batch'],
      [{ batchSize: 3 }, 'signal'],
    ] as const) {
      const work = jobs.work('q', async () => [], options as object as { signal: AbortSignal });
      await expect(work).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field });
    }
  }
});

const programs = postgresPrograms();
test.skipIf(programs === undefined)('pg-boss: the same, on Postgres', () =>
  withPostgres(programs!, async (server) => {
    const boss = new PgBoss({ connectionString: server.connectionString, schedule: false });
    await boss.start();
    await expectQueue(pgBossJobs(boss, { retryLimit: 1, retryDelayInSeconds: 0, pollMs: 50 }));
    await boss.stop({ graceful: false });
  }),
);

/** What a worker said: the instruments that its writes were about, how many outcomes were new, how many ticks it won. */
interface Said {
  did?: string[];
  fresh?: number;
  won?: number;
}

/** Runs a job on four machines, one of which is killed, and returns what each said. */
async function onFourMachines(connectionString: string, job: FanOutTick['job']): Promise<Said[][]> {
  const child = await bundleChild('job-worker');
  const workers = [true, false, false, false].map((isVictim) => startChild(child, [connectionString, job, isVictim]));
  const boss = new PgBoss({ connectionString, schedule: false, maintenanceIntervalSeconds: 1 });
  try {
    const died = await workers[0].ended;
    expect(died).toMatchObject({ code: null, errors: '' });
    for (const { process: worker } of workers.slice(1)) worker.stdin!.write('work');
    await boss.start();
    const jobs = pgBossJobs(boss);
    const queue = QUEUES[job];
    await until(async () => (await settled(jobs, queue)) && (await jobs.count(queue)).failed === 1);
    for (const { process: worker } of workers.slice(1)) worker.kill('SIGTERM');
    const ends = await Promise.all(workers.map(({ ended }) => ended));
    expect(ends.map(({ code, errors }) => [code, errors])).toEqual([
      [null, ''],
      [0, ''],
      [0, ''],
      [0, ''],
    ]);
    return ends.map(({ output }) =>
      output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Said),
    );
  } finally {
    for (const { process: worker } of workers) worker.kill('SIGKILL'); // those that a failure left running
    await boss.stop({ graceful: false });
  }
}

const QUEUES = { dailyBatch: 'daily-batch', matchOutcomes: 'match-outcomes', retrainWeekly: 'retrain-weekly' } as const;

/** Expects one winner of the tick, every instrument done, and the killed machine's instruments done again by others. */
function expectAllDone(said: Said[][]): void {
  expect(said.flat().reduce((sum, { won = 0 }) => sum + won, 0)).toBe(1);
  const [lost, ...others] = said.map((lines) => lines.flatMap(({ did = [] }) => did));
  expect(lost.length).toBeGreaterThan(0);
  const known = CODES.filter((code) => code !== POISON).sort();
  expect([...new Set(others.flat())].sort()).toEqual(known);
}

test.skipIf(programs === undefined)(
  'pg-boss: four machines, one tick, one killed as its effects are stored, one instrument poisoned: all done, effects once',
  () =>
    withPostgres(programs!, async ({ connectionString }) => {
      const { store, end } = await openStore({ postgres: connectionString, schema: 'forecasts' });
      const alone = memoryStore();

      const batch = await onFourMachines(connectionString, 'dailyBatch');
      expectAllDone(batch);
      await dailyBatch(jobWorld('dailyBatch', alone).context, { codes: CODES });
      const predictions = await store.listPredictions();
      expect(predictions).toEqual(await alone.listPredictions());
      expect(predictions).toHaveLength(40 * 3);

      // forecasts that are due, of an instrument whose prices cannot be had any more
      const poisoned = predictions.slice(0, 3).map((row) => ({ ...row, code: POISON }));
      await Promise.all([store.upsertPredictions(poisoned), alone.upsertPredictions(poisoned)]);
      const matching = await onFourMachines(connectionString, 'matchOutcomes');
      // a machine that fetches an instrument's predictions again finds none due: its effects were there once and for all
      const fresh = matching.flat().reduce((sum, line) => sum + (line.fresh ?? 0), 0);
      expect(fresh).toBe(40 * 3);
      expect(matching[0].some((line) => line.fresh !== undefined)).toBe(true);
      await matchOutcomes('2024-04-12', jobWorld('matchOutcomes', alone).context);
      expect(await store.listOutcomes()).toEqual(await alone.listOutcomes());

      expectAllDone(await onFourMachines(connectionString, 'retrainWeekly'));
      await retrain(jobWorld('retrainWeekly', alone).context, { codes: CODES, horizons: [1] });
      const keys = await store.models.list();
      expect(keys).toHaveLength(40 * 2);
      expect(keys).toEqual(await alone.models.list());
      for (const key of keys) expect(await store.models.get(key)).toBe(await alone.models.get(key));
      expect(await store.listPerformance()).toEqual(await alone.listPerformance());

      for (const job of ['dailyBatch', 'matchOutcomes', 'retrainWeekly'])
        expect(await store.listJobRuns({ job })).toMatchObject([{ status: 'done', summary: '41 handed on' }]);
      await end();
    }),
  180_000,
);

test.skipIf(programs === undefined)(
  'pg-boss: a worker outlives a restart of the server, and answers that are lost',
  () =>
    withPostgres(programs!, async (server) => {
      const boss = new PgBoss({ connectionString: server.connectionString, schedule: false });
      boss.on('error', () => {});
      await boss.start();
      let lost = 0;
      /** Every second call fails: a fetch before it has its effect, what says how a job ended after it. */
      const losing = (method: 'fetch' | 'complete' | 'fail') => {
        let calls = 0;
        return async (...args: never[]) => {
          const fails = calls++ % 2 === 0;
          if (fails) lost++;
          if (fails && method === 'fetch') throw new Error('the connection was cut');
          const answer = await (boss[method] as (...args: never[]) => Promise<never>)(...args);
          if (fails) throw new Error('the connection was cut');
          return answer;
        };
      };
      const shaky = { ...bound(boss), fetch: losing('fetch'), complete: losing('complete'), fail: losing('fail') };
      const jobs = pgBossJobs(shaky, { retryLimit: 0, pollMs: 20 });
      const items = Array.from({ length: 6 }, (_, index) => ({ key: `k${index}`, data: {} }));
      await jobs.add('q', items);
      const stop = new AbortController();
      const seen: string[] = [];
      const handler = async (batch: readonly Job[]) => {
        seen.push(...batch.map(({ key }) => key));
        if (seen.length === 2) await server.restart();
        if (seen.length === 6) stop.abort();
        return batch.filter(({ key }) => key === 'k3').map(({ key }) => ({ key, error: 'poison' }));
      };
      await jobs.work('q', handler, { batchSize: 2, signal: stop.signal });
      expect(seen.sort()).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'k5']);
      expect(await jobs.count('q')).toEqual({ waiting: 0, active: 0, failed: 1 });
      expect(lost).toBeGreaterThanOrEqual(5);

      const down = pgBossJobs({ ...shaky, fetch: () => Promise.reject(new Error('gone')) }, { retryForMs: 0 });
      await expect(down.work('q', handler, { signal: new AbortController().signal })).rejects.toThrow('gone');
      await boss.stop({ graceful: false });
    }),
);

/** The methods that the queue uses, to be replaced one by one. */
function bound(boss: PgBoss): Boss {
  return {
    getQueue: (name) => boss.getQueue(name),
    createQueue: (name, options) => boss.createQueue(name, options),
    send: (name, data, options) => boss.send(name, data, options),
    fetch: (name, options) => boss.fetch(name, options),
    complete: (name, ids) => boss.complete(name, ids),
    fail: (name, id, data) => boss.fail(name, id, data),
    getDb: () => boss.getDb(),
  };
}

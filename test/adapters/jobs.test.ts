import PgBoss from 'pg-boss';
import { afterAll, expect, test } from 'vitest';
import { addForecastJobs, workForecastJobs } from '../../adapters/jobs/forecast-jobs.js';
import { inProcessJobs } from '../../adapters/jobs/in-process.js';
import type { Job, JobQueue } from '../../adapters/jobs/job-queue.js';
import { pgBossJobs } from '../../adapters/jobs/pg-boss.js';
import { memoryStore } from '../../adapters/store/memory.js';
import { arrayPrices, fakeChronos, simulateBars } from '../pipeline/simulated-market.js';
import { bundleChild, removeBundles, startChild } from './child-process.js';
import { openStore } from './children/any-store.js';
import { postgresPrograms, withPostgres } from './postgres-server.js';

const DAY = '2024-03-29';

afterAll(removeBundles);

async function until(holds: () => Promise<boolean>, ms = 60_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come to pass in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const settled = async (jobs: JobQueue, queue: string) => {
  const { waiting, active } = await jobs.count(queue);
  return waiting + active === 0;
};

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
  stop.abort();
  await Promise.all([...work, throwing]);
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
  const forecast = { prices, store, chronos: fakeChronos(), clock: at(DAY), horizons: [1, 3] };
  const working = [workForecastJobs(jobs, 'daily-batch', { dailyBatch: forecast }, { batchSize: 3, signal })];
  await addForecastJobs(jobs, 'daily-batch', { day: DAY, codes });
  await addForecastJobs(jobs, 'daily-batch', { day: DAY, codes });
  await until(() => settled(jobs, 'daily-batch'));
  expect((await jobs.count('daily-batch')).failed).toBe(1);
  expect((await store.listPredictions()).map(({ code, horizon }) => `${code}${horizon}`)).toEqual(
    known.flatMap((code) => [`${code}1`, `${code}3`]),
  );

  const matching = { prices, store, clock: at('2024-04-12'), scope: 'all' as const };
  working.push(workForecastJobs(jobs, 'match-outcomes', { matchOutcomes: matching }, { signal }));
  await addForecastJobs(jobs, 'match-outcomes', { day: '2024-04-12', codes: ['A', 'B'] });
  await until(() => settled(jobs, 'match-outcomes'));
  expect((await store.listOutcomes()).map(({ code }) => code)).toEqual(['A', 'A', 'B', 'B']);

  const retraining = { prices, store, models: store.models, clock: at('2024-04-12'), horizons: [1] };
  working.push(workForecastJobs(jobs, 'retrain-weekly', { retrainWeekly: retraining }, { signal }));
  await addForecastJobs(jobs, 'retrain-weekly', { day: '2024-04-12', codes: ['C', 'unknown'] });
  await until(() => settled(jobs, 'retrain-weekly'));
  expect((await jobs.count('retrain-weekly')).failed).toBe(1);
  stop.abort();
  await Promise.all(working);
});

const programs = postgresPrograms();
test.skipIf(programs === undefined)('pg-boss: the same, on Postgres', () =>
  withPostgres(programs!, async (server) => {
    const boss = new PgBoss({ connectionString: server.connectionString, schedule: false });
    await boss.start();
    await expectQueue(pgBossJobs(boss, { retryLimit: 1, pollMs: 50 }));
    await boss.stop({ graceful: false });
  }),
);

test.skipIf(programs === undefined)(
  'pg-boss: four machines whose schedulers fire the same tick, one killed, one instrument poisoned: each item done, effects once',
  () =>
    withPostgres(programs!, async (server) => {
      const child = await bundleChild('job-worker');
      const codes = [...Array.from({ length: 40 }, (_, index) => `S${index}`), 'POISON'];
      const workers = Array.from({ length: 4 }, () => startChild(child, [server.connectionString, codes, DAY]));
      try {
        await Promise.race(
          workers.map(
            (worker) =>
              new Promise<void>((resolve, reject) => {
                worker.process.stdout!.on('data', () => resolve());
                worker.ended.then(({ errors }) => reject(new Error(errors)));
              }),
          ),
        );
        workers[0].process.kill('SIGKILL');
        const boss = new PgBoss({
          connectionString: server.connectionString,
          schedule: false,
          maintenanceIntervalSeconds: 1,
        });
        await boss.start();
        const jobs = pgBossJobs(boss);
        await until(async () => (await settled(jobs, 'daily-batch')) && (await jobs.count('daily-batch')).failed === 1);
        for (const { process: worker } of workers.slice(1)) worker.kill('SIGTERM');
        const ends = await Promise.all(workers.map(({ ended }) => ended));
        expect(ends.map(({ code }) => code)).toEqual([null, 0, 0, 0]);
        const { store, end } = await openStore({ postgres: server.connectionString, schema: 'forecasts' });
        const rows = await store.listPredictions();
        expect(rows).toHaveLength(40 * 3);
        expect(new Set(rows.map(({ code }) => code)).size).toBe(40);
        await end();
        await boss.stop({ graceful: false });
      } finally {
        for (const { process: worker } of workers) worker.kill('SIGKILL'); // those that a failure left running
      }
    }),
  180_000,
);

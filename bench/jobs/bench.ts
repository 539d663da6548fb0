/*
 * What worker processes on one Postgres do: a daily batch fanned out over pg-boss to one and to four of them, beside the same work without
 * a queue; one killed midway; poisoned instruments; a tick that fires on all at once. Then what a row weighs, and what else a
 * plan for many machines needs (docs/scaling.md).
 *
 *   npx esbuild bench/jobs/bench.ts --bundle --packages=external --platform=node --format=esm --outfile=node_modules/.cache/bench-jobs.mjs
 *   node node_modules/.cache/bench-jobs.mjs [--instruments 600] [--trained 4] [--batch 32]
 *
 * From the root of the repository. PostgreSQL is a server of the bench's own on the same machine (test/adapters/postgres-server.ts), whose commits wait for the disk. Prices are simulated, 400 bars;
 * models are trained for a few instruments and stored under the keys of all, Chronos is the checkpoint in the package.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import PgBoss from 'pg-boss';
import { pgBossJobs } from '../../adapters/jobs/pg-boss.js';
import { postgresStore } from '../../adapters/store/postgres.js';
import { postgresPrograms, startPostgres } from '../../test/adapters/postgres-server.js';
import { marketCodes, putModels, trainSome } from '../market/market.js';
import { timed } from '../market/timing.js';
import { beMachine, dayOf, type Machine, type Orders, type Report, SCHEMA, startMachine, TERMS } from './machine.js';
import { measureUnits } from './units.js';

const { values } = parseArgs({
  options: {
    instruments: { type: 'string', default: '600' },
    trained: { type: 'string', default: '4' },
    batch: { type: 'string', default: '32' },
    machine: { type: 'string' },
  },
});
const instruments = Number(values.instruments);
if (values.machine === undefined) await bench(Number(values.trained), Number(values.batch));
else await beMachine(JSON.parse(values.machine) as Orders);

async function bench(trained: number, batchSize: number): Promise<void> {
  const programs = postgresPrograms();
  if (programs === undefined) throw new Error('no PostgreSQL programs found');
  const server = await startPostgres(programs, { durable: true });
  const url = server.connectionString;
  try {
    const pool = new pg.Pool({ connectionString: url });
    const store = await postgresStore({ pool, schema: SCHEMA });
    const codes = marketCodes(instruments);
    const training = await timed(() => trainSome(trained));
    await putModels(store.models, codes, training.result);
    const boss = new PgBoss({ connectionString: url, schedule: false, maintenanceIntervalSeconds: 1 });
    await boss.start();
    const jobs = pgBossJobs(boss, TERMS);
    await jobs.count('daily-batch'); // makes the queue

    /** Starts the machines, gives them all the same tick, and returns how long it took until every item was settled. */
    const run = async (number: number, count: number, { poison = 0, kill = false } = {}) => {
      await pool.query(`DELETE FROM ${SCHEMA}.predictions`);
      await pool.query(`DELETE FROM ${SCHEMA}.job_runs`);
      await pool.query('DELETE FROM pgboss.job');
      const orders: Orders = { url, task: 'work', instruments, poison, batchSize, dies: false, name: dayOf(number) };
      const machines = Array.from({ length: count }, (_, index) =>
        startMachine({ ...orders, dies: kill && index === 0 }),
      );
      await Promise.all(machines.map(({ ready }) => ready));
      const start = performance.now();
      for (const machine of machines) machine.go();
      let added = 0;
      for (;;) {
        const { waiting, active, failed } = await jobs.count('daily-batch');
        const { rows } = await pool.query<{ items: number }>('SELECT count(*)::int AS items FROM pgboss.job');
        if (added === 0 && rows[0].items === instruments + poison) added = (performance.now() - start) / 1000;
        if (added > 0 && waiting + active === 0) {
          const seconds = (performance.now() - start) / 1000;
          const reports = await Promise.all(machines.map((machine: Machine) => machine.end()));
          return { seconds, added, failed, reports };
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const plain = async () => {
      await pool.query(`DELETE FROM ${SCHEMA}.predictions`);
      const machine = startMachine({
        url,
        task: 'plain',
        instruments,
        poison: 0,
        batchSize,
        dies: false,
        name: 'plain',
      });
      await machine.ready;
      machine.go();
      return machine.end();
    };

    const rate = (seconds: number) => `${(instruments / seconds).toFixed(0)} items a second`;
    const cpuOf = (reports: readonly Report[]) => {
      const cpu = reports.reduce((sum, report) => sum + report.cpu, 0);
      return `${((1000 * cpu) / instruments).toFixed(1)} ms of worker processor an item`;
    };
    console.log(
      `${instruments} items, batches of ${batchSize}, ${availableParallelism()} cores, Node ${process.versions.node}`,
    );
    // by turns, twice: what else the machine does falls on all alike
    const best = { plain: Number.POSITIVE_INFINITY, one: Number.POSITIVE_INFINITY, four: Number.POSITIVE_INFINITY };
    let day = 0;
    for (let round = 0; round < 2; round++) {
      const alone = await plain();
      const one = await run(day++, 1);
      const four = await run(day++, 4);
      console.log(`  without a queue, one process: ${rate(alone.seconds)}, ${cpuOf([alone])}`);
      console.log(`  1 worker: ${rate(one.seconds)}, ${cpuOf(one.reports)}; all added after ${one.added.toFixed(2)} s`);
      console.log(`  4 workers: ${rate(four.seconds)}, ${cpuOf(four.reports)}; ${winners(four.reports)}`);
      best.plain = Math.min(best.plain, alone.seconds);
      best.one = Math.min(best.one, one.seconds);
      best.four = Math.min(best.four, four.seconds);
    }
    console.log(
      `least times: 1 worker takes ${(best.one / best.plain).toFixed(2)}x the time without a queue,`,
      `4 workers ${(best.one / best.four).toFixed(2)}x faster than 1`,
    );

    const rowsOf = async () =>
      (await pool.query(`SELECT count(*)::int AS rows FROM ${SCHEMA}.predictions`)).rows[0].rows;
    const killed = await run(day++, 4, { kill: true });
    console.log(
      `4 workers, one killed between its first write and saying so: ${killed.seconds.toFixed(1)} s with ${TERMS.expireInSeconds} s of waiting for the dead,`,
      `${await rowsOf()} rows of ${3 * instruments}, ${repeats(killed.reports)} items done twice, ${killed.failed} given up`,
    );
    const poisoned = await run(day++, 4, { poison: 1 });
    console.log(
      `4 workers, one poisoned instrument: ${poisoned.seconds.toFixed(1)} s with its retries, ${await rowsOf()} rows of ${3 * instruments},`,
      `${repeats(poisoned.reports)} items done twice, ${poisoned.failed} given up`,
    );
    console.log(`training an instrument's pairs: ${(training.cpu / trained).toFixed(2)} s of processor`);
    await measureUnits({ url, pool, store, instruments, jobs });
    await boss.stop({ graceful: false });
    await store.close();
    await pool.end();
  } finally {
    await server.stop();
  }
}

function winners(reports: readonly Report[]): string {
  const won = reports.reduce((sum, report) => sum + report.won, 0);
  return `the tick fired on ${reports.length} schedulers, ${won} won it; ${repeats(reports)} items done twice`;
}

function repeats(reports: readonly Report[]): number {
  const done = reports.flatMap((report) => report.done);
  return done.length - new Set(done).size;
}

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import pg from 'pg';
import PgBoss from 'pg-boss';
import { fanOutTo, workForecastJobs } from '../../adapters/jobs/forecast-jobs.js';
import { pgBossJobs } from '../../adapters/jobs/pg-boss.js';
import { postgresStore } from '../../adapters/store/postgres.js';
import { loadChronos } from '../../src/chronos/index.js';
import { createScheduler, dailyBatch } from '../../src/pipeline/index.js';
import type { PredictionRecord } from '../../src/store/records.js';
import { columnPrices, HORIZONS, LAST_DAY, marketCodes, marketContext, simulateMarket } from '../market/market.js';

/** What a machine is to do when it is told to go. */
export interface Orders {
  url: string;
  /** 'plain': all instruments in one call, no queue; 'work': scheduler and worker; 'write': rows for some seconds. */
  task: 'plain' | 'work' | 'write';
  instruments: number;
  /** Instruments that the scheduler watches and no price source knows. */
  poison: number;
  batchSize: number;
  /** Whether it is killed as soon as its first batch's rows are stored, before the queue hears of it. */
  dies: boolean;
  name: string;
}

/** What a machine says at its end. */
export interface Report {
  done: string[];
  won: number;
  rows: number;
  seconds: number;
  cpu: number;
}

/** The schema and the queue terms that all machines share. */
export const SCHEMA = 'forecasts';
export const TERMS = { retryLimit: 2, retryDelayInSeconds: 1, expireInSeconds: 15, pollMs: 50 };

/** A machine: a process of its own that waits for its orders. */
export interface Machine {
  /** Resolves when it has opened everything and warmed up. */
  ready: Promise<void>;
  go(): void;
  /** Asks it to stop after its batch; returns what it did, or what it had done when it was killed. */
  end(): Promise<Report>;
}

/** Starts a machine. */
export function startMachine(orders: Orders): Machine {
  const child = spawn(process.execPath, [process.argv[1], '--machine', JSON.stringify(orders)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const report: Report = { done: [], won: 0, rows: 0, seconds: 0, cpu: 0 };
  let nowReady = () => {};
  const ready = new Promise<void>((resolve) => {
    nowReady = resolve;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { state, done, ...rest } = JSON.parse(line) as Partial<Report> & { state?: 'ready' };
    if (state === 'ready') nowReady();
    if (done) report.done.push(...done);
    Object.assign(report, rest);
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  return {
    ready,
    go: () => void child.stdin.write('go\n'),
    async end() {
      child.stdin.end();
      await ended;
      return report;
    },
  };
}

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** The machine's own part. */
export async function beMachine({ url, task, instruments, poison, batchSize, dies, name }: Orders): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  const told = new Promise<void>((resolve) => lines.once('line', () => resolve()));
  const stop = new AbortController();
  lines.on('close', () => stop.abort());
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on('error', () => {});
  const inner = await postgresStore({ pool, schema: SCHEMA });
  const store: typeof inner = {
    ...inner,
    async upsertPredictions(records) {
      await inner.upsertPredictions(records);
      say({ done: [...new Set(records.map(({ code }) => code))] });
      if (dies) process.kill(process.pid, 'SIGKILL');
    },
  };
  const codes = marketCodes(instruments);
  const chronos = await loadChronos();
  const prices = columnPrices(codes, simulateMarket(codes, 400));
  const context = marketContext({ prices, store, chronos });
  const horizons = HORIZONS;
  const watched = [...codes, ...Array.from({ length: poison }, (_, index) => `POISON${index}`)];
  const boss = new PgBoss({ connectionString: url, schedule: false, maintenanceIntervalSeconds: 1, max: 4 });
  boss.on('error', (error) => console.error(error));
  if (task === 'work') await boss.start();
  const rows: PredictionRecord[] = [];
  const keeping = {
    ...inner,
    upsertPredictions: async (records: readonly PredictionRecord[]) => void rows.push(...records),
  };
  await dailyBatch(marketContext({ prices, store: keeping, chronos }), { codes: codes.slice(0, 64), horizons });
  say({ state: 'ready' });
  await told;
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  if (task === 'plain') await dailyBatch(context, { codes, horizons });
  if (task === 'write') {
    for (let call = 0; performance.now() - start < 5000; call++) {
      await inner.upsertPredictions(rows.map((row) => ({ ...row, code: `${name}-${call}-${row.code}` })));
      say({ rows: (call + 1) * rows.length });
    }
  }
  if (task === 'work') {
    const jobs = pgBossJobs(boss, TERMS);
    // each run of the bench is a tick of its own: the name carries the day
    const fanOut = fanOutTo(jobs);
    const scheduler = createScheduler(context, {
      codes: watched,
      horizons,
      schedule: { dailyBatch: '0 16 * * *', matchOutcomes: false, retrainWeekly: false },
      fanOut: (tick) => fanOut({ ...tick, day: name }),
    });
    const [, runs] = await Promise.all([
      workForecastJobs(jobs, 'daily-batch', { context, dailyBatch: { horizons } }, { batchSize, signal: stop.signal }),
      scheduler.runDue(),
    ]);
    say({ won: runs.length });
  }
  const used = process.cpuUsage(cpu);
  say({ seconds: (performance.now() - start) / 1000, cpu: (used.user + used.system) / 1e6 });
  if (task === 'work') await boss.stop({ graceful: false });
  await chronos.dispose();
  await inner.close();
  await pool.end();
  lines.close();
  process.stdin.destroy();
}

/** The day of a run's items: any day will do, so long as no other run has it. */
export function dayOf(run: number): string {
  return new Date(Date.parse(`${LAST_DAY}T00:00:00Z`) + run * 86_400_000).toISOString().slice(0, 10);
}

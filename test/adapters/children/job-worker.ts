import PgBoss from 'pg-boss';
import { addForecastJobs, workForecastJobs } from '../../../adapters/jobs/forecast-jobs.js';
import { pgBossJobs } from '../../../adapters/jobs/pg-boss.js';
import { arrayPrices, fakeChronos, simulateBars } from '../../pipeline/simulated-market.js';
import { argument, openStore } from './any-store.js';

/** One machine of several: its scheduler fires the same tick as all others', then it works until it is told to stop. */
const url = argument<string>(0);
const codes = argument<string[]>(1);
const day = argument<string>(2);

const boss = new PgBoss({ connectionString: url, maintenanceIntervalSeconds: 1, schedule: false });
boss.on('error', (error) => console.error(error));
await boss.start();
const { store, end } = await openStore({ postgres: url, schema: 'forecasts' });
const bars = simulateBars(1, { count: 120, last: day });
const { prices } = arrayPrices(
  Object.fromEntries(codes.filter((code) => code !== 'POISON').map((code) => [code, bars])),
);

const jobs = pgBossJobs(boss, { retryLimit: 1, expireInSeconds: 3, pollMs: 100 });
await addForecastJobs(jobs, 'daily-batch', { day, codes });
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
console.log('ready');
const dailyBatch = { prices, store, chronos: fakeChronos(), clock: () => new Date(`${day}T07:00:00Z`) };
await workForecastJobs(jobs, 'daily-batch', { dailyBatch }, { batchSize: 4, signal: stop.signal });
await end();
await boss.stop({ graceful: false });

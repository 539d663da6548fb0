import { once } from 'node:events';
import PgBoss from 'pg-boss';
import { addForecastJobs, fanOutTo, workForecastJobs } from '../../../adapters/jobs/forecast-jobs.js';
import { pgBossJobs } from '../../../adapters/jobs/pg-boss.js';
import { createScheduler, type FanOutTick } from '../../../src/pipeline/index.js';
import { CODES, jobWorld } from '../job-world.js';
import { argument, openStore } from './any-store.js';

/*
 * One machine of several: its scheduler fires the same tick as all others' and adds its items, it adds them by itself as
 * well, and then works until it is told to stop. What it did, it says line by line. The victim is killed at the
 * worst moment: when its first batch's effects are in the store and nobody was told. The others begin to work at a word on their
 * standard input, so that they do not leave it without work.
 */
const url = argument<string>(0);
const job = argument<FanOutTick['job']>(1);
const isVictim = argument<boolean>(2);

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const die = () => process.kill(process.pid, 'SIGKILL');

const boss = new PgBoss({ connectionString: url, maintenanceIntervalSeconds: 1, schedule: false });
boss.on('error', (error) => console.error(error));
await boss.start();
const { store: opened, end } = await openStore({ postgres: url, schema: 'forecasts' });

/** Calls `told` after the method has had its effect. */
function telling<Method extends (...args: never[]) => Promise<unknown>>(
  method: Method,
  told: (args: Parameters<Method>, result: Awaited<ReturnType<Method>>) => void,
): Method {
  return (async (...args: Parameters<Method>) => {
    const result = (await method(...args)) as Awaited<ReturnType<Method>>;
    told(args, result);
    if (isVictim) die();
    return result;
  }) as Method;
}

const codesOf = (records: readonly { code: string }[]) => [...new Set(records.map(({ code }) => code))];
const store = {
  ...opened,
  upsertPredictions: telling(opened.upsertPredictions, ([records]) => say({ did: codesOf(records) })),
  recordOutcomes: telling(opened.recordOutcomes, ([records], fresh) => say({ did: codesOf(records), fresh })),
  models: {
    ...opened.models,
    putMany: telling(opened.models.putMany!, ([entries]) => say({ did: [entries[0].key.split('_')[0]] })),
  },
};

const jobs = pgBossJobs(boss, { retryLimit: 5, retryDelayInSeconds: 0, expireInSeconds: 4, pollMs: 100 });
const queue = (
  { dailyBatch: 'daily-batch', matchOutcomes: 'match-outcomes', retrainWeekly: 'retrain-weekly' } as const
)[job];
const { context, worker } = jobWorld(job, store);
const none = { dailyBatch: false, matchOutcomes: false, retrainWeekly: false } as const;
const minutes = { dailyBatch: '0 16 * * *', matchOutcomes: '30 16 * * *', retrainWeekly: '0 2 * * *' };
const schedule = { ...none, [job]: minutes[job] };
const scheduler = createScheduler(context, { codes: CODES, schedule, fanOut: fanOutTo(jobs) });
const [runs] = await Promise.all([
  scheduler.runDue(),
  addForecastJobs(jobs, queue, {
    day: new Date(context.clock().getTime() + 9 * 3_600_000).toISOString().slice(0, 10),
    codes: CODES,
  }),
]);
say({ won: runs.length });

if (!isVictim) {
  await once(process.stdin, 'data');
  process.stdin.destroy();
}

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
await workForecastJobs(jobs, queue, worker, { batchSize: 4, signal: stop.signal });
await end();
await boss.stop({ graceful: false });

import { setTimeout as pause } from 'node:timers/promises';
import PgBoss from 'pg-boss';
import { pgBossJobs } from '../../../adapters/jobs/pg-boss.js';
import { argument } from './any-store.js';

/*
 * Does the jobs of a queue in batches until it is told to stop, and says of each batch that it began and that it ended. The job 'poison'
 * ends its process.
 */
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const boss = new PgBoss({ connectionString: argument<string>(0), maintenanceIntervalSeconds: 1, schedule: false });
boss.on('error', (error) => console.error(error));
await boss.start();
const jobs = pgBossJobs(boss, { retryDelayInSeconds: 0, expireInSeconds: 2, pollMs: 50 });
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
await jobs.work(
  argument<string>(1),
  async (batch) => {
    const keys = batch.map(({ key }) => key);
    say({ begun: keys });
    await pause(20);
    if (keys.includes('poison')) process.kill(process.pid, 'SIGKILL');
    say({ ended: keys });
    return [];
  },
  { batchSize: 6, signal: stop.signal },
);
await boss.stop({ graceful: false });

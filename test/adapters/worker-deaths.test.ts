import PgBoss from 'pg-boss';
import { afterAll, expect, test } from 'vitest';
import { pgBossJobs } from '../../adapters/jobs/pg-boss.js';
import { bundleChild, removeBundles, startChild } from './child-process.js';
import { POSTGRES, postgresPrograms, withPostgres } from './postgres-server.js';

afterAll(removeBundles);

const programs = postgresPrograms();

interface Said {
  begun?: string[];
  ended?: string[];
}

/** Starts a worker of the queue and, unless it is to live, kills it as its n-th batch begins. Returns what it said, once it has ended. */
async function worker(connectionString: string, queue: string, { killAt }: { killAt?: number } = {}) {
  const { process: child, ended } = startChild(await bundle(), [connectionString, queue]);
  let begun = 0;
  child.stdout!.on('data', (chunk: Buffer) => {
    begun += String(chunk).split('"begun"').length - 1;
    if (killAt !== undefined && begun >= killAt) child.kill('SIGKILL');
  });
  const said = ended.then(({ output, errors }) => {
    expect(errors).toBe('');
    const whole = output.slice(0, output.lastIndexOf('\n'));
    return whole === '' ? [] : whole.split('\n').map((line) => JSON.parse(line) as Said);
  });
  return { child, said };
}

let bundled: Promise<string> | undefined;
const bundle = () => {
  bundled ??= bundleChild('batch-worker');
  return bundled;
};

const itemsOf = (names: readonly string[]) => names.map((key) => ({ key, data: {} }));
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`);

test.skipIf(programs === undefined)(
  `pg-boss: twelve workers killed with a batch in their hands cost no item its tries, on ${POSTGRES}`,
  () =>
    withPostgres(programs!, async ({ connectionString }) => {
      const boss = new PgBoss({ connectionString, maintenanceIntervalSeconds: 1, schedule: false });
      await boss.start();
      const jobs = pgBossJobs(boss, { retryDelayInSeconds: 0, expireInSeconds: 2 });
      const keys = numbered(60);
      await jobs.add('q', itemsOf(keys));
      const done = new Set<string>();
      const note = (said: Said[]) => {
        for (const { ended = [] } of said) for (const key of ended) done.add(key);
      };
      for (let death = 0; death < 12; death++) {
        const { child, said } = await worker(connectionString, 'q', { killAt: 1 + (death % 3) });
        const late = setTimeout(() => child.kill('SIGKILL'), 15_000); // where nothing is left to begin
        note(await said);
        clearTimeout(late);
        expect((await jobs.count('q')).failed).toBe(0);
      }
      const { child, said } = await worker(connectionString, 'q');
      const deadline = Date.now() + 60_000;
      for (;;) {
        const { waiting, active } = await jobs.count('q');
        if (waiting + active === 0) break;
        expect(Date.now()).toBeLessThan(deadline);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      child.kill('SIGTERM');
      note(await said);
      expect(await jobs.count('q')).toEqual({ waiting: 0, active: 0, failed: 0 });
      expect([...done].sort()).toEqual([...keys].sort());
      await boss.stop({ graceful: false });
    }),
  300_000,
);

test.skipIf(programs === undefined)(
  `pg-boss: an item that kills its workers is found and given up, and the others of its batch are done, on ${POSTGRES}`,
  () =>
    withPostgres(programs!, async ({ connectionString }) => {
      const boss = new PgBoss({ connectionString, maintenanceIntervalSeconds: 1, schedule: false });
      await boss.start();
      const jobs = pgBossJobs(boss, { retryDelayInSeconds: 0, expireInSeconds: 2 });
      const others = numbered(9);
      await jobs.add('q', itemsOf([...others.slice(0, 3), 'poison', ...others.slice(3)]));
      const said: Said[][] = [];
      const settled = async () => {
        const { waiting, active } = await jobs.count('q');
        return waiting + active === 0;
      };
      for (;;) {
        const { child, said: lines } = await worker(connectionString, 'q');
        const watching = setInterval(async () => {
          if (await settled()) child.kill('SIGTERM');
        }, 100);
        said.push(await lines);
        clearInterval(watching);
        if (await settled()) break;
        expect(said.length).toBeLessThan(10);
      }
      expect(await jobs.count('q')).toEqual({ waiting: 0, active: 0, failed: 1 });
      const batches = said.flat().flatMap(({ begun = [] }) => (begun.includes('poison') ? [begun.length] : []));
      // once beside others, and then its three tries alone
      expect(batches[0]).toBeGreaterThan(1);
      expect(batches.slice(1)).toEqual([1, 1, 1]);
      expect(new Set(said.flat().flatMap(({ ended = [] }) => ended))).toEqual(new Set(others));

      // whoever has pg-boss try it again gives it one more try, alone
      const { rows } = await boss.getDb().executeSql("SELECT id FROM pgboss.job WHERE state = 'failed'", []);
      await boss.retry('q', rows[0].id);
      const again = await (await worker(connectionString, 'q')).said;
      expect(again).toEqual([{ begun: ['poison'] }]);
      await expect.poll(() => jobs.count('q'), { timeout: 30_000 }).toEqual({ waiting: 0, active: 0, failed: 1 });
      await boss.stop({ graceful: false });
    }),
  300_000,
);

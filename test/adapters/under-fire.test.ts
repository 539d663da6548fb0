import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderModels } from '../../adapters/models/folder.js';
import { postgresStore } from '../../adapters/store/postgres.js';
import { sampleOutcome, samplePrediction } from '../../src/testing/samples.js';
import { bundleChild, removeBundles, runChild, startChild } from './child-process.js';
import { openStore, type Place } from './children/any-store.js';
import { dayOf, faultsOf, iterate } from './children/iteration.js';
import { POSTGRES, type PostgresServer, postgresPrograms, startPostgres } from './postgres-server.js';

/*
 * Many processes at once, processes that are killed, connections that are cut. `npm test` does a little of each;
 * CHRONOLIGHT_FIRE=full does as much as docs/adapters.md reports, and prints figures.
 */
const full = process.env['CHRONOLIGHT_FIRE'] === 'full';
const SECONDS = full ? 20 : 2;
const PROCESSES = full ? 8 : 4;
const KILLS = full ? { sqlite: 200, postgres: 100 } : { sqlite: 4, postgres: 3 };
const TIMEOUT = full ? 3_600_000 : 120_000;

const programs = postgresPrograms();
let root: string;
const children: Record<string, string> = {};
let server: PostgresServer | undefined;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'chronolight-fire-'));
  for (const name of ['upserter', 'writer', 'model-writer']) children[name] = await bundleChild(name);
  if (programs !== undefined) server = await startPostgres(programs);
}, TIMEOUT);
afterAll(async () => {
  await removeBundles();
  await server?.stop();
  await rm(root, { recursive: true });
});

async function expectUpsertsAtOnce(place: Place): Promise<void> {
  const { store, end } = await openStore(place);
  const until = Date.now() + 1000 * SECONDS + 1500;
  interface Answer {
    calls: number;
    rows: number;
    errors: string[];
    flagged: number[];
  }
  const answers = await Promise.all(
    Array.from({ length: PROCESSES }, (_, index) => runChild<Answer>(children['upserter'], [place, index + 1, until])),
  );
  expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
  const rows = await store.listPredictions({ limit: 2000 });
  const flagged = new Set(answers.flatMap((answer) => answer.flagged).map((index) => `K${index}`));
  expect(new Set(rows.map(({ code }) => code)).size).toBe(rows.length);
  expect(
    rows
      .filter((row) => row.userTriggered)
      .map(({ code }) => code)
      .sort(),
  ).toEqual([...flagged].sort());
  const calls = answers.reduce((sum, answer) => sum + answer.calls, 0);
  expect(Math.min(...answers.map((answer) => answer.calls))).toBeGreaterThan(0);
  if (full) {
    expect(rows.length).toBe(1000);
    const written = answers.reduce((sum, answer) => sum + answer.rows, 0);
    console.log(
      `${Object.keys(place)[0]}: ${PROCESSES} processes, ${SECONDS} s, ${calls} upserts of ${written} rows, ${flagged.size} flags, 0 errors`,
    );
  }
  await end();
}

/** Kills a writer at a random moment again and again; after each, nothing is half done and the day's work can be completed. */
async function expectKillsLeaveNothingHalfDone(
  {
    place,
    victims,
    reset,
    settled,
  }: { place: Place; victims: Place; reset: () => Promise<void>; settled: () => Promise<void> },
  kills: number,
): Promise<void> {
  let day = 0;
  let duringMigration = 0;
  for (let kill = 0; kill < kills; kill++) {
    if (kill % 4 === 0) {
      // a place without tables: the kill falls into the migration or the first writes
      await reset();
      day = 0;
    }
    const child = startChild(children['writer'], [victims, day]);
    const wanted = kill % 4 === 0 ? 'opening' : 'ready';
    await new Promise<void>((resolve, reject) => {
      child.process.stdout!.on('data', (chunk) => String(chunk).includes(wanted) && resolve());
      child.ended.then(({ errors }) => reject(new Error(`the writer ended by itself: ${errors}`)));
    });
    await new Promise((resolve) => setTimeout(resolve, Math.random() * (kill % 4 === 0 ? 60 : 300)));
    child.process.kill('SIGKILL');
    const { output } = await child.ended;
    await settled();
    if (!output.includes('ready')) duringMigration += 1;
    const { store, end } = await openStore(place);
    expect(await faultsOf(store)).toEqual([]);
    const newest = (await store.listPredictions({ limit: 1_000_000 })).at(-1);
    const last = newest === undefined ? day : newest.pointClose - 1;
    await iterate(store, last);
    expect(await faultsOf(store)).toEqual([]);
    expect(await store.listOutcomes({ fromBaseDate: dayOf(last) })).toHaveLength(40);
    day = last + 1;
    await end();
  }
  if (full)
    console.log(`${Object.keys(place)[0]}: ${kills} kills, ${duringMigration} of them before the schema was made`);
}

describe('one SQLite file', () => {
  test(
    'processes that upsert the same keys lose no flag and make no duplicate',
    async () => {
      await expectUpsertsAtOnce({ sqlite: join(root, 'upserts.db') });
    },
    TIMEOUT,
  );

  test(
    'a process killed at any moment leaves nothing half done',
    async () => {
      const file = join(root, 'kills.db');
      const reset = async () => {
        for (const suffix of ['', '-wal', '-shm']) await rm(`${file}${suffix}`, { force: true });
      };
      const place = { sqlite: file };
      await expectKillsLeaveNothingHalfDone({ place, victims: place, reset, settled: async () => {} }, KILLS.sqlite);
      const database = new Database(file);
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(database.pragma('foreign_key_check')).toEqual([]);
      database.close();
    },
    TIMEOUT,
  );
});

describe('a folder of models', () => {
  test(
    'a process killed at any moment leaves pairs of models and their meta whole',
    async () => {
      const folder = join(root, 'models');
      for (let kill = 0; kill < KILLS.sqlite; kill++) {
        const child = startChild(children['model-writer'], [folder]);
        // every second kill comes after the first pair, however busy the machine
        const awaited = kill % 2 === 0 ? 'ready' : 'put';
        await new Promise<void>((resolve, reject) => {
          child.process.stdout!.on('data', (chunk) => String(chunk).includes(awaited) && resolve());
          child.ended.then(({ errors }) => reject(new Error(`the writer ended by itself: ${errors}`)));
        });
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
        child.process.kill('SIGKILL');
        await child.ended;
        const models = folderModels(folder);
        const [reg, cls] = [await models.get('C0_h1_reg'), await models.get('C0_h1_cls')];
        expect(cls).toBe(reg);
        if (reg === undefined) continue;
        expect(reg.length).toBe(5000 * (reg.indexOf('\n') + 1));
        for (const key of ['C0_h1_reg', 'C0_h1_cls'])
          expect(await models.getMeta(key)).toEqual({ n: Number.parseInt(reg, 10) });
      }
      expect(await folderModels(folder).list()).toEqual(['C0_h1_cls', 'C0_h1_reg']);
    },
    TIMEOUT,
  );
});

describe.skipIf(programs === undefined)(POSTGRES, () => {
  const place = (schema: string) => ({ postgres: server!.connectionString, schema });

  test(
    'processes that upsert the same keys lose no flag, make no duplicate, leave no deadlock unanswered',
    async () => {
      await expectUpsertsAtOnce(place('upserts'));
    },
    TIMEOUT,
  );

  test(
    'a process killed at any moment leaves nothing half done',
    async () => {
      const admin = new pg.Pool({ connectionString: server!.connectionString });
      const reset = async () => {
        await admin.query('DROP SCHEMA IF EXISTS kills CASCADE');
      };
      // what a killed process had sent may still be carried out for a moment
      const settled = async () => {
        const sql = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'victim'";
        while ((await admin.query(sql)).rows[0].n > 0) await new Promise((resolve) => setTimeout(resolve, 2));
      };
      const at = place('kills');
      const victims = { ...at, postgres: `${at.postgres}?application_name=victim` };
      await expectKillsLeaveNothingHalfDone({ place: at, victims, reset, settled }, KILLS.postgres);
      await admin.end();
    },
    TIMEOUT,
  );

  test(
    'connections that are cut and a server that is restarted under load: every call is completed, once',
    async () => {
      const pool = new pg.Pool({ connectionString: server!.connectionString, max: 4 });
      pool.on('error', () => {});
      const store = await postgresStore({ pool, schema: 'cut', retryForMs: 60_000 });
      let loading = true;
      let calls = 0;
      const load = Array.from({ length: 4 }, async (_, worker) => {
        let day = 0;
        for (; loading; day++) {
          const key = { code: `W${worker}`, baseDate: dayOf(day), horizon: 1 };
          const claim = { job: `W${worker}`, scheduledFor: new Date(`${dayOf(day)}T00:00:00Z`), owner: 'me' };
          await store.upsertPredictions([samplePrediction({ ...key, userTriggered: true })]);
          await store.recordOutcomes([sampleOutcome(key)]);
          if (!(await store.claimJobRun({ ...claim, now: new Date(), leaseMs: 60_000 })))
            throw new Error('a lost claim');
          const end = { ...claim, status: 'done' as const, finishedAt: new Date() };
          if (!(await store.finishJobRun(end))) throw new Error('a lost end');
          calls += 4;
        }
        return day;
      });
      const ended = Promise.all(load);
      ended.catch(() => {}); // awaited below, when the last cut is over
      const cuts = full ? 40 : 5;
      for (let cut = 0; cut < cuts; cut++) {
        const before = calls;
        if (cut % 5 === 4) await server!.restart();
        else {
          const admin = new pg.Client({ connectionString: server!.connectionString });
          await admin.connect();
          await admin.query(
            'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = $1 AND pid <> pg_backend_pid()',
            ['client backend'],
          );
          await admin.end();
        }
        // the next cut when the load has come through this one
        const stopAt = Date.now() + 30_000;
        while (calls < before + 20 && Date.now() < stopAt) await new Promise((resolve) => setTimeout(resolve, 5));
      }
      loading = false;
      const days = await ended;
      const total = days.reduce((sum, count) => sum + count, 0);
      expect(await store.listPredictions({ state: 'matched', userTriggered: true, limit: 1_000_000 })).toHaveLength(
        total,
      );
      expect(await store.listOutcomes({ limit: 1_000_000 })).toHaveLength(total);
      if (full) console.log(`postgres: ${cuts} cuts, ${cuts / 5} of them restarts, ${calls} calls completed`);
      await store.close();
      await pool.end();
    },
    TIMEOUT,
  );

  test('a single client that is cut off is STORE_BUSY, then STORE_BUSY again, and what was stored stays', async () => {
    const client = new pg.Client({ connectionString: server!.connectionString });
    client.on('error', () => {});
    await client.connect();
    const store = await postgresStore({ client, schema: 'single' });
    await store.upsertPredictions([samplePrediction()]);
    const pid = (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid;
    const pool = new pg.Pool({ connectionString: server!.connectionString });
    await pool.query('SELECT pg_terminate_backend($1)', [pid]);
    for (let again = 0; again < 2; again++) {
      await expect(store.upsertPredictions([samplePrediction({ code: 'x' })])).rejects.toMatchObject({
        code: 'STORE_BUSY',
      });
    }
    const other = await postgresStore({ pool, schema: 'single' });
    expect(await other.listPredictions()).toEqual([samplePrediction()]);
    await store.close();
    await client.end();
    await pool.end();
  });

  test('a server that cannot be reached is STORE_BUSY once the time is up, without the password in the error', async () => {
    const connectionString = 'postgres://someone:secret-word@127.0.0.1:1/postgres';
    const error = await postgresStore({ connectionString, retryForMs: 100 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'STORE_BUSY' });
    const shown = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).cause);
    expect(shown).not.toContain('secret-word');
    const odd = await postgresStore({ connectionString: 'no url: secret-word' }).catch((reason: unknown) => reason);
    expect(odd).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(JSON.stringify(odd, Object.getOwnPropertyNames(odd))).not.toContain('secret-word');
  });
});

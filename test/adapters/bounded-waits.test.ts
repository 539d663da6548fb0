import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresClient, postgresStore } from '../../adapters/store/postgres.js';
import { sqliteStore } from '../../adapters/store/sqlite.js';
import { samplePrediction, sampleWeights } from '../../src/testing/samples.js';
import { POSTGRES, type PostgresServer, postgresPrograms, startPostgres } from './postgres-server.js';

const BUSY = { code: 'STORE_BUSY' };
/** Milliseconds that a call took which must reject with STORE_BUSY. */
async function untilBusy(call: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await expect(call).rejects.toMatchObject(BUSY);
  return performance.now() - start;
}

test('calls of SQLite that wait at the same time are each STORE_BUSY after busyTimeoutMs: the waits do not add up', async () => {
  const root = await mkdtemp(join(tmpdir(), 'chronolight-waits-'));
  const file = join(root, 'x.db');
  const store = await sqliteStore(file, { busyTimeoutMs: 150, library: 'better-sqlite3' });
  const other = new Database(file);
  other.exec('BEGIN IMMEDIATE');
  const waits = await Promise.all(Array.from({ length: 8 }, () => untilBusy(store.putWeights([sampleWeights()]))));
  expect(Math.max(...waits)).toBeLessThan(150 * 4); // one after another they were 8 * 150
  other.exec('ROLLBACK');
  other.close();
  await store.putWeights([sampleWeights()]);
  expect(await store.listWeights()).toEqual([sampleWeights()]);
  await store.close();
  await rm(root, { recursive: true });
});

test('a server that accepts connections and says nothing is STORE_BUSY', async () => {
  const silent: Server = createServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  const connectionString = `postgres://nobody@127.0.0.1:${port}/none`;
  await untilBusy(postgresStore({ connectionString, connectTimeoutMs: 50, retryForMs: 0 }));
  silent.close();
});

test('errors that pass by themselves are STORE_BUSY, others STORE_FAILED', async () => {
  const failing = (code: string): PostgresClient => ({
    query: () => Promise.reject(Object.assign(new Error(code), { code })),
  });
  // https://www.postgresql.org/docs/current/errcodes-appendix.html, and the system's own
  for (const code of ['57014', '57P05', '25P03', '08006', '08001', 'ENOTFOUND', '55P03', '40001', 'ECONNRESET']) {
    await expect(postgresStore({ client: failing(code) }), code).rejects.toMatchObject(BUSY);
  }
  for (const code of ['42501', '53100', '57P04', '28P01']) {
    await expect(postgresStore({ client: failing(code) }), code).rejects.toMatchObject({ code: 'STORE_FAILED' });
  }
});

test('a bad limit, or an option that there is not, is refused by name', async () => {
  const client: PostgresClient = { query: async () => ({ rows: [], rowCount: 0 }) };
  const cases = [
    { lockTimeoutMs: -1 },
    { queryTimeoutMs: Infinity },
    { statementTimeoutMs: '1' },
    { lockTimeout: 1 },
    { retryForMs: Number.NaN },
    { queryTimeoutMs: 3e9 },
  ];
  for (const options of cases) {
    const refused = { code: 'INVALID_ARGUMENT', field: Object.keys(options)[0] };
    await expect(postgresStore({ client, ...(options as object) })).rejects.toMatchObject(refused);
  }
});

test('a bad option of a SQLite store is refused by name, and no file is made', async () => {
  const cases = [
    { busyTimeoutMs: Number.NaN },
    { busyTimeoutMs: 3e9 },
    { busyTimeout: 10 },
    { durability: 'none' },
    { library: 'sqlite3' },
  ];
  for (const options of cases) {
    const refused = { code: 'INVALID_ARGUMENT', field: Object.keys(options)[0] };
    const file = join(tmpdir(), `chronolight-never-${process.pid}.db`);
    await expect(sqliteStore(file, options as never), Object.keys(options)[0]).rejects.toMatchObject(refused);
    expect(existsSync(file)).toBe(false);
  }
});

const programs = postgresPrograms();
describe.skipIf(programs === undefined)(POSTGRES, () => {
  let server: PostgresServer;
  let pool: pg.Pool;
  beforeAll(async () => {
    server = await startPostgres(programs!);
    pool = new pg.Pool({ connectionString: server.connectionString, max: 4 });
    pool.on('error', () => {});
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });
  const limits = { retryForMs: 0, lockTimeoutMs: 60, connectTimeoutMs: 60 };

  test('a row that another transaction holds is STORE_BUSY after lockTimeoutMs, and free again afterwards', async () => {
    const store = await postgresStore({ pool, schema: 'rows', ...limits });
    await store.upsertPredictions([samplePrediction()]);
    const other = await pool.connect();
    await other.query('BEGIN; SELECT 1 FROM rows.predictions FOR UPDATE');
    await untilBusy(store.upsertPredictions([samplePrediction()]));
    await other.query('ROLLBACK');
    other.release();
    await store.upsertPredictions([samplePrediction()]);
    // the limit was the transaction's: the host's own connections are as they were
    expect((await pool.query('SHOW lock_timeout')).rows).toEqual([{ lock_timeout: '0' }]);
  });

  test('a migration lock that is never let go is STORE_BUSY', async () => {
    const other = await pool.connect();
    await other.query("BEGIN; SELECT pg_advisory_xact_lock(20240308, hashtext('stuck'))");
    await untilBusy(postgresStore({ pool, schema: 'stuck', ...limits }));
    await other.query('ROLLBACK');
    other.release();
    await (await postgresStore({ pool, schema: 'stuck', ...limits })).close();
  });

  test('an exhausted pool is STORE_BUSY after connectTimeoutMs, and what comes too late goes back', async () => {
    const small = new pg.Pool({ connectionString: server.connectionString, max: 1 });
    const store = await postgresStore({ pool: small, schema: 'small', ...limits });
    const held = await small.connect();
    await untilBusy(store.listPredictions());
    held.release();
    expect(await store.listPredictions()).toEqual([]);
    await small.end();
  });

  test('a server that stops answering in the middle is STORE_BUSY after queryTimeoutMs', async () => {
    let mute = false;
    const client = new pg.Client({ connectionString: server.connectionString });
    await client.connect();
    const store = await postgresStore({
      client: { query: (text, values) => (mute ? new Promise(() => {}) : client.query(text, values)) },
      schema: 'mute',
      ...limits,
      queryTimeoutMs: 50,
    });
    mute = true;
    await untilBusy(store.listPredictions());
    await untilBusy(store.upsertPredictions([samplePrediction()]));
    await client.end();
  });

  test('now() is the server’s clock', async () => {
    const store = await postgresStore({ pool, schema: 'clock' });
    const asked = async () =>
      Number((await pool.query('SELECT extract(epoch from clock_timestamp()) * 1000 AS ms')).rows[0].ms);
    const [before, now, after] = [await asked(), await store.now!(), await asked()];
    expect(now.getTime()).toBeGreaterThanOrEqual(Math.floor(before));
    expect(now.getTime()).toBeLessThanOrEqual(after);
  });
});

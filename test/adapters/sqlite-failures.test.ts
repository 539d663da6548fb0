import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openDatabase } from '../../adapters/store/sqlite/database.js';
import { type SqliteDatabase, sqliteStore } from '../../adapters/store/sqlite.js';
import type { Store } from '../../src/store/store.js';
import { sampleOutcome, samplePerformance, samplePrediction, sampleWeights } from '../../src/testing/samples.js';
import { bundleChild, removeBundles } from './child-process.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'chronolight-sqlite-failures-'));
});
afterAll(removeBundles);
afterAll(() => rm(root, { recursive: true }));

let count = 0;
async function filled(): Promise<string> {
  const file = join(root, `${++count}.db`);
  const store = await sqliteStore(file);
  await store.upsertPredictions([samplePrediction(), samplePrediction({ horizon: 2 })]);
  await store.recordOutcomes([sampleOutcome()]);
  await store.close();
  return file;
}

async function expectFilled(store: Store): Promise<void> {
  expect(await store.listPredictions()).toEqual([samplePrediction(), samplePrediction({ horizon: 2 })]);
  expect(await store.listOutcomes()).toEqual([sampleOutcome()]);
}

const many = (code: string) =>
  Array.from({ length: 5000 }, (_, index) => samplePrediction({ code, horizon: index + 1, userTriggered: true }));

test('a full disk is STORE_FAILED: nothing of the call is stored, what was there stays, and room lets it go on', async () => {
  const file = await filled();
  const database = new Database(file);
  const store = await sqliteStore({ database: database as SqliteDatabase });
  // SQLite answers a limit on its pages as it answers a disk without room: SQLITE_FULL
  const pages = database.pragma('page_count', { simple: true }) as number;
  database.pragma(`max_page_count = ${pages + 20}`);
  const failed = { code: 'STORE_FAILED', cause: expect.objectContaining({ code: 'SQLITE_FULL' }) };
  await expect(store.upsertPredictions(many('A'))).rejects.toMatchObject(failed);
  await expectFilled(store);
  database.pragma('max_page_count = 1000000');
  await store.upsertPredictions(many('A'));
  expect(await store.listPredictions({ code: 'A', limit: 9999 })).toHaveLength(5000);
  await store.close();
  database.close();
});

test.skipIf(process.platform === 'win32')(
  'a file that may not grow is STORE_FAILED midway, and holds every call before it, whole',
  async () => {
    const file = join(root, 'limit.db');
    const child = await bundleChild('full-disk');
    // the shell's limit on the size of files (2 MB, in blocks of 512 or 1,024 bytes) is met by the log as it grows
    const command = `ulimit -f 2048; exec "$0" "$@"`;
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      command,
      process.execPath,
      child,
      JSON.stringify({ sqlite: file }),
    ]);
    const { calls, ...refusal } = JSON.parse(stdout) as { calls: number };
    expect(calls).toBeGreaterThan(0);
    expect(refusal).toEqual({
      code: 'STORE_FAILED',
      cause: expect.stringMatching(/^SQLITE_(FULL|IOERR)/),
      readable: 300,
    });
    const store = await sqliteStore(file);
    const rows = await store.listPredictions({ limit: 1_000_000 });
    const codes = Array.from({ length: calls }, (_, index) => `call ${index}`);
    expect([...new Set(rows.map(({ code }) => code))].sort()).toEqual(codes.sort());
    expect(rows).toHaveLength(300 * calls);
    await store.upsertPredictions(many('A'));
    await store.close();
  },
);

test('a read-only file is read; every write is STORE_FAILED and changes nothing', async () => {
  const file = await filled();
  const database = new Database(file, { readonly: true });
  const store = await sqliteStore({ database: database as SqliteDatabase });
  const failed = { code: 'STORE_FAILED', cause: expect.objectContaining({ code: 'SQLITE_READONLY' }) };
  await expect(store.upsertPredictions(many('A'))).rejects.toMatchObject(failed);
  await expect(store.models.put('m', 'text')).rejects.toMatchObject(failed);
  await expectFilled(store);
  await store.close();
  database.close();
});

test('a missing table is STORE_FAILED naming it; the other tables still answer', async () => {
  const file = await filled();
  const database = new Database(file);
  database.exec('DROP TABLE ensemble_weights');
  database.close();
  const store = await sqliteStore(file);
  const failed = { code: 'STORE_FAILED', message: expect.stringContaining('ensemble_weights') };
  await expect(store.getWeights('005930', 1)).rejects.toMatchObject(failed);
  await expect(store.putWeights([])).resolves.toBeUndefined();
  await expectFilled(store);
  await store.close();
});

const TICK = new Date('2024-03-08T07:00:00Z');

/** A table, what spoils its row of 'bad', and how its rows are read. */
const corruptions: [string, string, (store: Store, onCorruptRow?: (error: Error) => void) => Promise<unknown[]>][] = [
  ['predictions', "issued_at = 'soon'", (store, onCorruptRow) => store.listPredictions({ onCorruptRow })],
  ['predictions', "sources_used = '[1]'", (store, onCorruptRow) => store.listPredictions({ onCorruptRow })],
  ['prediction_outcomes', 'covered = 2', (store, onCorruptRow) => store.listOutcomes({ onCorruptRow })],
  ['prediction_outcomes', "members = 'null'", (store, onCorruptRow) => store.listOutcomes({ onCorruptRow })],
  ['ensemble_weights', 'weights = \'{"lgbm":1.5}\'', (store, onCorruptRow) => store.listWeights({ onCorruptRow })],
  ['ensemble_weights', "as_of = '2024-02-30'", (store, onCorruptRow) => store.listWeights({ onCorruptRow })],
  ['model_performance', 'coverage = -1', (store, onCorruptRow) => store.listPerformance({ onCorruptRow })],
  ['job_runs', "lease_until = 'never'", (store) => store.listJobRuns({ job: 'bad' })],
  ['models', "meta = '{'", async (store) => [await store.models.getMeta!('bad')]],
];

test.each(corruptions)(
  'a row of %s with %s is CORRUPT_ROW by its key, and the others are read',
  async (table, change, read) => {
    const file = join(root, `${++count}.db`);
    const store = await sqliteStore(file);
    const codes = ['bad', 'good'];
    await store.upsertPredictions(codes.map((code) => samplePrediction({ code })));
    await store.recordOutcomes(codes.map((code) => sampleOutcome({ code })));
    await store.putWeights(codes.map((code) => sampleWeights({ code })));
    await store.putPerformance(codes.map((code) => samplePerformance({ code })));
    for (const job of codes)
      await store.claimJobRun({ job, scheduledFor: TICK, owner: 'me', now: TICK, leaseMs: 1000 });
    await store.models.putMany(codes.map((key) => ({ key, text: 'text', meta: { key } })));
    const database = new Database(file);
    const key = { job_runs: 'job', models: 'key' }[table] ?? 'code';
    expect(database.prepare(`UPDATE ${table} SET ${change} WHERE ${key} = 'bad'`).run().changes).toBe(1);
    database.close();
    const corrupt = { code: 'CORRUPT_ROW', field: table, message: expect.stringContaining('bad') };
    await expect(read(store)).rejects.toMatchObject(corrupt);
    if (key === 'code') {
      const told: Error[] = [];
      expect(await read(store, (error) => told.push(error))).toMatchObject([{ code: 'good' }]);
      expect(told).toMatchObject([corrupt]);
    }
    expect(await store.listJobRuns({ job: 'good' })).toHaveLength(1);
    expect(await store.models.getMeta('good')).toEqual({ key: 'good' });
    await store.close();
  },
);

test('a file that is no database, a folder, and a missing folder are STORE_FAILED', async () => {
  await writeFile(join(root, 'text.db'), 'this is no database, and long enough to be looked at '.repeat(50));
  for (const file of [join(root, 'text.db'), root, join(root, 'none', 'x.db')]) {
    await expect(sqliteStore(file)).rejects.toMatchObject({ code: 'STORE_FAILED' });
  }
});

test('a lock that is held too long is STORE_BUSY, one that is let go in time is waited for, with the event loop free', async () => {
  const file = await filled();
  const holder = await openDatabase(file); // the store's own library: two of them in one process do not see each other's locks
  const store = await sqliteStore(file, { busyTimeoutMs: 500 });
  holder.exec('BEGIN IMMEDIATE');
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await expect(store.models.put('m', 'text')).rejects.toMatchObject({ code: 'STORE_BUSY' });
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(1);
  await expectFilled(store); // readers do not wait for a writer
  holder.exec('COMMIT');
  await store.upsertPredictions([samplePrediction({ horizon: 2 })]);
  await expectFilled(store);

  const patient = await sqliteStore(file, { busyTimeoutMs: 60_000 });
  holder.exec('BEGIN IMMEDIATE');
  const write = patient.upsertPredictions([samplePrediction({ code: 'late' })]);
  await expect(store.models.put('m', 'text')).rejects.toMatchObject({ code: 'STORE_BUSY' });
  holder.exec('COMMIT');
  await write;
  expect(await store.listPredictions({ code: 'late' })).toHaveLength(1);
  await Promise.all([store.close(), patient.close()]);
  holder.close();
});

test('a connection that its owner closes midway is STORE_FAILED', async () => {
  const file = await filled();
  const database = new Database(file);
  const store = await sqliteStore({ database: database as SqliteDatabase });
  database.close();
  await expect(store.upsertPredictions([samplePrediction()])).rejects.toMatchObject({ code: 'STORE_FAILED' });
  const again = await sqliteStore(file);
  await expectFilled(again);
  await again.close();
});

test('the file that a killed process leaves behind, with its log, opens with every call that had returned', async () => {
  const file = await filled();
  const store = await sqliteStore(file);
  await store.upsertPredictions([samplePrediction({ code: 'in the log' })]);
  // what is on the disk at this moment is what a killed process would leave
  await copyFile(file, join(root, 'copy.db'));
  await copyFile(`${file}-wal`, join(root, 'copy.db-wal'));
  const copy = await sqliteStore(join(root, 'copy.db'));
  expect(await copy.listPredictions({ code: 'in the log' })).toHaveLength(1);
  await Promise.all([store.close(), copy.close()]);
});

test('a library that was asked for by name and is not there is RUNTIME_MISSING with the remedy', async () => {
  const hasNodeSqlite = 'getBuiltinModule' in process && process.getBuiltinModule('node:sqlite') !== undefined;
  if (hasNodeSqlite) {
    const store = await sqliteStore(':memory:', { library: 'node:sqlite' });
    await store.close();
    return;
  }
  const missing = { code: 'RUNTIME_MISSING', message: expect.stringMatching(/Node 22.*better-sqlite3/) };
  await expect(sqliteStore(':memory:', { library: 'node:sqlite' })).rejects.toMatchObject(missing);
});

test('better-sqlite3 without its native part is RUNTIME_MISSING, not a file that cannot be opened', async () => {
  // As the package says it after an installation that ran no scripts.
  const absent = new Error('Could not locate the bindings file. Tried: ...');
  vi.doMock('better-sqlite3', () => ({
    default: class {
      constructor() {
        throw absent;
      }
    },
  }));
  await expect(sqliteStore(join(root, 'unbuilt.db'), { library: 'better-sqlite3' })).rejects.toMatchObject({
    code: 'RUNTIME_MISSING',
    message: expect.stringContaining('npm rebuild better-sqlite3'),
    cause: absent,
  });
  vi.doUnmock('better-sqlite3');
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SqliteDatabase, sqliteStore } from '../../adapters/store/sqlite.js';
import type { Store } from '../../src/store/store.js';
import { storeSuite } from '../../src/testing/index.js';
import { samplePrediction } from '../../src/testing/samples.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'chronolight-sqlite-'));
});
afterAll(() => rm(root, { recursive: true }));

const files = new WeakMap<Store, string>();
let count = 0;

async function openFile(file = join(root, `${++count}.db`)): Promise<Store> {
  const store = await sqliteStore(file, { durability: 'normal', library: 'better-sqlite3' });
  files.set(store, file);
  return store;
}

describe('the suite on a file', () => {
  storeSuite({
    test,
    open: () => openFile(),
    reopen: (store) => openFile(files.get(store)),
    damage(store, { code, baseDate, horizon }) {
      const database = new Database(files.get(store)!);
      const sql = "UPDATE predictions SET members = '{' WHERE code = ? AND base_date = ? AND horizon = ?";
      expect(database.prepare(sql).run(code, baseDate, horizon).changes).toBe(1);
      database.close();
    },
    rows: 12_000,
  });
});

describe('the suite on a connection handed in', () => {
  storeSuite({
    test,
    open: () => sqliteStore({ database: new Database(':memory:') as SqliteDatabase }),
    supports: { persistent: 'in memory', shared: 'in memory', corruptRows: 'shown on a file' },
  });
});

describe('sqliteStore', () => {
  test('leaves a connection that was handed in open, and its settings as they were', async () => {
    const database = new Database(join(root, 'own.db'));
    const before = ['journal_mode', 'synchronous', 'foreign_keys'].map((name) => database.pragma(name));
    const store = await sqliteStore({ database: database as SqliteDatabase });
    await store.upsertPredictions([samplePrediction()]);
    await store.close();
    expect(database.prepare('SELECT count(*) AS n FROM predictions').get()).toEqual({ n: 1 });
    expect(['journal_mode', 'synchronous', 'foreign_keys'].map((name) => database.pragma(name))).toEqual(before);
    database.close();
  });

  test('opens a file of its own in WAL mode, with foreign keys', async () => {
    const store = await openFile(join(root, 'wal.db'));
    const database = new Database(join(root, 'wal.db'));
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    database.close();
    await store.close();
  });
});

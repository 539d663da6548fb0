import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SqliteDatabase, sqliteStore } from '../../adapters/store/sqlite.js';
import type { Store } from '../../src/store/store.js';
import { storeSuite } from '../../src/testing/index.js';
import { samplePrediction } from '../../src/testing/samples.js';

/** What these tests use of node:sqlite, which Node 20's types do not know. */
interface NodeSqlite {
  DatabaseSync: new (file: string, options?: { readOnly?: boolean }) => SqliteDatabase;
}

const { getBuiltinModule } = process as { getBuiltinModule?: (id: string) => unknown };
const sqlite = getBuiltinModule?.('node:sqlite') as NodeSqlite | undefined;
const reason = sqlite ? '' : ` (skipped: Node ${process.versions.node} has none; 22.13 and later have)`;

describe.skipIf(sqlite === undefined)(`node:sqlite${reason}`, () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'chronolight-node-sqlite-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  const files = new WeakMap<Store, string>();
  let count = 0;
  const openFile = async (file = join(root, `${++count}.db`)): Promise<Store> => {
    const store = await sqliteStore(file, { durability: 'normal', library: 'node:sqlite' });
    files.set(store, file);
    return store;
  };

  describe('the suite on a file', () => {
    storeSuite({
      test,
      open: () => openFile(),
      reopen: (store) => openFile(files.get(store)),
      damage(store, { code, baseDate, horizon }) {
        const database = new sqlite!.DatabaseSync(files.get(store)!);
        const sql = "UPDATE predictions SET members = '{' WHERE code = ? AND base_date = ? AND horizon = ?";
        expect(Number(database.prepare(sql).run(code, baseDate, horizon).changes)).toBe(1);
        database.close();
      },
    });
  });

  describe('the suite on a connection handed in', () => {
    storeSuite({
      test,
      open: () => sqliteStore({ database: new sqlite!.DatabaseSync(':memory:') }),
      supports: { persistent: 'in memory', shared: 'in memory', corruptRows: 'shown on a file' },
    });
  });

  test('a full disk and a read-only file are STORE_FAILED, a held lock is STORE_BUSY; what was there stays', async () => {
    const file = join(root, 'failures.db');
    const store = await sqliteStore(file, { library: 'node:sqlite', busyTimeoutMs: 100 });
    await store.upsertPredictions([samplePrediction()]);
    const other = new sqlite!.DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const many = Array.from({ length: 5000 }, (_, index) => samplePrediction({ horizon: index + 1 }));
    await expect(store.upsertPredictions(many)).rejects.toMatchObject({ code: 'STORE_BUSY' });
    other.exec('ROLLBACK; PRAGMA max_page_count = 40');
    const small = await sqliteStore({ database: other });
    const full = { code: 'STORE_FAILED', message: expect.stringContaining('full') };
    await expect(small.upsertPredictions(many)).rejects.toMatchObject(full);
    const reader = new sqlite!.DatabaseSync(file, { readOnly: true });
    const readOnly = await sqliteStore({ database: reader });
    const refused = { code: 'STORE_FAILED', message: expect.stringContaining('readonly') };
    await expect(readOnly.upsertPredictions(many)).rejects.toMatchObject(refused);
    for (const opened of [store, small, readOnly]) {
      expect(await opened.listPredictions()).toEqual([samplePrediction()]);
      await opened.close();
    }
    for (const database of [other, reader]) database.close();
  });
});

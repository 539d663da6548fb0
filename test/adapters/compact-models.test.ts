import { PGlite } from '@electric-sql/pglite';
import { describe, expect, test } from 'vitest';
import { type PostgresClient, postgresStore } from '../../adapters/store/postgres.js';
import type { SqlStore } from '../../adapters/store/sql/sql-store.js';
import { sqliteStore } from '../../adapters/store/sqlite.js';

const KEY = '005930_h1_reg';
const form = Uint8Array.from({ length: 300 }, (_, i) => i % 256);

async function inPostgres(): Promise<SqlStore> {
  const database = await PGlite.create();
  const client: PostgresClient = {
    async query(text, values) {
      const { rows, affectedRows } = await database.query(text, values);
      return { rows, rowCount: rows.length > 0 ? rows.length : (affectedRows ?? 0) };
    },
  };
  return (await postgresStore({ client, schema: 'public' })) as SqlStore;
}

describe.each<[string, () => Promise<SqlStore>]>([
  ['SQLite', async () => sqliteStore(':memory:')],
  ['Postgres', inPostgres],
])('compact forms in %s', (_, open) => {
  test('are none of a text that a process put which knows no forms yet, and are there again once put with one', async () => {
    const store = await open();
    const { models, driver } = store;
    const read = async () => (await models.getCompact([KEY]))[0];
    await models.putMany([{ key: KEY, text: 'first', compact: form }]);
    expect(await read()).toEqual(form);
    // what the upsert of schema 3 sets
    await driver.write((session) =>
      session.run("UPDATE models SET text = 'second', meta = NULL, updated_at = '2024-03-08T07:00:00.000Z'"),
    );
    expect(await models.get(KEY)).toBe('second');
    expect(await read()).toBeUndefined();
    await models.putMany([{ key: KEY, text: 'third', compact: form.subarray(5) }]);
    expect(await read()).toEqual(form.subarray(5));
    await store.close();
  });

  test('are dropped by a put within the same millisecond', async () => {
    const store = await open();
    const { models } = store;
    for (let i = 0; i < 20; i++) {
      await Promise.all([models.putMany([{ key: KEY, text: 'with', compact: form }]), models.put(KEY, 'without')]);
    }
    expect([await models.get(KEY), ...(await models.getCompact([KEY]))]).toEqual(['without', undefined]);
    await store.close();
  });
});

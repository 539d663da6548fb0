import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SqlPrices, sqlPrices } from '../../adapters/prices/sql.js';
import { postgresStore } from '../../adapters/store/postgres.js';
import { openDatabase } from '../../adapters/store/sqlite/database.js';
import { type SqliteStatement, type SqlStore, sqliteStore } from '../../adapters/store/sqlite.js';
import type { PriceSource } from '../../src/prices/price-source.js';
import { priceSourceSuite } from '../../src/testing/index.js';
import { sampleBars } from '../../src/testing/samples.js';
import { type PostgresServer, postgresPrograms, startPostgres } from './postgres-server.js';

const supports = { emptyInstruments: 'an instrument is known by its bars' };

function suiteOver(open: () => Promise<SqlStore>): void {
  const stores = new WeakMap<PriceSource, SqlStore>();
  priceSourceSuite({
    test,
    async open(bars) {
      const store = await open();
      const prices = sqlPrices(store);
      for (const [code, series] of bars) await prices.putBars(code, series);
      stores.set(prices, store);
      return prices;
    },
    cleanUp: (prices) => stores.get(prices)?.close(),
    supports,
  });
}

async function expectWriter(prices: SqlPrices): Promise<void> {
  const [first, second] = sampleBars(['2024-01-02', '2024-01-03']);
  await prices.putBars('A', [second]);
  await prices.putBars('A', [first, { ...second, close: 1 }, { ...second, close: 2 }]);
  await prices.putBars('A', []);
  expect(await prices.getBars('A', {})).toEqual([first, { ...second, close: 2 }]);
  const bad = [
    [{ ...first, date: '2024-1-2' }, 'INVALID_DATE'],
    [{ ...first, close: Number.NaN }, 'INVALID_ARGUMENT'],
    [{ ...first, low: 0 }, 'INVALID_ARGUMENT'],
    [{ ...first, volume: -1 }, 'INVALID_ARGUMENT'],
    [null as never, 'INVALID_ARGUMENT'],
  ] as const;
  for (const [bar, code] of bad) {
    const day = { ...first, date: '2024-01-04' };
    await expect(prices.putBars('A', [day, bar])).rejects.toMatchObject({ code });
  }
  await expect(prices.putBars('', [first])).rejects.toMatchObject({ code: 'INVALID_KEY' });
  expect(await prices.getBars('A', {})).toEqual([first, { ...second, close: 2 }]);
}

describe('SQLite', () => {
  suiteOver(() => sqliteStore(':memory:'));
  test('putBars inserts and replaces, all or none', async () => {
    const store = await sqliteStore(':memory:');
    await expectWriter(sqlPrices(store));
    await store.close();
  });
  test('an abort is honoured while the database does not answer', async () => {
    const store = await sqliteStore(':memory:');
    const prices = sqlPrices({ driver: { ...store.driver, read: () => new Promise(() => {}) } });
    const controller = new AbortController();
    const bars = prices.getBars('A', { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(bars).rejects.toThrow('enough');
    await store.close();
  });
  test('a closed store is PRICE_SOURCE_FAILED with its cause', async () => {
    const store = await sqliteStore(':memory:');
    const prices = sqlPrices(store);
    await store.close();
    const failed = { code: 'PRICE_SOURCE_FAILED', cause: { code: 'STORE_CLOSED' } };
    await expect(prices.getBars('A', {})).rejects.toMatchObject(failed);
  });
});

describe('SQLite whose rows are objects only, as in node:sqlite before Node 22.16', () => {
  suiteOver(async () => {
    const database = await openDatabase(':memory:');
    const prepare = (sql: string): SqliteStatement => {
      const statement = database.prepare(sql);
      return { all: (...values) => statement.all(...values), run: (...values) => statement.run(...values) };
    };
    return sqliteStore({ database: { exec: (sql) => database.exec(sql), prepare, close: () => database.close() } });
  });
});

const programs = postgresPrograms();
describe.skipIf(programs === undefined)('PostgreSQL', () => {
  let server: PostgresServer;
  let pool: pg.Pool;
  let count = 0;
  beforeAll(async () => {
    server = await startPostgres(programs!);
    pool = new pg.Pool({ connectionString: server.connectionString });
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });
  const open = () => postgresStore({ pool, schema: `prices_${++count}` });
  suiteOver(open);
  test('putBars inserts and replaces, all or none', async () => {
    await expectWriter(sqlPrices(await open()));
  });
});

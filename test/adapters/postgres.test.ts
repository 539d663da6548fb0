import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgresStore } from '../../adapters/store/postgres.js';
import type { Store } from '../../src/store/store.js';
import { sampleOutcome, samplePrediction, storeSuite } from '../../src/testing/index.js';
import { type PostgresServer, postgresPrograms, startPostgres } from './postgres-server.js';

const programs = postgresPrograms();
const reason = 'no PostgreSQL programs found; test/adapters/pglite.test.ts runs the same statements';

describe.skipIf(programs === undefined)(`PostgreSQL${programs === undefined ? ` (skipped: ${reason})` : ''}`, () => {
  let server: PostgresServer;
  let pool: pg.Pool;
  beforeAll(async () => {
    server = await startPostgres(programs!);
    pool = new pg.Pool({ connectionString: server.connectionString, max: 10 });
    pool.on('error', () => {});
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });

  const schemas = new WeakMap<Store, string>();
  let count = 0;
  const quoted = (schema: string) => `"${schema.replaceAll('"', '""')}"`;

  async function openSchema(schema = `Any "name"; ${++count}`): Promise<Store> {
    const store = await postgresStore({ pool, schema });
    schemas.set(store, schema);
    return store;
  }

  describe('the suite over a pool, each case in a schema of its own', () => {
    storeSuite({
      test,
      open: () => openSchema(),
      reopen: (store) => openSchema(schemas.get(store)),
      async damage(store, { code, baseDate, horizon }) {
        const table = `${quoted(schemas.get(store)!)}.predictions`;
        const sql = `UPDATE ${table} SET members = '{"oracle":1}' WHERE code = $1 AND base_date = $2 AND horizon = $3`;
        expect((await pool.query(sql, [code, baseDate, horizon])).rowCount).toBe(1);
      },
      cleanUp: async (store) => {
        await pool.query(`DROP SCHEMA ${quoted(schemas.get(store)!)} CASCADE`);
      },
      rows: 5000,
    });
  });

  describe('the suite over one client', () => {
    let client: pg.Client;
    beforeAll(async () => {
      client = new pg.Client({ connectionString: server.connectionString });
      await client.connect();
    });
    afterAll(() => client.end());
    storeSuite({
      test,
      open: () => postgresStore({ client, schema: `single_${++count}` }),
      supports: { persistent: 'shown over a pool', shared: 'shown over a pool', corruptRows: 'shown over a pool' },
    });
  });

  test('an SQL user finds tables and columns by their names, dates as dates', async () => {
    const store = await postgresStore({ pool });
    await store.upsertPredictions([samplePrediction()]);
    await store.recordOutcomes([sampleOutcome()]);
    const { rows } = await pool.query(
      `SELECT p.base_date + p.horizon AS next, p.members->'chronos'->>'pointClose' AS chronos, p.sources_used->>0 AS first,
        o.actual_close - p.base_close AS move, extract(epoch from p.issued_at)::float8 AS issued
       FROM predictions p JOIN prediction_outcomes o USING (code, base_date, horizon) WHERE p.matched`,
    );
    const expected = { chronos: '73500', first: 'chronos', move: -900, issued: 1709881200.123 };
    expect(rows).toEqual([{ ...expected, next: expect.any(Date) }]);
  });

  test('a connection string is enough; close() ends the pool that was made of it', async () => {
    const store = await postgresStore({ connectionString: server.connectionString, schema: 'by_url' });
    await store.upsertPredictions([samplePrediction()]);
    await store.close();
    const open = await pool.query(
      "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%by_url%' AND pid <> pg_backend_pid()",
    );
    expect(open.rows.length).toBe(0);
  });

  test('type parsers that the host has set change nothing', async () => {
    const plain = await postgresStore({ pool, schema: 'parsers' });
    await plain.upsertPredictions([samplePrediction()]);
    const parserOf = (oid: number) => (oid === 25 ? (text: string) => text : () => 'nonsense');
    const custom = new pg.Pool({
      connectionString: server.connectionString,
      types: { getTypeParser: parserOf } as unknown as pg.CustomTypesConfig,
    });
    const store = await postgresStore({ pool: custom, schema: 'parsers' });
    expect(await store.listPredictions()).toEqual([samplePrediction()]);
    await custom.end();
  });
});

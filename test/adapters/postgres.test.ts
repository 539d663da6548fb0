import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgresStore } from '../../adapters/store/postgres.js';
import type { Store } from '../../src/store/store.js';
import { storeSuite } from '../../src/testing/index.js';
import { sampleOutcome, samplePrediction, sampleWeights, sureOf } from '../../src/testing/samples.js';
import { POSTGRES, type PostgresServer, postgresPrograms, startPostgres } from './postgres-server.js';

const programs = postgresPrograms();

describe.skipIf(programs === undefined)(POSTGRES, () => {
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

  test('any name of up to 63 bytes is a schema of its own; longer ones, none and NUL are refused', async () => {
    // reserved words, quotes, dots, case and scripts; 63 bytes
    const names = [
      'select',
      'a"b',
      "a'b",
      'a.b',
      'A.B',
      'a b',
      '$1',
      ';',
      '\\',
      '예측',
      'é',
      'x'.repeat(63),
      '가'.repeat(21),
    ];
    const made = [];
    for (const [index, schema] of names.entries()) {
      const store = await postgresStore({ pool, schema });
      await store.upsertPredictions([samplePrediction(sureOf(index + 1))]);
      made.push({ schema, store });
    }
    for (const [index, { schema, store }] of made.entries()) {
      expect(await store.listPredictions(), schema).toEqual([samplePrediction(sureOf(index + 1))]);
      const { rows } = await pool.query(`SELECT point_close FROM ${quoted(schema)}.predictions`);
      expect(rows, schema).toEqual([{ point_close: index + 1 }]);
      await store.close();
    }
    for (const schema of ['', 'x'.repeat(64), '가'.repeat(22), 'a\0b']) {
      const refused = { code: 'INVALID_ARGUMENT', field: 'schema' };
      await expect(postgresStore({ pool, schema })).rejects.toMatchObject(refused);
    }
    await expect(postgresStore({ pool, schema: 'pg_mine' })).rejects.toMatchObject({ code: 'STORE_FAILED' });
  });

  test('a full disk is STORE_FAILED: nothing of the call is stored, and what was there stays', async () => {
    const store = await postgresStore({ pool, schema: 'full_disk' });
    await store.upsertPredictions([samplePrediction()]);
    // the server itself gives the answer of a disk without room (SQLSTATE 53100), in the middle of the rows
    await pool.query(`CREATE FUNCTION full_disk.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.horizon = 6000 THEN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END IF;
      RETURN NEW; END $$`);
    await pool.query(
      `CREATE TRIGGER fail BEFORE INSERT ON full_disk.predictions FOR EACH ROW EXECUTE FUNCTION full_disk.fail()`,
    );
    const many = Array.from({ length: 7000 }, (_, index) =>
      samplePrediction({ horizon: index + 1, userTriggered: true }),
    );
    const failed = { code: 'STORE_FAILED', cause: expect.objectContaining({ code: '53100' }) };
    await expect(store.upsertPredictions(many)).rejects.toMatchObject(failed);
    expect(await store.listPredictions({ limit: 9999 })).toEqual([samplePrediction()]);
    await pool.query('DROP TRIGGER fail ON full_disk.predictions');
    await store.upsertPredictions(many);
    expect(await store.listPredictions({ limit: 9999 })).toHaveLength(7000);
    await store.close();
  });

  test('a number that is none is CORRUPT_ROW by its key, and other rows are read', async () => {
    const store = await postgresStore({ pool, schema: 'corrupt' });
    await store.putWeights(['bad', 'good'].map((code) => sampleWeights({ code })));
    await pool.query("UPDATE corrupt.ensemble_weights SET sample_count = -1 WHERE code = 'bad'");
    const corrupt = { code: 'CORRUPT_ROW', field: 'ensemble_weights', message: expect.stringContaining('bad') };
    await expect(store.getWeights('bad', 1)).rejects.toMatchObject(corrupt);
    expect(await store.getWeights('good', 1)).toEqual(sampleWeights({ code: 'good' }));
    const told: Error[] = [];
    const rest = await store.listWeights({ onCorruptRow: (error) => void told.push(error) });
    expect(rest).toEqual([sampleWeights({ code: 'good' })]);
    expect(told).toMatchObject([corrupt]);
    await store.close();
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

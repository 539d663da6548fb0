import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgresStore } from '../../adapters/store/postgres.js';
import { MIGRATIONS, SCHEMA_VERSION } from '../../adapters/store/sql/migrations.js';
import { sqliteStore } from '../../adapters/store/sqlite.js';
import { samplePrediction } from '../../src/testing/samples.js';
import { bundleChild, removeBundles, runChild } from './child-process.js';
import { POSTGRES, type PostgresServer, postgresPrograms, startPostgres } from './postgres-server.js';

const TABLES = [
  'compact_models',
  'ensemble_weights',
  'job_runs',
  'model_performance',
  'models',
  'ohlcv',
  'prediction_outcomes',
  'predictions',
  'schema_migrations',
];
const VERSIONS = Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1);

const programs = postgresPrograms();
let root: string;
let child: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'chronolight-migrations-'));
  child = await bundleChild('open-once');
});
afterAll(removeBundles);
afterAll(() => rm(root, { recursive: true }));

/** The SHA-256 of each migration, in order. A new one is added at the end; one that is here never changes. */
const RELEASED = [
  '58e424cac97936e176340c26c8f6d54e3d4f16d2825bd46222c8877478ed7f6d',
  '2d9917eddac323ad032ecc8f86a3451bd1b20874a7ed3ce64bfb8c012d84c576',
  '60b230b38ff0df81ea127194491fbb64552fef6aeecbbc1f85d096e8419290f5',
  '34ba6a040da843b37ef563d842634d4f8dc2575462570fe1e784666d5b1ff77b',
  'ca8569d3cfb4aebdd8d3e0e7fe22ec20c303c0bc97b1beefccba7d8d61275b9d',
];

test('migrations are only ever added: those of before are what they were', () => {
  const digests = MIGRATIONS.map((migration) => createHash('sha256').update(JSON.stringify(migration)).digest('hex'));
  expect(digests).toEqual(RELEASED);
});

/** Opens the place in six processes at the same moment, some seconds from now so that all have started by then. */
const openAtOnce = (place: object) => {
  const at = Date.now() + 3000;
  return Promise.all(Array.from({ length: 6 }, () => runChild<boolean>(child, [place, at])));
};

describe('SQLite', () => {
  test('six processes that start at once make one schema', async () => {
    const file = join(root, 'at-once.db');
    expect(await openAtOnce({ sqlite: file })).toEqual(Array(6).fill(true));
    const database = new Database(file);
    const names = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").pluck().all();
    expect(names).toEqual(TABLES);
    expect(database.prepare('SELECT version FROM schema_migrations ORDER BY version').pluck().all()).toEqual(VERSIONS);
    database.close();
  });

  test('a database of a newer schema is refused and left as it is', async () => {
    const file = join(root, 'newer.db');
    const first = await sqliteStore(file);
    await first.upsertPredictions([samplePrediction()]);
    await first.close();
    const database = new Database(file);
    database.exec(`INSERT INTO schema_migrations VALUES (${SCHEMA_VERSION + 1}, 'of tomorrow', '2099-01-01')`);
    const dump = () => [
      database.prepare('SELECT sql FROM sqlite_master').all(),
      database.prepare('SELECT * FROM schema_migrations').all(),
      database.prepare('SELECT * FROM predictions').all(),
    ];
    const before = dump();
    await expect(sqliteStore(file)).rejects.toMatchObject({
      code: 'SCHEMA_TOO_NEW',
      actual: String(SCHEMA_VERSION + 1),
      expected: `<= ${SCHEMA_VERSION}`,
    });
    expect(dump()).toEqual(before);
    database.close();
  });

  test('a migration that fails leaves nothing of its own behind', async () => {
    const file = join(root, 'half.db');
    const database = new Database(file);
    // the host has a table of that name already: the last statement of the first migration fails
    database.exec("CREATE TABLE job_runs (mine TEXT); INSERT INTO job_runs VALUES ('kept')");
    await expect(sqliteStore(file)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    const names = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").pluck().all();
    expect(names).toEqual(['job_runs', 'schema_migrations']);
    expect(database.prepare('SELECT mine FROM job_runs').pluck().all()).toEqual(['kept']);
    database.close();
  });
});

describe.skipIf(programs === undefined)(POSTGRES, () => {
  let server: PostgresServer;
  let pool: pg.Pool;
  beforeAll(async () => {
    server = await startPostgres(programs!);
    pool = new pg.Pool({ connectionString: server.connectionString });
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });
  const tablesOf = async (schema: string) => {
    const sql = 'SELECT table_name FROM information_schema.tables WHERE table_schema = $1 ORDER BY table_name';
    return (await pool.query(sql, [schema])).rows.map((row) => row.table_name);
  };

  test('six processes that start at once make one schema', async () => {
    const place = { postgres: server.connectionString, schema: 'at_once' };
    expect(await openAtOnce(place)).toEqual(Array(6).fill(true));
    expect(await tablesOf('at_once')).toEqual(TABLES);
    const { rows } = await pool.query('SELECT version FROM at_once.schema_migrations ORDER BY version');
    expect(rows.map((row) => row.version)).toEqual(VERSIONS);
  });

  test('a database of a newer schema is refused', async () => {
    await (await postgresStore({ pool, schema: 'newer' })).close();
    await pool.query("INSERT INTO newer.schema_migrations VALUES (99, 'of tomorrow', '2099-01-01')");
    await expect(postgresStore({ pool, schema: 'newer' })).rejects.toMatchObject({
      code: 'SCHEMA_TOO_NEW',
      actual: '99',
    });
  });

  test('a migration that fails leaves nothing of its own behind', async () => {
    await pool.query('CREATE SCHEMA half; CREATE TABLE half.job_runs (mine text)');
    await expect(postgresStore({ pool, schema: 'half' })).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(await tablesOf('half')).toEqual(['job_runs', 'schema_migrations']);
  });

  test('a user who may not make tables can work once they are there', async () => {
    await (await postgresStore({ pool, schema: 'granted' })).close();
    await pool.query('CREATE ROLE guest LOGIN; GRANT USAGE ON SCHEMA granted TO guest');
    await pool.query('GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA granted TO guest');
    const connectionString = server.connectionString.replace('postgres@', 'guest@');
    const store = await postgresStore({ connectionString, schema: 'granted' });
    await store.upsertPredictions([samplePrediction()]);
    expect(await store.listPredictions()).toEqual([samplePrediction()]);
    await store.close();
    await expect(postgresStore({ connectionString, schema: 'other' })).rejects.toMatchObject({ code: 'STORE_FAILED' });
  });
});

import { ForecastError, invalid, refuseUnknown } from '../../src/errors.js';
import { checkCount } from '../../src/store/check-fields.js';
import {
  type Connections,
  type PostgresClient,
  type PostgresPool,
  poolConnections,
  singleConnection,
} from './postgres/client.js';
import { postgresDriver } from './postgres/postgres-driver.js';
import type { SqlDriver } from './sql/driver.js';
import { migrate } from './sql/migrations.js';
import { type SqlStore, sqlStore } from './sql/sql-store.js';

export type { PostgresClient, PostgresPool, PostgresPoolClient } from './postgres/client.js';
export type { SqlStore } from './sql/sql-store.js';

/** Where the database is: the host's pool, or one connection of it, or how to reach it. */
export type PostgresConnection =
  | { pool: PostgresPool; client?: undefined; connectionString?: undefined }
  | { client: PostgresClient; pool?: undefined; connectionString?: undefined }
  | { connectionString: string; pool?: undefined; client?: undefined };

/** How a Postgres store is opened. */
export type PostgresStoreOptions = PostgresConnection & {
  /** The schema of the tables, made when it is missing; default 'public'. */
  schema?: string | undefined;
  /**
   * For how long, in ms, a call is tried again when connections are lost or transactions collide, before it is
   * `STORE_BUSY`; default 10,000. Every call is idempotent, so that this is safe. A single client is not renewed.
   */
  retryForMs?: number | undefined;
  /** How long one try waits for a connection, of the pool or of the server, in ms; default 10,000. */
  connectTimeoutMs?: number | undefined;
  /** How long the server works on one statement of a call, in ms; default 60,000, 0: for ever. Migrations are not limited. */
  statementTimeoutMs?: number | undefined;
  /** How long a statement waits for a lock that another transaction holds, in ms; default 10,000, 0: for ever. */
  lockTimeoutMs?: number | undefined;
  /** After how many ms without an answer a server is taken for lost; default 90,000, 0: never. */
  queryTimeoutMs?: number | undefined;
};

const LIMITS = { connectTimeoutMs: 10_000, statementTimeoutMs: 60_000, lockTimeoutMs: 10_000, queryTimeoutMs: 90_000 };
const OPTIONS = ['pool', 'client', 'connectionString', 'schema', 'retryForMs', ...Object.keys(LIMITS)];

/**
 * Opens a store in a Postgres database (12 or later) through pg. Tables are made when they are missing, and brought up
 * to date when they are of an older version; any number of processes may do so at once.
 *
 * A pool or client that was handed in stays open after close(), and is used by no transaction of its owner's meanwhile
 * if it is a client. A pool should have an 'error' listener, as pg asks for.
 *
 * @throws ForecastError `RUNTIME_MISSING` if a connection string is given and pg is not installed; `SCHEMA_TOO_NEW` if a
 *   newer version of this package made the tables; `STORE_BUSY` if the database cannot be reached, or another process holds the lock of
 *   migrations for too long; `STORE_FAILED`; `INVALID_ARGUMENT` naming a bad or unknown option
 *
 * @example
 * const pool = new pg.Pool();
 * const store = await postgresStore({ pool, schema: 'forecasts' });
 */
export async function postgresStore(options: PostgresStoreOptions): Promise<SqlStore> {
  const driver = await openPostgres(options, 'postgresStore');
  const clock = driver.dialect.read({ name: 'now', kind: 'instant' });
  return {
    ...sqlStore(driver),
    async now() {
      const rows = await driver.read((session) =>
        session.all(`SELECT ${clock} FROM (SELECT clock_timestamp() AS now) AS server`),
      );
      return new Date(rows[0]['now'] as string);
    },
  };
}

/** Returns a driver whose database has this code's schema. */
async function openPostgres(options: PostgresStoreOptions, where: string): Promise<SqlDriver> {
  refuseUnknown(where, options, OPTIONS);
  const { schema = 'public', retryForMs = 10_000, ...connection } = options;
  checkCount(retryForMs, { where, path: '' }, 'retryForMs');
  const limits = { ...LIMITS };
  for (const name of Object.keys(LIMITS) as (keyof typeof LIMITS)[]) {
    if (options[name] !== undefined) limits[name] = checkCount(options[name], { where, path: '' }, name);
  }
  if (schema === '' || schema.includes('\0') || new TextEncoder().encode(schema).length > 63) {
    throw invalid('INVALID_ARGUMENT', where, 'schema', 'a name of 1 to 63 bytes', schema);
  }
  const connections = await connect(connection, limits, where);
  const driver = postgresDriver(connections, { schema, retryForMs, limits });
  // an index over millions of rows takes its time; what waits for the lock does not
  const unlimited = { ...limits, statementTimeoutMs: 0, queryTimeoutMs: 0 };
  const migrating = postgresDriver(connections, { schema, retryForMs, limits: unlimited });
  try {
    await checkSettings(driver, where);
    const { dialect } = driver;
    await migrate(
      migrating,
      async (session) => {
        const name = dialect.param('text', 1);
        const sql = `SELECT cast(to_regclass(${name}) IS NOT NULL AS text) AS found`;
        return (await session.all(sql, [dialect.table('schema_migrations')]))[0]['found'] === 'true';
      },
      async (session) => {
        const [namespace, name] = [dialect.param('text', 1), dialect.param('text', 1)];
        await session.all(`SELECT 1 FROM pg_advisory_xact_lock(20240308, hashtext(${name})) AS held`, [schema]);
        const found = await session.all(`SELECT 1 FROM pg_namespace WHERE nspname = ${namespace}`, [schema]);
        if (found.length === 0) await session.run(`CREATE SCHEMA ${dialect.table('').slice(0, -1)}`);
      },
    );
  } catch (error) {
    await driver.close();
    throw error;
  }
  return driver;
}

async function connect(
  { pool, client, connectionString }: PostgresConnection,
  { connectTimeoutMs, statementTimeoutMs }: typeof LIMITS,
  where: string,
): Promise<Connections> {
  if (pool !== undefined) return poolConnections(pool, connectTimeoutMs, async () => {});
  if (client !== undefined) return singleConnection(client);
  if (typeof connectionString !== 'string') {
    throw invalid('INVALID_ARGUMENT', where, 'pool', 'given, or else client or connectionString', pool);
  }
  // not its cause and not the text: both hold the password
  if (!URL.canParse(connectionString)) {
    throw new ForecastError('INVALID_ARGUMENT', `${where}: connectionString must be a URL postgres://...`, {
      field: 'connectionString',
    });
  }
  const pg = await importPg(where);
  const own = new pg.Pool({
    connectionString,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
  });
  own.on('error', () => {}); // an idle connection that is lost is replaced by the pool
  return poolConnections(own, connectTimeoutMs, () => own.end());
}

async function importPg(where: string): Promise<typeof import('pg').default> {
  try {
    // within try: a bundler then lets it be absent
    return (await import('pg')).default;
  } catch (cause) {
    const remedy = 'install it (npm install pg), or hand in a pool or client';
    throw new ForecastError('RUNTIME_MISSING', `${where}: pg is not there; ${remedy}`, { expected: 'pg', cause });
  }
}

/** Refuses servers that would change doubles on their way out. */
async function checkSettings(driver: SqlDriver, where: string): Promise<void> {
  const settings = "current_setting('server_version_num') AS version, current_setting('extra_float_digits') AS digits";
  const [row] = await driver.read((session) => session.all(`SELECT ${settings}`));
  if (Number(row['version']) < 120_000) {
    throw invalid('STORE_FAILED', where, 'server_version_num', '>= 120000 (Postgres 12)', row['version']);
  }
  if (Number(row['digits']) < 1) {
    throw invalid(
      'STORE_FAILED',
      where,
      'extra_float_digits',
      '>= 1 (its default), so that doubles are exact',
      row['digits'],
    );
  }
}

import { ForecastError } from '../../../src/errors.js';
import { fromBase64, toBase64 } from '../../../src/store/base64.js';
import type { Column, Dialect, Kind, SqlDriver, SqlRow, SqlSession, SqlValue } from '../sql/driver.js';
import { type Connections, isNoAnswer, isTransient, limited, type PostgresClient } from './client.js';

/**
 * The types that values travel as, and what they are cast to inside. Dates and instants as text: no client's time zone has a say. Bytes in base
 * 64: what arrays of them are is not the same to every client.
 */
const WIRE: Record<Kind, { type: 'text' | 'integer' | 'double precision'; cast: (value: string) => string }> = {
  text: { type: 'text', cast: (value) => value },
  date: { type: 'text', cast: (value) => `cast(${value} AS date)` },
  instant: { type: 'text', cast: (value) => `cast(${value} AS timestamptz)` },
  json: { type: 'text', cast: (value) => `cast(${value} AS json)` },
  integer: { type: 'integer', cast: (value) => value },
  double: { type: 'double precision', cast: (value) => value },
  boolean: { type: 'integer', cast: (value) => `(${value} <> 0)` },
  bytes: { type: 'text', cast: (value) => `decode(${value}, 'base64')` },
};

/** Every column comes back as text, so that no type parser that the host has set on pg changes it. */
const READ: Record<Kind, (name: string) => string> = {
  text: (name) => name,
  date: (name) => `to_char(${name}, 'YYYY-MM-DD')`,
  instant: (name) => `to_char(${name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  json: (name) => `cast(${name} AS text)`,
  integer: (name) => `cast(${name} AS text)`,
  double: (name) => `cast(${name} AS text)`,
  boolean: (name) => `cast(${name} AS text)`,
  bytes: (name) => `encode(${name}, 'base64')`,
};

/** Rows in one statement: enough to make round trips cheap, few enough to keep a statement's memory small. */
const BATCH = 5000;

/** Returns the dialect for tables in the schema. */
export function postgresDialect(schema: string): Dialect {
  const quoted = `"${schema.replaceAll('"', '""')}"`;
  return {
    name: 'postgres',
    table: (name) => `${quoted}.${name}`,
    param: (kind, index) => WIRE[kind].cast(`cast($${index} AS ${WIRE[kind].type})`),
    read: ({ name, kind }) => (kind === 'text' ? name : `${READ[kind](name)} AS ${name}`),
    bytes: (value) => fromBase64(value as string),
    is: (column, value) => (value ? column : `NOT ${column}`),
    forUpdate: ' FOR NO KEY UPDATE OF stored',
  };
}

/** How a database is driven. */
export interface PostgresDriverOptions {
  schema: string;
  /** For how long a call is tried again while connections are lost or transactions collide. */
  retryForMs: number;
  limits: PostgresLimits;
}

/** How long one try may wait, in ms; 0: for ever. */
export interface PostgresLimits {
  /** For one statement, as the server counts it (statement_timeout). */
  statementTimeoutMs: number;
  /** For a lock that another transaction holds (lock_timeout). */
  lockTimeoutMs: number;
  /** For the server's answer, as this process counts it: for servers that say nothing any more. */
  queryTimeoutMs: number;
}

/** Returns the driver over a pool's connections or a single one. */
export function postgresDriver(connections: Connections, options: PostgresDriverOptions): SqlDriver {
  const { schema, retryForMs, limits } = options;
  const pending = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  const track = async <T>(call: () => Promise<T>): Promise<T> => {
    if (closing !== undefined) throw new ForecastError('STORE_CLOSED', 'postgresStore: the store is closed');
    const result = call();
    pending.add(result);
    try {
      return await result;
    } finally {
      pending.delete(result);
    }
  };

  const repeat = async <T>(work: (attempt: number) => Promise<T>): Promise<T> => {
    const deadline = Date.now() + retryForMs;
    for (let attempt = 0; ; attempt++) {
      try {
        return await work(attempt);
      } catch (error) {
        const again = isTransient(error) && connections.renews && Date.now() < deadline;
        if (!again) throw postgresFailure(error);
        const wait = Math.min(500, 10 * 2 ** Math.min(attempt, 6)) * (0.5 + Math.random());
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  };

  return {
    dialect: postgresDialect(schema),
    read: (work) => track(() => repeat(() => connections.with((client) => work(sessionOf(bounded(client, limits)))))),
    write: (work) =>
      track(() =>
        repeat((attempt) =>
          connections.with((client) => transact(bounded(client, limits), limits, (session) => work(session, attempt))),
        ),
      ),
    close() {
      closing ??= Promise.allSettled([...pending]).then(() => connections.end());
      return closing;
    },
  };
}

/** Returns the client, each query with a limit. */
function bounded(client: PostgresClient, { queryTimeoutMs }: PostgresLimits): PostgresClient {
  return { query: (text, values) => limited(client.query(text, values), queryTimeoutMs, 'no answer') };
}

async function transact<T>(
  client: PostgresClient,
  { statementTimeoutMs, lockTimeoutMs }: PostgresLimits,
  work: (session: SqlSession) => Promise<T>,
): Promise<T> {
  await client.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
  try {
    // for this transaction alone: the connection is the host's
    const local = "SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true)";
    await client.query(local, [String(statementTimeoutMs), String(lockTimeoutMs)]);
    const result = await work(sessionOf(client));
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // a connection that is lost has rolled back already, and one without an answer will give none to this; the error that counts is the first
    const rolledBack = client.query('ROLLBACK').catch(() => {});
    if (!isNoAnswer(error)) await rolledBack;
    throw error;
  }
}

function sessionOf(client: PostgresClient): SqlSession {
  return {
    async all(sql, params = []) {
      return (await client.query(sql, params.map(wired))).rows as SqlRow[];
    },
    async lists(sql, params = []) {
      const { rows } = await client.query(sql, params.map(wired));
      return (rows as SqlRow[]).map((row) => Object.values(row));
    },
    async run(sql, params = []) {
      return (await client.query(sql, params.map(wired))).rowCount ?? 0;
    },
    async bulk({ columns, perBatch }, rows) {
      // a query is one statement, however many rows it is about: statements apart would see different moments
      const most = perBatch.startsWith('SELECT') ? Number.POSITIVE_INFINITY : BATCH;
      const sql = `WITH input AS (${inputOf(columns)}) ${perBatch}`;
      const result: { changed: number; rows: SqlRow[] } = { changed: 0, rows: [] };
      let arrays: SqlValue[][] = columns.map(() => []);
      const send = async () => {
        const answer = await client.query(sql, arrays);
        arrays = columns.map(() => []);
        result.changed += answer.rowCount ?? 0;
        for (const row of answer.rows) result.rows.push(row as SqlRow);
      };
      for (const row of rows) {
        for (const [index, value] of row.entries()) arrays[index].push(wired(value));
        if (arrays[0].length === most) await send();
      }
      if (arrays[0].length > 0) await send();
      return result;
    },
  };
}

/** Returns a value as it travels. */
function wired(value: SqlValue): SqlValue {
  return value instanceof Uint8Array ? toBase64(value) : value;
}

/** The rows as a relation: one array a column, all of the same length. */
function inputOf(columns: readonly Column[]): string {
  const list = columns.map(({ name, kind }) => `${WIRE[kind].cast(name)} AS ${name}`).join(', ');
  const arrays = columns.map(({ kind }, index) => `cast($${index + 1} AS ${WIRE[kind].type}[])`).join(', ');
  return `SELECT ${list} FROM unnest(${arrays}) AS raw (${columns.map(({ name }) => name).join(', ')})`;
}

function postgresFailure(error: unknown): unknown {
  if (error instanceof ForecastError || !(error instanceof Error)) return error;
  const code = isTransient(error) ? 'STORE_BUSY' : 'STORE_FAILED';
  return new ForecastError(code, `postgresStore: ${error.message}`, { cause: error });
}

import { ForecastError } from '../../../src/errors.js';
import type { Dialect, SqlDriver, SqlRow, SqlSession, SqlValue } from '../sql/driver.js';
import type { SqliteDatabase, SqliteStatement } from './database.js';
import { isBusy, sqliteFailure } from './failures.js';

/** The dialect of SQLite. */
export const DIALECT: Dialect = {
  name: 'sqlite',
  table: (name) => name,
  param: () => '?',
  read: ({ name }) => name,
  // better-sqlite3 brings Node's own kind of bytes, node:sqlite plain ones
  bytes(value) {
    const { buffer, byteOffset, byteLength } = value as Uint8Array;
    return new Uint8Array(buffer, byteOffset, byteLength);
  },
  // a partial index is used only where the query repeats its condition literally
  is: (column, value) => `${column} = ${value ? 1 : 0}`,
  forUpdate: '',
};

/** How a connection is driven. */
export interface SqliteDriverOptions {
  /** How long a transaction waits, in all, for those of other processes before it is `STORE_BUSY`. */
  busyTimeoutMs: number;
  /** Whether close() closes the connection. */
  owned: boolean;
}

/**
 * Returns the driver over one connection. The library is synchronous: transactions follow one another, and what is
 * waited for is only the lock of another process, without holding up the event loop.
 */
export function sqliteDriver(database: SqliteDatabase, { busyTimeoutMs, owned }: SqliteDriverOptions): SqlDriver {
  const session = sessionOf(database);
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  /** Runs the transaction after those before it. */
  const enqueue = <T>(begin: string, work: (session: SqlSession, attempt: number) => Promise<T>): Promise<T> => {
    if (closed) return Promise.reject(new ForecastError('STORE_CLOSED', 'sqliteStore: the store is closed'));
    // the wait for the calls before it is part of the call's own
    const deadline = Date.now() + busyTimeoutMs;
    const result = last.then(() => transact(database, session, begin, work, deadline));
    last = result.catch(() => {});
    return result;
  };

  return {
    dialect: DIALECT,
    read: (work) => enqueue('BEGIN', work),
    write: (work) => enqueue('BEGIN IMMEDIATE', work),
    async close() {
      const first = !closed;
      closed = true;
      await last;
      if (first && owned) database.close();
    },
  };
}

async function transact<T>(
  database: SqliteDatabase,
  session: SqlSession,
  begin: string,
  work: (session: SqlSession, attempt: number) => Promise<T>,
  deadline: number,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      database.exec(begin);
      try {
        const result = await work(session, attempt);
        database.exec('COMMIT');
        return result;
      } catch (error) {
        rollBack(database);
        throw error;
      }
    } catch (error) {
      if (!isBusy(error) || Date.now() >= deadline) throw sqliteFailure(error);
      // unequal waits, so that processes that met once do not meet again
      const wait = Math.min(50, 2 ** Math.min(attempt, 5)) * (0.5 + Math.random());
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** Ends a transaction that failed. SQLite has ended it already after some errors (full disk, input or output). */
function rollBack(database: SqliteDatabase): void {
  try {
    database.exec('ROLLBACK');
  } catch (error) {
    if (!(error instanceof Error && /no transaction is active|database connection|not open/.test(error.message)))
      throw error;
  }
}

function sessionOf(database: SqliteDatabase): SqlSession {
  const prepare = preparing(database);
  const prepareLists = preparing(database, (statement) => {
    if (statement.raw) statement.raw(true);
    else statement.setReturnArrays?.(true);
  });
  return {
    async all(sql, params = []) {
      return prepare(sql).all(...(params as SqlValue[])) as SqlRow[];
    },
    async lists(sql, params = []) {
      const rows = prepareLists(sql).all(...(params as SqlValue[])) as (unknown[] | SqlRow)[];
      return rows.map((row) => (Array.isArray(row) ? row : Object.values(row)));
    },
    async run(sql, params = []) {
      return Number(prepare(sql).run(...(params as SqlValue[])).changes);
    },
    async bulk({ perRow }, rows) {
      const statement = prepare(perRow);
      const isQuery = perRow.startsWith('SELECT');
      const result: { changed: number; rows: SqlRow[] } = { changed: 0, rows: [] };
      for (const row of rows) {
        if (!isQuery) result.changed += Number(statement.run(...row).changes);
        else for (const found of statement.all(...row)) result.rows.push(found as SqlRow);
      }
      return result;
    },
  };
}

/** Returns what prepares each statement once; it is `set` then. */
function preparing(database: SqliteDatabase, set?: (statement: SqliteStatement) => void) {
  const prepared = new Map<string, SqliteStatement>();
  return (sql: string): SqliteStatement => {
    let statement = prepared.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      set?.(statement);
      prepared.set(sql, statement);
    }
    return statement;
  };
}

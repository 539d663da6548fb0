import { invalid, refuseUnknown } from '../../src/errors.js';
import { checkCount } from '../../src/store/check-fields.js';
import { migrate } from './sql/migrations.js';
import { type SqlStore, sqlStore } from './sql/sql-store.js';
import { openDatabase, type SqliteDatabase, type SqliteLibrary } from './sqlite/database.js';
import { isBusy, sqliteFailure } from './sqlite/failures.js';
import { sqliteDriver } from './sqlite/sqlite-driver.js';

export type { SqlStore } from './sql/sql-store.js';
export type { SqliteDatabase, SqliteLibrary, SqliteStatement } from './sqlite/database.js';

/** How a SQLite store is opened. */
export interface SqliteStoreOptions {
  /** How long a call waits for the transactions of other processes before it is `STORE_BUSY`; default 10,000. */
  busyTimeoutMs?: number | undefined;
  /**
   * 'full' (default): a call that has returned is on the disk, come power cut what may. 'normal': it survives the end of
   * the process, however sudden, but a power cut may undo the last calls; each whole.
   */
  durability?: 'full' | 'normal' | undefined;
  /** Only this library; default: node:sqlite where Node has it, else better-sqlite3. */
  library?: SqliteLibrary | undefined;
}

/** A connection of the host's own. Its journal mode and other settings stay as they are, and close() leaves it open. */
export interface SqliteStoreDatabase {
  database: SqliteDatabase;
}

/**
 * Opens a store in one SQLite file (WAL mode), which any number of processes of this machine may share. The file and its
 * tables are made when they are missing, and brought up to date when they are of an older version.
 *
 * @param file a path, ':memory:', or `{ database }` for an open connection of better-sqlite3 or node:sqlite
 * @throws ForecastError `RUNTIME_MISSING` without a SQLite library; `SCHEMA_TOO_NEW` if a newer version of this package
 *   made the file; `STORE_FAILED` if it cannot be opened or is no database; `STORE_BUSY` if others hold it for too long
 *
 * @example
 * const store = await sqliteStore('forecasts.db');
 * await store.close();
 */
export async function sqliteStore(
  file: string | SqliteStoreDatabase,
  options: SqliteStoreOptions = {},
): Promise<SqlStore> {
  const { busyTimeoutMs, durability, library } = checkOptions(options);
  const owned = typeof file === 'string';
  const database = owned ? await openDatabase(file, library) : file.database;
  const driver = sqliteDriver(database, { busyTimeoutMs, owned });
  try {
    if (owned) await configure(database, durability, busyTimeoutMs);
    await migrate(
      driver,
      async (session) => {
        const found = await session.all(
          "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'",
        );
        return found.length === 1;
      },
      async () => {}, // BEGIN IMMEDIATE is the lock
    );
  } catch (error) {
    await driver.close();
    throw error;
  }
  return sqlStore(driver);
}

function checkOptions(options: SqliteStoreOptions) {
  const where = 'sqliteStore';
  refuseUnknown(where, options, ['busyTimeoutMs', 'durability', 'library']);
  const { busyTimeoutMs = 10_000, durability = 'full', library } = options;
  checkCount(busyTimeoutMs, { where, path: '' }, 'busyTimeoutMs');
  if (durability !== 'full' && durability !== 'normal') {
    throw invalid('INVALID_ARGUMENT', where, 'durability', "'full' or 'normal'", durability);
  }
  if (library !== undefined && library !== 'node:sqlite' && library !== 'better-sqlite3') {
    throw invalid('INVALID_ARGUMENT', where, 'library', "'node:sqlite' or 'better-sqlite3'", library);
  }
  return { busyTimeoutMs, durability, library };
}

async function configure(database: SqliteDatabase, durability: string, busyTimeoutMs: number): Promise<void> {
  const deadline = Date.now() + busyTimeoutMs;
  for (;;) {
    try {
      // short, since it holds up the event loop; the driver waits on top of it
      database.exec('PRAGMA busy_timeout = 20');
      database.exec('PRAGMA foreign_keys = ON');
      database.exec(`PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
      const [row] = database.prepare('PRAGMA journal_mode').all() as { journal_mode: string }[];
      // to change it takes a lock that SQLite does not wait for
      if (row.journal_mode === 'delete') database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || Date.now() >= deadline) throw sqliteFailure(error);
      await new Promise((resolve) => setTimeout(resolve, 5 + 20 * Math.random()));
    }
  }
}

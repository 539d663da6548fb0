import { ForecastError } from '../../../src/errors.js';

/** What this package uses of a SQLite connection: `DatabaseSync` of node:sqlite and `Database` of better-sqlite3 both have it. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

/** A prepared statement of either library. */
export interface SqliteStatement {
  all(...params: (string | number | Uint8Array | null)[]): unknown[];
  run(...params: (string | number | Uint8Array | null)[]): { changes: number | bigint };
  /** Makes rows lists of values instead of objects, which takes half the time: better-sqlite3's way, */
  raw?(lists: boolean): unknown;
  /** and that of node:sqlite since Node 22.16 and 24. */
  setReturnArrays?(lists: boolean): void;
}

/** The SQLite libraries that are looked for, in this order. */
export type SqliteLibrary = 'node:sqlite' | 'better-sqlite3';

/**
 * Opens a database file with node:sqlite where Node has it, else with better-sqlite3.
 *
 * @param library only this one
 * @throws ForecastError `RUNTIME_MISSING` naming both remedies if there is neither, or better-sqlite3 without its native part;
 *   `STORE_FAILED` if the file cannot be opened
 */
export async function openDatabase(file: string, library?: SqliteLibrary): Promise<SqliteDatabase> {
  const open =
    (library !== 'better-sqlite3' ? await nodeSqlite() : undefined) ??
    (library !== 'node:sqlite' ? await betterSqlite() : undefined);
  if (open === undefined) {
    const what = library ?? 'neither node:sqlite nor better-sqlite3';
    throw new ForecastError(
      'RUNTIME_MISSING',
      `sqliteStore: ${what} ${library ? 'is not' : 'is'} there. Run Node 22.13 or later, or install better-sqlite3 (npm install better-sqlite3@12 on Node 20)`,
      { expected: 'node:sqlite or better-sqlite3' },
    );
  }
  try {
    return open(file);
  } catch (cause) {
    throw new ForecastError('STORE_FAILED', `sqliteStore: cannot open ${file}`, { cause, actual: file });
  }
}

type Open = (file: string) => SqliteDatabase;

async function nodeSqlite(): Promise<Open | undefined> {
  const { getBuiltinModule } = process as { getBuiltinModule?: (id: string) => unknown };
  const sqlite = getBuiltinModule?.('node:sqlite') as
    | { DatabaseSync: new (file: string) => SqliteDatabase }
    | undefined;
  return sqlite && ((file) => new sqlite.DatabaseSync(file));
}

async function betterSqlite(): Promise<Open | undefined> {
  let Database: typeof import('better-sqlite3');
  try {
    // within try: a bundler then lets it be absent
    ({ default: Database } = await import('better-sqlite3'));
  } catch {
    return undefined;
  }
  const version = await installedVersion();
  // its native part crashes the process there, without a word
  if (version !== undefined && Number.parseInt(version, 10) >= 13 && Number.parseInt(process.versions.node, 10) < 22) {
    throw new ForecastError(
      'RUNTIME_MISSING',
      `sqliteStore: better-sqlite3 ${version} needs Node 22. On Node ${process.versions.node} install better-sqlite3@12`,
      { field: 'better-sqlite3', expected: '12.x on Node 20', actual: version },
    );
  }
  try {
    // its native part is first loaded here: a package manager that runs no install scripts leaves it out
    new Database(':memory:').close();
  } catch (cause) {
    throw new ForecastError(
      'RUNTIME_MISSING',
      `sqliteStore: better-sqlite3 ${version ?? ''} is installed, but its native part cannot be loaded. Let its install script run ` +
        '(npm rebuild better-sqlite3; pnpm approve-builds), or run Node 22.13 or later',
      { field: 'better-sqlite3', expected: 'its native part, built for this Node', cause },
    );
  }
  return (file) => new Database(file) as SqliteDatabase;
}

/** The version that is installed, or undefined where that cannot be told: in a bundle. */
async function installedVersion(): Promise<string | undefined> {
  const { createRequire } = await import('node:module');
  try {
    return (createRequire(import.meta.url)('better-sqlite3/package.json') as { version: string }).version;
  } catch {
    return undefined;
  }
}

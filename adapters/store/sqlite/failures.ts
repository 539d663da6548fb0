import { ForecastError } from '../../../src/errors.js';

/** SQLite's result codes (https://sqlite.org/rescode.html) as both libraries report them, primary code only. */
const BUSY = 5;
const LOCKED = 6;
const NAMES = new Map([
  ['SQLITE_BUSY', BUSY],
  ['SQLITE_LOCKED', LOCKED],
]);

/** Returns whether another connection holds the lock, so that the same may succeed a little later. */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // better-sqlite3: code 'SQLITE_BUSY_SNAPSHOT'; node:sqlite: code 'ERR_SQLITE_ERROR', errcode 517
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (typeof errcode === 'number') return (errcode & 0xff) === BUSY || (errcode & 0xff) === LOCKED;
  return typeof code === 'string' && NAMES.has(code.split('_').slice(0, 2).join('_'));
}

/** Returns the ForecastError for what SQLite threw; errors that are one already, or an abort, stay as they are. */
export function sqliteFailure(error: unknown): unknown {
  if (error instanceof ForecastError) return error;
  if (
    !(error instanceof Error) ||
    !('code' in error) ||
    !/^(ERR_)?SQLITE|^ERR_INVALID_STATE/.test(String(error.code))
  ) {
    // better-sqlite3 throws a bare TypeError on a connection that was closed from outside
    if (!(error instanceof TypeError && /database connection|not open/.test(error.message))) return error;
  }
  if (isBusy(error)) return new ForecastError('STORE_BUSY', `sqliteStore: ${error.message}`, { cause: error });
  return new ForecastError('STORE_FAILED', `sqliteStore: ${error.message}`, { cause: error });
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isForecastError } from 'chronolight';
import { sqliteStore } from 'chronolight/store/sqlite';
import { jsonLinesStore } from '../04-custom-store/json-lines-store.js';

/**
 * An empty store in a folder: SQLite, or on a Node that has none of its own (before 22.13) and where better-sqlite3 is not installed, the
 * example of a store of one's own, so that the demo waits for no compiler.
 */
export async function openStore(folder) {
  const database = join(folder, 'forecasts.db');
  const lines = join(folder, 'store.jsonl');
  for (const file of [database, `${database}-shm`, `${database}-wal`, lines]) await rm(file, { force: true });
  try {
    return { store: await sqliteStore(database), file: database };
  } catch (error) {
    if (!isForecastError(error, 'RUNTIME_MISSING')) throw error;
    return { store: await jsonLinesStore(folder), file: lines, note: `JSON lines, since ${error.message}` };
  }
}

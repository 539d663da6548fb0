import pg from 'pg';
import { postgresStore, type SqlStore } from '../../../adapters/store/postgres.js';
import { type SqliteStoreOptions, sqliteStore } from '../../../adapters/store/sqlite.js';

/** Which store a child opens. */
export type Place = { sqlite: string } | { postgres: string; schema: string };

/** Opens the store, and says how to let go of everything. */
export async function openStore(
  place: Place,
  sqlite: SqliteStoreOptions = { durability: 'normal' },
): Promise<{ store: SqlStore; end: () => Promise<void> }> {
  if ('sqlite' in place) {
    const store = await sqliteStore(place.sqlite, { busyTimeoutMs: 60_000, ...sqlite });
    return { store, end: () => store.close() };
  }
  const pool = new pg.Pool({ connectionString: place.postgres, max: 4 });
  pool.on('error', () => {});
  const store = await postgresStore({ pool, schema: place.schema, retryForMs: 60_000 });
  return {
    store,
    async end() {
      await store.close();
      await pool.end();
    },
  };
}

/** Returns the child's n-th argument. */
export function argument<T>(index: number): T {
  return JSON.parse(process.argv[2 + index]) as T;
}

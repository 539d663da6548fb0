import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type PostgresClient, postgresStore } from '../../adapters/store/postgres.js';
import { storeSuite } from '../../src/testing/index.js';
import { postgresPrograms } from './postgres-server.js';

/*
 * The Postgres statements for contributors without a PostgreSQL: PGlite, Postgres in WebAssembly, stands in. It has one
 * connection, so that races, deadlocks and lost connections cannot be shown on it. Where there is a real server this is
 * left out, unless CHRONOLIGHT_PGLITE=1.
 */
const wanted = postgresPrograms() === undefined || process.env['CHRONOLIGHT_PGLITE'] === '1';

const reason = wanted ? '' : ' (skipped: there is a real PostgreSQL; CHRONOLIGHT_PGLITE=1 runs this as well)';

describe.skipIf(!wanted)(`the suite over PGlite${reason}`, () => {
  let database: PGlite;
  let client: PostgresClient;
  let count = 0;
  beforeAll(async () => {
    database = await PGlite.create();
    client = {
      async query(text, values) {
        const { rows, affectedRows } = await database.query(text, values);
        return { rows, rowCount: rows.length > 0 ? rows.length : (affectedRows ?? 0) };
      },
    };
  });
  afterAll(() => database.close());
  const oneConnection = 'PGlite has one connection';
  storeSuite({
    test,
    open: () => postgresStore({ client, schema: `pglite_${++count}` }),
    supports: { persistent: oneConnection, shared: oneConnection, corruptRows: 'shown on SQLite and PostgreSQL' },
  });
});

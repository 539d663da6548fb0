import { postgresDialect } from '../postgres/postgres-driver.js';
import { DIALECT } from '../sqlite/sqlite-driver.js';
import type { Dialect } from './driver.js';
import { CREATE_MIGRATIONS, inDialect, MIGRATIONS } from './migrations.js';

/**
 * Returns the SQL that makes a new database what this version of the stores reads and writes: for those who run migrations themselves. A store
 * that is opened on it finds nothing left to do.
 *
 * @param name Postgres's tables are made in the schema public
 */
export function migrationSql(name: Dialect['name']): string {
  const dialect = name === 'sqlite' ? DIALECT : postgresDialect('public');
  const now = name === 'sqlite' ? 'CURRENT_TIMESTAMP' : 'CURRENT_TIMESTAMP::text';
  const steps = MIGRATIONS.map(({ name: step, statements }, i) =>
    [
      `-- ${i + 1}: ${step}`,
      ...statements.map((statement) => `${inDialect(statement, dialect)};`),
      `INSERT INTO ${dialect.table('schema_migrations')} (version, name, applied_at) VALUES (${i + 1}, '${step}', ${now});`,
    ].join('\n'),
  );
  return ['BEGIN;', `${inDialect(CREATE_MIGRATIONS, dialect)};`, ...steps, 'COMMIT;'].join('\n\n');
}

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import pg from 'pg';
import { expect, test } from 'vitest';
import { postgresStore } from '../../adapters/store/postgres.js';
import { type SqliteDatabase, sqliteStore } from '../../adapters/store/sqlite.js';
import { sampleOutcome, samplePrediction } from '../../src/testing/samples.js';
import { POSTGRES, postgresPrograms, withPostgres } from './postgres-server.js';

const page = await readFile(fileURLToPath(new URL('../../docs/schema.md', import.meta.url)), 'utf8');
const block = /```sql\n([\s\S]*?)```/.exec(page)![1].replace(/^--.*$/gm, '');
const questions = block
  .split(';')
  .map((sql) => sql.trim())
  .filter(Boolean);

/** The tables that the page draws, each with its columns in order. */
function drawn(): Record<string, string[]> {
  const tables: Record<string, string[]> = {};
  for (const [, name, body] of page.matchAll(/^ {2}(\w+) \{\n([\s\S]*?)^ {2}\}/gm)) {
    tables[name] = body
      .trim()
      .split('\n')
      .map((line) => line.trim().split(' ')[1]);
  }
  return tables;
}

test('docs/schema.md draws the tables as they are, and its questions are answered, in SQLite', async () => {
  const database = new Database(':memory:');
  const store = await sqliteStore({ database: database as SqliteDatabase });
  await store.upsertPredictions([samplePrediction({ userTriggered: true })]);
  await store.recordOutcomes([sampleOutcome()]);
  const names = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
  const columnsOf = (name: string) =>
    (database.pragma(`table_info(${name})`) as { name: string }[]).map((row) => row.name);
  expect(drawn()).toEqual(Object.fromEntries(names.map((name) => [name, columnsOf(name)])));
  for (const sql of questions.filter((text) => !text.includes('->'))) {
    expect(database.prepare(sql).all()).toHaveLength(1);
  }
  database.close();
});

const programs = postgresPrograms();
test.skipIf(programs === undefined)(`the questions are answered in ${POSTGRES}`, () =>
  withPostgres(programs!, async (server) => {
    const pool = new pg.Pool({ connectionString: server.connectionString });
    const store = await postgresStore({ pool });
    await store.upsertPredictions([samplePrediction({ userTriggered: true })]);
    await store.recordOutcomes([sampleOutcome()]);
    expect(questions).toHaveLength(3);
    for (const sql of questions) expect((await pool.query(sql)).rows).toHaveLength(1);
    await pool.end();
  }),
);

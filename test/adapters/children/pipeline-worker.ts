import { writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import pg from 'pg';
import { runClaimed } from '../../../src/pipeline/schedule/run-claimed.js';
import { argument, openStore, type Place } from './any-store.js';
import { claimOf, DONE, PIPELINE_JOBS, tickOf } from './pipeline-jobs.js';

/*
 * Waits for a number on its standard input, opens the store and does the job's run of that number, and then waits for its end. What it
 * is at, it says at once, a letter each: r ready, S begun, W in a writing transaction, C about to commit, c committed, E ended.
 */
const mark = (letter: string) => void writeSync(1, letter);

let writing = false;
const before = (sql: string) => {
  if (writing && sql === 'COMMIT') mark('C');
};
const after = (sql: string) => {
  if (sql.startsWith('BEGIN I')) {
    writing = true;
    mark('W');
  } else if (writing && sql === 'COMMIT') {
    writing = false;
    mark('c');
  }
};

const { exec } = Database.prototype;
Database.prototype.exec = function (sql: string) {
  before(sql);
  exec.call(this, sql);
  after(sql);
  return this;
};
const query = pg.Client.prototype.query as (sql: string, values?: unknown[]) => Promise<unknown>;
pg.Client.prototype.query = async function (this: pg.Client, sql: string, values?: unknown[]) {
  before(sql);
  const result = await query.call(this, sql, values);
  after(sql);
  return result;
} as typeof pg.Client.prototype.query;

const place = argument<Place>(0);
const name = argument<keyof typeof PIPELINE_JOBS | 'open'>(1);
process.stdin.once('end', () => process.exit());
mark('r');
const n = await new Promise<number>((resolve) => process.stdin.once('data', (text) => resolve(Number(text))));
mark('S');
const { store } = await openStore(place, { library: 'better-sqlite3' });
if (name !== 'open') {
  await runClaimed(
    store,
    claimOf(name, n, 'child', () => tickOf(n)),
    async () => {
      await PIPELINE_JOBS[name].run(store, n);
      return DONE;
    },
  );
}
mark('E');

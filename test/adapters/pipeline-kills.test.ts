import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import Database from 'better-sqlite3';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { postgresDialect } from '../../adapters/store/postgres/postgres-driver.js';
import type { Dialect } from '../../adapters/store/sql/driver.js';
import { inDialect, MIGRATIONS, SCHEMA_VERSION } from '../../adapters/store/sql/migrations.js';
import { DIALECT as SQLITE } from '../../adapters/store/sqlite/sqlite-driver.js';
import { runClaimed } from '../../src/pipeline/schedule/run-claimed.js';
import type { Store } from '../../src/store/store.js';
import { samplePrediction } from '../../src/testing/samples.js';
import { bundleChild, removeBundles } from './child-process.js';
import { openStore } from './children/any-store.js';
import { claimOf, DONE, LEASE_MS, PIPELINE_JOBS, tickOf } from './children/pipeline-jobs.js';
import { type KillSite, killer } from './killer.js';
import { POSTGRES, type PostgresServer, postgresPrograms, startPostgres } from './postgres-server.js';

/*
 * The pipeline's functions, and the making of the schema, killed at random moments in a process of their own. `npm test` does a few
 * of each; CHRONOLIGHT_FIRE=full does as many as docs/adapters.md reports, and says where the kills fell.
 */
const full = process.env['CHRONOLIGHT_FIRE'] === 'full';
const KILLS = full ? { sqlite: 200, postgres: 100 } : { sqlite: 3, postgres: 2 };
const TIMEOUT = full ? 3_600_000 : 120_000;

const programs = postgresPrograms();
let root: string;
let worker: string;
let server: PostgresServer | undefined;
let admin: pg.Pool;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'chronolight-kills-'));
  worker = await bundleChild('pipeline-worker');
  if (programs === undefined) return;
  server = await startPostgres(programs);
  admin = new pg.Pool({ connectionString: server.connectionString });
}, TIMEOUT);
afterAll(async () => {
  await admin?.end();
  await server?.stop();
  await removeBundles();
  await rm(root, { recursive: true });
});

function sqliteSite(name: string): KillSite {
  const place = { sqlite: join(root, `${name}.db`) };
  return { name: `SQLite, ${name}`, place, victims: place, settled: async () => {} };
}

function postgresSite(name: string): KillSite {
  const place = { postgres: server!.connectionString, schema: name };
  return {
    name: `Postgres, ${name}`,
    place,
    victims: { ...place, postgres: `${place.postgres}?application_name=victim` },
    async settled() {
      const sql = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'victim'";
      while ((await admin.query(sql)).rows[0].n > 0) await new Promise((resolve) => setTimeout(resolve, 2));
    },
  };
}

/**
 * Kills the job's run of day after day. After each kill every transaction is stored whole or not at all, in their order; the claim
 * on the run is held until it runs out; and a second run comes to what an undisturbed one comes to on a store in memory.
 */
async function expectKillsLeaveTransactionsWhole(site: KillSite, work: keyof typeof PIPELINE_JOBS, kills: number) {
  const job = PIPELINE_JOBS[work];
  const undisturbed = memoryStore();
  const withStore = async <T>(use: (store: Store) => Promise<T>) => {
    const { store, end } = await openStore(site.place);
    try {
      return await use(store);
    } finally {
      await end();
    }
  };
  const claimed = (store: Store, n: number, owner: string, ms: number) =>
    runClaimed(
      { ...store, now: undefined } as Store, // a clock of these days' own
      claimOf(work, n, owner, () => new Date(tickOf(n).getTime() + ms)),
      async () => {
        await job.run(store, n);
        return DONE;
      },
    );
  const statusOf = async (store: Store, n: number) => {
    const [run] = await store.listJobRuns({ job: work, limit: 1 });
    return run?.scheduledFor.getTime() === tickOf(n).getTime() ? run.status : 'absent';
  };

  await job.begin(undisturbed);
  await withStore((store) => job.begin(store));
  const victims = killer(worker, site, work, 1);
  let halfWay = 0;
  for (let n = 0; n <= kills; n++) {
    await job.prepare(undisturbed, n);
    await withStore((store) => job.prepare(store, n));
    const before = await job.contents(undisturbed, n);
    await job.run(undisturbed, n);
    const after = await job.contents(undisturbed, n);
    await (n === 0 ? victims.leaveAlone(n) : victims.kill(n));
    await withStore(async (store) => {
      const found = await job.contents(store, n);
      const done = [...found].map(([name, rows]) => {
        if (isDeepStrictEqual(rows, after.get(name))) return true;
        expect(rows, `${name} after kill ${n}`).toEqual(before.get(name));
        return false;
      });
      expect(done, `the order of what kill ${n} left`).toEqual([...done].sort((a, b) => Number(b) - Number(a)));
      if (done.includes(true) && done.includes(false)) halfWay += 1;

      const status = await statusOf(store, n);
      if (n === 0 || status === 'done')
        expect({ status, done }).toEqual({ status: 'done', done: done.map(() => true) });
      if (status !== 'absent') expect(await claimed(store, n, 'too early', LEASE_MS - 1)).toBeUndefined();
      const again = await claimed(store, n, 'second', LEASE_MS);
      expect(again).toEqual(status === 'done' ? undefined : { status: 'done', ...DONE });
      expect(await statusOf(store, n)).toBe('done');
      expect(await job.contents(store, n), `the contents after the second run ${n}`).toEqual(after);
    });
  }
  await victims.stop();
  if (full) console.log(`${site.name}: ${kills} kills: ${victims.phases()}; ${halfWay} left the work half way`);
}

/** What a database's tables and indexes are, and the version that it says to have (-1: none). */
interface Shape {
  version: number;
  objects: string[];
}

/** Returns the statement that takes back one of a migration. */
function undo(statement: string, dialect: Dialect): string {
  const { table } = dialect;
  const [, made] = /^CREATE TABLE \$table\((\w+)\)/.exec(statement) ?? [];
  if (made !== undefined) return `DROP TABLE ${table(made)}`;
  const [, altered, column] = /^ALTER TABLE \$table\((\w+)\) ADD COLUMN (\w+)/.exec(statement) ?? [];
  if (altered !== undefined) return `ALTER TABLE ${table(altered)} DROP COLUMN ${column}`;
  const [, index] = /^CREATE INDEX (\w+) /.exec(statement) ?? [];
  if (index !== undefined) return `DROP INDEX ${table(index)}`;
  const [, dropped] = /^DROP INDEX \$table\((\w+)\)/.exec(statement) ?? [];
  if (dropped !== undefined) {
    const made = MIGRATIONS.flatMap(({ statements }) => statements).find((one) =>
      one.startsWith(`CREATE INDEX ${dropped} `),
    )!;
    return inDialect(made, dialect);
  }
  throw new Error(`no way back from: ${statement}`);
}

/** Kills the making of the schema, by turns from nothing and from the first version with a row in it. */
async function expectKillsLeaveVersionsWhole(
  site: KillSite,
  kills: number,
  {
    reset,
    run,
    dialect,
    shape,
  }: {
    reset(): Promise<void>;
    run(sql: string): Promise<void>;
    dialect: Dialect;
    shape(): Promise<Shape>;
  },
) {
  const stepDown = async (version: number) => {
    const back = MIGRATIONS[version - 1].statements.map((statement) => undo(statement, dialect)).reverse();
    for (const sql of back) await run(sql);
    await run(`DELETE FROM ${dialect.table('schema_migrations')} WHERE version = ${version}`);
  };
  const victims = killer(worker, site, 'open', 2);
  await reset();
  await victims.leaveAlone(0);
  const { version, objects } = await shape();
  expect(version).toBe(SCHEMA_VERSION);
  const objectsOf = new Map([
    [version, objects],
    [0, objects.filter((name) => name.startsWith('schema_migrations'))],
    [-1, []],
  ]);
  for (let at = version; at > 1; at--) {
    await stepDown(at);
    const below = await shape();
    expect(below.version).toBe(at - 1);
    objectsOf.set(below.version, below.objects);
  }
  // what a row of the first version could say
  const weights = { chronos: 0.6, lgbm: 0.4, naive: 0 };
  const known = { levels: [0.1, 0.5, 0.9] };
  const members = Object.fromEntries(
    Object.entries(samplePrediction({}).members).map(([name, said]) => {
      const { ciLow, pointClose, ciHigh } = said;
      return [name, { ...said, ...known, quantiles: [ciLow, pointClose, ciHigh] }];
    }),
  );
  const old = samplePrediction({ weights, members });
  const found = new Map<number, number>();
  for (let n = 1; n <= kills; n++) {
    await reset();
    if (n % 2 === 0) {
      const { store, end } = await openStore(site.place);
      await store.upsertPredictions([old]);
      await end();
      for (let at = version; at > 1; at--) await stepDown(at);
    }
    await victims.kill(n);
    const left = await shape();
    expect(left.objects, `version ${left.version} after kill ${n}`).toEqual(objectsOf.get(left.version));
    found.set(left.version, (found.get(left.version) ?? 0) + 1);
    const { store, end } = await openStore(site.place);
    expect(await shape()).toEqual({ version, objects });
    expect(await store.listPredictions()).toEqual(n % 2 === 0 ? [old] : []);
    await store.upsertPredictions([samplePrediction({ horizon: 2 })]);
    await end();
  }
  await victims.stop();
  const versions = [...found].sort(([a], [b]) => a - b).map(([at, times]) => `${times} at ${at < 0 ? 'none' : at}`);
  if (full)
    console.log(`${site.name}: ${kills} kills: ${victims.phases()}; schema versions left: ${versions.join(', ')}`);
}

const works = Object.keys(PIPELINE_JOBS) as (keyof typeof PIPELINE_JOBS)[];

describe('one SQLite file', () => {
  test.each(works)(
    '%s killed at any moment leaves whole transactions, and a second run completes them',
    async (work) => {
      await expectKillsLeaveTransactionsWhole(sqliteSite(work), work, KILLS.sqlite);
      const database = new Database(join(root, `${work}.db`));
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(database.pragma('foreign_key_check')).toEqual([]);
      database.close();
    },
    TIMEOUT,
  );

  test(
    'the making of the schema killed at any moment leaves a whole version, and opening again completes it',
    async () => {
      const file = join(root, 'migration.db');
      const withDatabase = <T>(use: (database: Database.Database) => T) => {
        const database = new Database(file);
        try {
          return use(database);
        } finally {
          database.close();
        }
      };
      await expectKillsLeaveVersionsWhole(sqliteSite('migration'), KILLS.sqlite, {
        async reset() {
          for (const suffix of ['', '-wal', '-shm']) await rm(`${file}${suffix}`, { force: true });
        },
        run: async (sql) => void withDatabase((database) => database.exec(sql)),
        dialect: SQLITE,
        shape: async () =>
          withDatabase((database) => {
            const rows = database
              .prepare('SELECT tbl_name, name, sql FROM sqlite_master ORDER BY tbl_name, name')
              .all();
            const objects = (rows as { [column: string]: string }[]).map(
              (row) => `${row['tbl_name']} ${row['name']} ${row['sql']}`,
            );
            const sql = 'SELECT coalesce(max(version), 0) FROM schema_migrations';
            return { version: objects.length === 0 ? -1 : (database.prepare(sql).pluck().get() as number), objects };
          }),
      });
    },
    TIMEOUT,
  );
});

describe.skipIf(programs === undefined)(POSTGRES, () => {
  test.each(works)(
    '%s killed at any moment leaves whole transactions, and a second run completes them',
    async (work) => {
      await expectKillsLeaveTransactionsWhole(postgresSite(work), work, KILLS.postgres);
    },
    TIMEOUT,
  );

  test(
    'the making of the schema killed at any moment leaves a whole version, and opening again completes it',
    async () => {
      await expectKillsLeaveVersionsWhole(postgresSite('migration'), KILLS.postgres, {
        async reset() {
          await admin.query('DROP SCHEMA IF EXISTS migration CASCADE');
        },
        run: async (sql) => void (await admin.query(sql)),
        dialect: postgresDialect('migration'),
        async shape() {
          const columns = await admin.query(
            `SELECT table_name || ' ' || column_name || ' ' || data_type AS object FROM information_schema.columns
             WHERE table_schema = 'migration' ORDER BY table_name, column_name`,
          );
          const indexes = await admin.query(
            "SELECT tablename || ' ' || indexdef AS object FROM pg_indexes WHERE schemaname = 'migration' ORDER BY 1",
          );
          const objects = [...columns.rows, ...indexes.rows].map((row) => row.object as string);
          if (objects.length === 0) return { version: -1, objects };
          const { rows } = await admin.query(
            'SELECT coalesce(max(version), 0) AS version FROM migration.schema_migrations',
          );
          return { version: rows[0].version, objects };
        },
      });
    },
    TIMEOUT,
  );
});

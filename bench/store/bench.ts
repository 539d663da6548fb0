/*
 * What the stores cost beside the bare driver doing the same SQL on the same records, in one run, by turns.
 *
 *   npx esbuild bench/store/bench.ts --bundle --packages=external --platform=node --format=esm --outfile=node_modules/.cache/bench-store.mjs
 *   node --expose-gc node_modules/.cache/bench-store.mjs [--rows 100000] [--history 5000000] [--rounds 5] [--lean] [--driver] [--sqlite]
 *
 * With --lean a forecast states what one of the first version stated; with --driver SQLite is also run as a driver of `createStore`;
 * with --sqlite Postgres is left out.
 * Postgres is a server of the bench's own (see test/adapters/postgres-server.ts), left out where there is none.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import pg from 'pg';
import { postgresStore } from '../../adapters/store/postgres.js';
import { sqliteStore } from '../../adapters/store/sqlite.js';
import type { PredictionRecord } from '../../src/store/records.js';
import type { Store } from '../../src/store/store.js';
import { postgresPrograms, startPostgres } from '../../test/adapters/postgres-server.js';
import { type Bare, barePostgres, bareSqlite } from './bare.js';
import { driverStore } from './driver.js';
import { codeOf, forecasts, outcomeOf, TARGET } from './forecasts.js';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    history: { type: 'string', default: '5000000' },
    rounds: { type: 'string', default: '5' },
    lean: { type: 'boolean', default: false },
    driver: { type: 'boolean', default: false },
    sqlite: { type: 'boolean', default: false },
  },
});
const ROWS = Number(values.rows);
const HISTORY = Number(values.history);
const ROUNDS = Number(values.rounds);
const PAGE = 1000;

/** What a piece of work took: wall-clock seconds, and this process's processor seconds, which other load disturbs less. */
interface Time {
  wall: number;
  cpu: number;
}

async function measure(work: () => Promise<void> | void): Promise<Time> {
  globalThis.gc?.();
  const start = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}

const median = (times: number[]) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];

/** Prints what one side took beside another. */
function report(what: string, side: Time[], beside: Time[]): void {
  const shown = (kind: keyof Time) => {
    const [ours, theirs] = [side, beside].map((list) => list.map((time) => time[kind]));
    const ratios = ours.map((time, index) => time / theirs[index]);
    const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    const seconds = `${Math.min(...ours).toFixed(2)} s beside ${Math.min(...theirs).toFixed(2)} s`;
    const least = (Math.min(...ours) / Math.min(...theirs)).toFixed(2);
    return `${kind} ${seconds} = ${least}x (rounds ${spread}, median ${median(ratios).toFixed(2)})`;
  };
  console.log(`${what}: ${shown('wall')}; ${shown('cpu')}`);
}

/** Matches every due prediction page by page, as matchOutcomes does. */
async function match(store: Store): Promise<void> {
  let matched = 0;
  for (;;) {
    const due = await store.listPredictions({ state: 'due', toTargetDate: TARGET, limit: PAGE });
    if (due.length === 0) break;
    matched += await store.recordOutcomes(due.map(outcomeOf));
  }
  if (matched !== ROWS) throw new Error(`matched ${matched} of ${ROWS}`);
}

/** Reads the rows of ten instruments, one after another. */
async function lookUp(store: Store): Promise<void> {
  for (let index = 0; index < 10; index++) {
    const rows = await store.listPredictions({ code: codeOf((index * 7919) % Math.floor(ROWS / 3)) });
    if (rows.length !== 3) throw new Error(`${rows.length} rows of one instrument`);
  }
}

interface Opened {
  store: Store;
  bare: () => Promise<Bare>;
  /** The same place under createStore. */
  driver?: Store;
}

type Side = 'store' | 'bare' | 'driver';

async function compare(name: string, open: (round: string) => Promise<Opened>): Promise<void> {
  const records = forecasts(ROWS, values.lean);
  const took = new Map<string, Record<Side, Time[]>>();
  for (let round = 0; round <= ROUNDS; round++) {
    const { store, driver, bare: openBare } = await open(`r${round}`);
    const bare = await openBare();
    const upsert = (to: Store) => () => to.upsertPredictions(records);
    const works: [string, Partial<Record<Side, () => Promise<void> | void>>][] = [];
    for (const what of ['new predictions upserted', 'predictions upserted again'])
      works.push([
        what,
        { store: upsert(store), bare: () => bare.upsert(records), ...(driver && { driver: upsert(driver) }) },
      ]);
    if (driver)
      works.push([
        'predictions, those of 10 instruments looked up',
        { store: () => lookUp(store), driver: () => lookUp(driver) },
      ]);
    works.push([
      `due predictions listed and matched by pages of ${PAGE}`,
      {
        store: () => match(store),
        bare: () => bare.match(TARGET, PAGE, outcomeOf, ROWS),
        ...(driver && { driver: () => match(driver) }),
      },
    ]);
    for (const [what, sides] of works) {
      const times = took.get(what) ?? { store: [], bare: [], driver: [] };
      took.set(what, times);
      // by turns: who goes first in one round goes last in the next
      const turns = Object.entries(sides) as [Side, () => Promise<void> | void][];
      for (const [side, work] of round % 2 === 0 ? turns : turns.reverse()) {
        const time = await measure(work);
        if (round > 0) times[side].push(time); // the first round warms up
      }
    }
    for (const place of [store, bare, driver]) await place?.close();
  }
  for (const [what, { store, bare, driver }] of took) {
    if (bare.length > 0) report(`${name}, ${ROWS} ${what}`, store, bare);
    if (driver.length > 0) report(`${name} as a driver beside the store, ${ROWS} ${what}`, driver, store);
  }
}

/** Reads one instrument's last year among many rows, and all rows page by page. */
async function history(name: string, store: Store, plan: (code: string) => Promise<string>): Promise<void> {
  const times: number[] = [];
  for (let index = 0; index < 50; index++) {
    const code = codeOf((index * 7919) % Math.floor(HISTORY / 2500));
    const start = performance.now();
    const rows = await store.listPredictions({ code, fromBaseDate: '2003-01-01', limit: 250 });
    times.push(performance.now() - start);
    if (rows.length !== 250) throw new Error(`${rows.length} rows of ${code}`);
  }
  const [first] = times;
  console.log(
    `${name}, 250 rows of one instrument among ${HISTORY}: median ${median(times).toFixed(1)} ms,`,
    `worst ${Math.max(...times).toFixed(1)} ms, the very first ${first.toFixed(1)} ms; plan: ${await plan(codeOf(1))}`,
  );
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  let after: PredictionRecord | undefined;
  let count = 0;
  const start = performance.now();
  while (count < 1_000_000) {
    const page = await store.listPredictions({ after, limit: PAGE });
    count += page.length;
    after = page.at(-1);
    peak = Math.max(peak, process.memoryUsage().rss);
    if (page.length < PAGE) break;
  }
  const rate = count / ((performance.now() - start) / 1000);
  const grown = ((peak - before) / 2 ** 20).toFixed(0);
  console.log(
    `${name}, ${count} rows by pages of ${PAGE}: ${Math.round(rate)} rows a second, memory grew by ${grown} MB at most`,
  );
}

/** Rows of 2,500 days an instrument, made inside the database. `{d}` is the day's number, `{i}` the instrument's. */
const HISTORY_COLUMNS = `code, base_date, horizon, target_date, issued_at, base_close, point_close, ci_low, ci_high, prob_up,
  prob_flat, prob_down, direction, expected_return, user_triggered, w_chronos, w_lgbm, w_naive, members, sources_used, matched`;

const folder = await mkdtemp(join(tmpdir(), 'chronolight-bench-'));
try {
  await compare('SQLite', async (round) => {
    const store = await sqliteStore(join(folder, `store-${round}.db`));
    // the bare driver gets a file of the same schema, with the same settings
    const file = join(folder, `bare-${round}.db`);
    await (await sqliteStore(file)).close();
    const driver = values.driver ? { driver: driverStore(join(folder, `driver-${round}.db`)) } : {};
    return { store, bare: async () => bareSqlite(file), ...driver };
  });

  if (HISTORY > 0) {
    const file = join(folder, 'history.db');
    const store = await sqliteStore(file, { durability: 'normal' });
    const database = new Database(file);
    database.exec(`WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${HISTORY - 1})
      INSERT INTO predictions (${HISTORY_COLUMNS})
      SELECT printf('%06d', n / 2500), date('2000-01-01', '+' || (n % 2500) || ' days'), 1,
        date('2000-01-02', '+' || (n % 2500) || ' days'), '2024-03-08T07:00:00.000Z', 100, 101, 99, 103, 0.4, 0.3, 0.3, 'up',
        0.01, 0, 0.6, 0.4, 0, '{}', '["chronos"]', 1 FROM numbers`);
    await history('SQLite', store, async (code) => {
      const sql = `EXPLAIN QUERY PLAN SELECT * FROM predictions WHERE code = ? AND base_date >= ? ORDER BY predictions.base_date,
        predictions.code, predictions.horizon LIMIT 250`;
      return (database.prepare(sql).all(code, '2003-01-01') as { detail: string }[])
        .map(({ detail }) => detail)
        .join('; ');
    });
    database.close();
    await store.close();
    await rm(file);
  }

  const programs = values.sqlite ? undefined : postgresPrograms();
  if (programs === undefined) console.log('Postgres left out: not asked for, or no programs of it found');
  else {
    const server = await startPostgres(programs);
    const pool = new pg.Pool({ connectionString: server.connectionString });
    try {
      await compare('Postgres', async () => {
        await pool.query('DROP SCHEMA IF EXISTS store CASCADE; DROP SCHEMA IF EXISTS bare CASCADE');
        const store = await postgresStore({ pool, schema: 'store' });
        await (await postgresStore({ pool, schema: 'bare' })).close();
        return { store, bare: () => barePostgres(pool, 'bare') };
      });
      if (HISTORY > 0) {
        const store = await postgresStore({ pool, schema: 'history' });
        await pool.query(`INSERT INTO history.predictions (${HISTORY_COLUMNS})
          SELECT lpad((n / 2500)::text, 6, '0'), date '2000-01-01' + (n % 2500)::int, 1, date '2000-01-02' + (n % 2500)::int,
            '2024-03-08T07:00:00Z', 100, 101, 99, 103, 0.4, 0.3, 0.3, 'up', 0.01, false, 0.6, 0.4, 0, '{}', '["chronos"]', true
          FROM generate_series(0, ${HISTORY - 1}) AS n`);
        await pool.query('ANALYZE history.predictions');
        await history('Postgres', store, async (code) => {
          const sql = `EXPLAIN SELECT * FROM history.predictions WHERE code = $1 AND base_date >= '2003-01-01'
            ORDER BY base_date, code, horizon LIMIT 250`;
          const { rows } = await pool.query(sql.replace('$1', pg.escapeLiteral(code)));
          return rows.map((row) => row['QUERY PLAN'].trim().split('(')[0]).join('; ');
        });
      }
    } finally {
      await pool.end();
      await server.stop();
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

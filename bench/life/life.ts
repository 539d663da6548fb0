/*
 * Two years of twenty instruments through `createScheduler` under a simulated clock, over SQLite and Postgres, with everything that goes wrong
 * in a life (test/life/plan.ts): prices down at the batch, halts, splits, delisting, late corrections, a closure that nobody announced, a clock
 * set back and one ahead, ten days without a process, both changes of New York's clocks. Then everything that is stored is checked
 * (test/life/verdict.ts). Exits with 1 if anything does not hold.
 *
 *   npx esbuild bench/life/life.ts --bundle --packages=external --platform=node --format=esm --outfile=node_modules/.cache/bench-life.mjs
 *   node node_modules/.cache/bench-life.mjs [--sessions 504] [--instruments 20] [--keep 365] [--learn 30] [--only sqlite] [--retention none|only]
 *
 * From the root of the repository. Weights are learned from `--learn` days of outcomes, all of which are read each day: 365, the scheduler's
 * default, takes several times as long. PostgreSQL is a server of the bench's own (test/adapters/postgres-server.ts), left out with a word where
 * there is none. Each store lives once with everything kept and once with a retention of `--keep` days, or `--retention` says which.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { postgresStore } from '../../adapters/store/postgres.js';
import { sqliteStore } from '../../adapters/store/sqlite.js';
import { fromEpochDay, toEpochDay } from '../../src/series/index.js';
import type { Store } from '../../src/store/store.js';
import { POSTGRES, postgresPrograms, startPostgres } from '../../test/adapters/postgres-server.js';
import { type Life, live } from '../../test/life/live.js';
import { planLife } from '../../test/life/plan.js';
import { judge } from '../../test/life/verdict.js';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '504' },
    instruments: { type: 'string', default: '20' },
    keep: { type: 'string', default: '365' },
    learn: { type: 'string', default: '30' },
    only: { type: 'string' },
    retention: { type: 'string' },
  },
});
const plan = planLife({
  first: '2024-01-02',
  sessions: Number(values.sessions),
  instruments: Number(values.instruments),
});
const keepDays = Number(values.keep);
const learningDays = Number(values.learn);
const retentions = [undefined, { keepDays }].filter(
  (retention) => values.retention === undefined || (values.retention === 'only') === (retention !== undefined),
);
/** What a run may cost at the end beside a year before, when learning had its full window: room for the noise of a shared machine. */
const ALLOWED = 1.5;

/** A place to live in. */
interface Home {
  name: string;
  store: Store;
  megabytes(): Promise<number>;
}

let holds = true;
const folder = await mkdtemp(join(tmpdir(), 'chronolight-life-'));
try {
  if (values.only !== 'postgres') {
    for (const retention of retentions) {
      const file = join(folder, `life-${retention?.keepDays ?? 'all'}.db`);
      const store = await sqliteStore(file, { durability: 'normal' });
      const megabytes = async () => (await stat(file)).size / 1e6;
      await oneLife({ name: 'SQLite', store, megabytes }, retention);
      await store.close();
    }
  }
  const programs = values.only === 'sqlite' ? undefined : postgresPrograms();
  if (programs === undefined)
    console.log(values.only === 'sqlite' ? 'Postgres left out as asked' : `${POSTGRES} left out`);
  else await inPostgres(programs);
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.log(holds ? 'VERDICT: all of it holds' : 'VERDICT: NOT all of it holds');
process.exitCode = holds ? 0 : 1;

async function inPostgres(programs: string): Promise<void> {
  const server = await startPostgres(programs);
  const pool = new pg.Pool({ connectionString: server.connectionString });
  pool.on('error', () => {});
  try {
    for (const retention of retentions) {
      const schema = `life_${retention?.keepDays ?? 'all'}`;
      const store = await postgresStore({ pool, schema });
      const megabytes = async () => {
        const size = `SELECT sum(pg_total_relation_size(c.oid)) AS n FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
          WHERE s.nspname = $1 AND c.relkind = 'r'`;
        return Number((await pool.query(size, [schema])).rows[0].n) / 1e6;
      };
      await oneLife({ name: 'Postgres', store, megabytes }, retention);
      await store.close();
    }
  } finally {
    await pool.end();
    await server.stop();
  }
}

async function oneLife({ name, store, megabytes }: Home, retention: { keepDays: number } | undefined): Promise<void> {
  const [began, cpuBefore] = [performance.now(), process.cpuUsage()];
  const life = await live(plan, store, { learningDays, ...(retention && { retention }) });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const last = plan.days[plan.days.length - 1];
  const from = retention && fromEpochDay(toEpochDay(last) - retention.keepDays);
  const { counts, faults } = await judge(life, from === undefined ? {} : { from });
  console.log(
    `\n${name}, ${retention ? `${keepDays} days kept` : 'everything kept'}: lived in ${seconds.toFixed(0)} s, ${((user + system) / 1e6).toFixed(0)} s of processor`,
  );
  console.log(`  ${JSON.stringify(counts)}, ${(await megabytes()).toFixed(1)} MB`);
  for (const [what, found] of Object.entries(faults)) {
    console.log(`  ${found.length === 0 ? 'holds' : `${found.length} FAULTS`}: ${what}`);
    for (const fault of found.slice(0, 5)) console.log(`      ${fault}`);
    if (found.length > 0) holds = false;
  }
  for (const [job, did] of [
    ['dailyBatch', 'stored'],
    ['matchOutcomes', 'matched'],
  ]) {
    if (!showGrowth(life, job, did)) holds = false;
  }
  const pruned = life.runs.filter(({ job, status }) => job === 'pruneWeekly' && status === 'done');
  const rows = pruned.reduce((sum, { figures }) => sum + figures!['predictions'] + figures!['outcomes'], 0);
  if (retention) console.log(`  pruned: ${rows} forecasts and outcomes in ${pruned.length} weeks`);
}

/** Shows the least time and the mean rows of a job's runs that did anything, by eighths; returns whether they stayed what they were when the first year was over. */
function showGrowth(life: Life, job: string, did: string): boolean {
  const whole = life.runs.filter((run) => run.job === job && (run.figures?.[did] ?? 0) > 0);
  const eighths = Array.from({ length: 8 }, (_, i) =>
    whole.slice(Math.floor((i * whole.length) / 8), Math.floor(((i + 1) * whole.length) / 8)),
  );
  const least = (runs: typeof whole) => Math.min(...runs.map(({ processorMs }) => processorMs));
  const rows = (runs: typeof whole) => runs.reduce((sum, run) => sum + run.rows, 0) / runs.length;
  const columns = (of: (runs: typeof whole) => number) => eighths.map((runs) => of(runs).toFixed(0)).join(' ');
  console.log(`  ${job}, by eighths: least ms of processor ${columns(least)}; mean rows read ${columns(rows)}`);
  if (plan.days.length < 500) {
    console.log('  growth is not judged: less than two years');
    return true;
  }
  const grew = rows(eighths[7]) / Math.max(1, rows(eighths[4]));
  // one eighth may have had the machine for itself
  const [, usual] = [4, 5, 6].map((i) => least(eighths[i])).sort((a, b) => a - b);
  const slowed = least(eighths[7]) / usual;
  const steady = grew <= ALLOWED && slowed <= ALLOWED;
  const verdict = steady ? 'holds' : 'FAULT';
  console.log(`  ${verdict}: no growth in the second year: time × ${slowed.toFixed(2)}, rows × ${grew.toFixed(2)}`);
  return steady;
}

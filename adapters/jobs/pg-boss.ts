import { pause } from '../../src/concurrency/index.js';
import { invalid, refuseUnknown } from '../../src/errors.js';
import { checkWork, type Job, type JobFailure, type JobQueue } from './job-queue.js';

/** What this package uses of pg-boss (10 or later): a started `PgBoss` has it. */
export interface Boss {
  getQueue(name: string): Promise<object | null>;
  createQueue(name: string, options?: { name: string } & QueueTerms): Promise<void>;
  send(name: string, data: object, options: { id: string; retryLimit: number }): Promise<string | null>;
  fetch(name: string, options: { batchSize: number; includeMetadata: true }): Promise<Delivered[]>;
  complete(name: string, ids: string[]): Promise<unknown>;
  fail(name: string, id: string, data: object): Promise<unknown>;
  getDb(): { executeSql(text: string, values: unknown[]): Promise<{ rows: unknown[] }> };
}

/** A job as pg-boss delivers it. */
interface Delivered {
  id: string;
  data: object;
  /** How often it was delivered before. */
  retryCount: number;
}

/** A queue's own terms, which it keeps from when it is made. */
interface QueueTerms {
  retryLimit: number;
  /** Seconds. */
  retryDelay: number;
  expireInSeconds: number;
}

/** How jobs are kept. */
export interface PgBossJobsOptions {
  /**
   * How often a failing job is tried again; default 2. A worker's death is a try of the job that it did alone, and of none that it did
   * beside others: those are done one by one from then on, so that one that kills its workers is found and given up.
   */
  retryLimit?: number | undefined;
  /** How long a failing job is left alone before it is tried again, so that a short outage costs no job all its tries; default 30. */
  retryDelayInSeconds?: number | undefined;
  /** A batch that takes longer is taken for lost, its worker for dead, and delivered again; default 900. */
  expireInSeconds?: number | undefined;
  /** How long a worker that found nothing waits before it looks again; default 2000. */
  pollMs?: number | undefined;
  /** How long a worker goes on asking a database that does not answer, while it is restarted for example, before `work` rejects; default 60,000. */
  retryForMs?: number | undefined;
  /** The schema that pg-boss was given; default 'pgboss'. */
  schema?: string | undefined;
}

/**
 * Returns a job queue on the host's own Postgres, for any number of worker processes and machines. The host makes, starts
 * and stops pg-boss.
 *
 * @throws ForecastError `INVALID_ARGUMENT` naming the option
 * @example
 * const boss = new PgBoss(connectionString);
 * await boss.start();
 * const jobs = pgBossJobs(boss);
 */
export function pgBossJobs(boss: Boss, options: PgBossJobsOptions = {}): JobQueue {
  const { retryLimit, retryDelayInSeconds, expireInSeconds, pollMs, retryForMs, schema } = checkOptions(options);
  const made = new Map<string, Promise<void>>();
  const ready = (name: string) => {
    let queue = made.get(name);
    if (queue === undefined) {
      queue = makeQueue(boss, { name, retryLimit, retryDelay: retryDelayInSeconds, expireInSeconds });
      queue.catch(() => made.delete(name));
      made.set(name, queue);
    }
    return queue;
  };

  /** Every call that a worker makes may be made twice: what was fetched in vain expires, and what is done stays done. */
  const patiently = async <T>(call: () => Promise<T>): Promise<T> => {
    const deadline = Date.now() + retryForMs;
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (Date.now() >= deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.min(pollMs, 1000)));
      }
    }
  };

  const table = `"${schema.replaceAll('"', '""')}".job`;
  const tries = triesIn(table, (text, values) => patiently(() => boss.getDb().executeSql(text, values)));

  /** Does the jobs of a round and says of each how it ended; of none if others have them by now. */
  const doRound = async (name: string, { round, later }: Round, handler: Handler, signal: AbortSignal) => {
    // begun alone, a job has used a try, whatever comes of its worker
    if (round.length === 1 && !(await tries.begin(name, round[0], { later, retryLimit }))) return;
    const jobs = round.map(({ job }) => job);
    const failures: readonly JobFailure[] = await handler(jobs, signal).catch((error: unknown) =>
      jobs.map(({ key }) => ({ key, error })),
    );
    const failed = new Map(failures.map((failure) => [failure.key, failure]));
    const done = round.filter(({ job }) => !failed.has(job.key)).map(({ id }) => id);
    if (done.length > 0) await patiently(() => boss.complete(name, done));
    for (const item of round) {
      const failure = failed.get(item.job.key);
      if (failure === undefined) continue;
      const { error, afterMs } = failure;
      if (afterMs !== undefined) await tries.wait(name, item);
      else if (round.length > 1) await tries.count(name, item, { retryLimit });
      await patiently(() => boss.fail(name, item.id, { message: String(error) }));
      if (afterMs !== undefined) await tries.leaveAlone(name, item, afterMs);
    }
  };

  return {
    async add(name, jobs) {
      await ready(name);
      // the key makes the id, and an id that is there already is left alone
      for (let start = 0; start < jobs.length; start += SENT_AT_ONCE) {
        const part = jobs.slice(start, start + SENT_AT_ONCE);
        await Promise.all(
          part.map(async ({ key, data }) =>
            boss.send(name, { key, data }, { id: await idOf(`${name} ${key}`), retryLimit: DELIVERIES }),
          ),
        );
      }
    },

    async work(name, handler, options) {
      const { batchSize, signal } = checkWork('pgBossJobs', options);
      await ready(name);
      while (!signal.aborted) {
        const taken = await patiently(() => boss.fetch(name, { batchSize, includeMetadata: true }));
        if (taken.length === 0) {
          await pause(pollMs, signal);
          continue;
        }
        const items = taken.map(itemOf);
        const together = items.filter(({ deaths }) => deaths === 0);
        const alone = items.filter(({ deaths }) => deaths > 0).sort((a, b) => a.tries - b.tries);
        const rounds = [together, ...alone.map((item) => [item])].filter((round) => round.length > 0);
        for (const [index, round] of rounds.entries()) {
          await doRound(name, { round, later: rounds.slice(index + 1).flat() }, handler, signal);
        }
      }
    },

    async count(name) {
      await ready(name);
      const states = `SELECT state::text AS state, count(*)::int AS jobs FROM ${table} WHERE name = $1 GROUP BY state`;
      const { rows } = await boss.getDb().executeSql(states, [name]);
      const counts = new Map(
        (rows as { state: string; jobs: number }[]).map(({ state, jobs }) => [state, Number(jobs)]),
      );
      const of = (state: string) => counts.get(state) ?? 0;
      return { waiting: of('created') + of('retry'), active: of('active'), failed: of('failed') };
    },
  };
}

function checkOptions(options: PgBossJobsOptions): Required<PgBossJobsOptions> {
  const where = 'pgBossJobs';
  const usual = {
    retryLimit: 2,
    retryDelayInSeconds: 30,
    expireInSeconds: 900,
    pollMs: 2000,
    retryForMs: 60_000,
    schema: 'pgboss',
  };
  refuseUnknown(where, options, Object.keys(usual));
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const checked: Required<PgBossJobsOptions> = { ...usual, ...given };
  const least = { retryLimit: 0, retryDelayInSeconds: 0, expireInSeconds: 1, pollMs: 1, retryForMs: 0 };
  for (const [name, low] of Object.entries(least)) {
    const value = checked[name as keyof typeof least];
    if (Number.isInteger(value) && value >= low && value < 2 ** 31) continue;
    throw invalid('INVALID_ARGUMENT', where, name, `a whole number from ${low} to 2147483647`, value);
  }
  if (typeof checked.schema !== 'string' || checked.schema === '') {
    throw invalid('INVALID_ARGUMENT', where, 'schema', 'the schema that pg-boss was given', checked.schema);
  }
  return checked;
}

type Handler = Parameters<JobQueue['work']>[1];

/** Jobs that are done together, and those of the same delivery that are done after them. */
interface Round {
  round: readonly Item[];
  later: readonly Item[];
}

/** A delivered job, how many tries it has used, how often it was to wait, and how often a worker died that did it beside others. */
interface Item {
  id: string;
  job: Job;
  tries: number;
  waits: number;
  deaths: number;
}

function itemOf({ id, data, retryCount }: Delivered): Item {
  const { tries = 0, waits = 0, ...job } = data as Job & { tries?: number; waits?: number };
  return { id, job, tries, waits, deaths: retryCount - tries - waits };
}

/** pg-boss counts deliveries, and a death is one of each job of a batch: they are left to it without a limit to speak of. */
const DELIVERIES = 1_000_000;

type ExecuteSql = (text: string, values: unknown[]) => Promise<{ rows: unknown[] }>;

/**
 * Counts the tries of each job beside its data. With the last one its deliveries are limited to those there were, so that pg-boss gives it
 * up when it fails or its worker dies; the count starts anew then, for whoever has pg-boss try it again.
 */
function triesIn(table: string, executeSql: ExecuteSql) {
  const counted = (item: Item, retryLimit: number) =>
    item.tries >= retryLimit ? { tries: 0, isLast: true } : { tries: item.tries + 1, isLast: false };
  const set = `data = jsonb_set(data, '{tries}', to_jsonb($3::int)), retry_limit = CASE WHEN $4::boolean THEN retry_count ELSE retry_limit END`;
  return {
    /** Counts a try of a job that failed beside others. */
    async count(name: string, item: Item, { retryLimit }: { retryLimit: number }): Promise<void> {
      const { tries, isLast } = counted(item, retryLimit);
      const update = `UPDATE ${table} SET ${set} WHERE name = $1 AND id = $2::uuid AND state = 'active'`;
      await executeSql(update, [name, item.id, tries, isLast]);
    },
    /** Counts no try of a job that is to wait, nor one that it began. */
    async wait(name: string, { id, tries, waits }: Item): Promise<void> {
      const counts = `data || jsonb_build_object('tries', $3::int, 'waits', $4::int)`;
      const update = `UPDATE ${table} SET data = ${counts}, retry_limit = $5::int WHERE name = $1 AND id = $2::uuid AND state = 'active'`;
      await executeSql(update, [name, id, tries, waits + 1, DELIVERIES]);
    },
    /** Leaves a job that is to be tried again alone for so long. */
    async leaveAlone(name: string, { id }: Item, ms: number): Promise<void> {
      const update = `UPDATE ${table} SET start_after = now() + $3::float8 * interval '1 ms' WHERE name = $1 AND id = $2::uuid AND state = 'retry'`;
      await executeSql(update, [name, id, ms]);
    },
    /** Counts the try that begins, and its time and that of the jobs after it from now on; returns whether the job is still this worker's. */
    async begin(name: string, item: Item, { later, retryLimit }: { later: readonly Item[]; retryLimit: number }) {
      const { tries, isLast } = counted(item, retryLimit);
      const mine = `name = $1 AND state = 'active' AND retry_count = $5::int`;
      const update = `UPDATE ${table} SET started_on = now(), ${set} WHERE ${mine} AND id = $2::uuid RETURNING id`;
      const { rows } = await executeSql(update, [name, item.id, tries, isLast, item.tries + item.waits + item.deaths]);
      if (later.length > 0) {
        const held = `UPDATE ${table} SET started_on = now() WHERE name = $1 AND state = 'active' AND id = ANY($2::uuid[])`;
        await executeSql(held, [name, later.map(({ id }) => id)]);
      }
      return rows.length > 0;
    },
  };
}

const DEADLOCK = '40P01';

/** Makes the queue unless it is there. pg-boss alters its tables for it, and many processes that start at once deadlock. */
async function makeQueue(boss: Boss, queue: { name: string } & QueueTerms): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      if ((await boss.getQueue(queue.name)) === null) await boss.createQueue(queue.name, queue);
      return;
    } catch (error) {
      const again = error instanceof Error && 'code' in error && error.code === DEADLOCK && attempt < 20;
      if (!again) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50 + 200 * Math.random()));
    }
  }
}

/** pg-boss queues what its pool cannot take at once. */
const SENT_AT_ONCE = 32;

/** Returns the UUID (version 8, RFC 9562) that the text's SHA-256 makes. */
async function idOf(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).slice(0, 16);
  hash[6] = (hash[6] & 0x0f) | 0x80;
  hash[8] = (hash[8] & 0x3f) | 0x80;
  const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

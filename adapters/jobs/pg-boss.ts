import type { Job, JobFailure, JobQueue } from './job-queue.js';

/** What this package uses of pg-boss (10 or later): a started `PgBoss` has it. */
export interface Boss {
  getQueue(name: string): Promise<object | null>;
  createQueue(name: string, options?: { name: string } & QueueTerms): Promise<void>;
  send(name: string, data: object, options: { id: string }): Promise<string | null>;
  fetch(name: string, options: { batchSize: number }): Promise<{ id: string; data: object }[]>;
  complete(name: string, ids: string[]): Promise<unknown>;
  fail(name: string, id: string, data: object): Promise<unknown>;
  getDb(): { executeSql(text: string, values: unknown[]): Promise<{ rows: unknown[] }> };
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
  /** How often a failing job is tried again; default 2. */
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
 * @example
 * const boss = new PgBoss(connectionString);
 * await boss.start();
 * const jobs = pgBossJobs(boss);
 */
export function pgBossJobs(boss: Boss, options: PgBossJobsOptions = {}): JobQueue {
  const {
    retryLimit = 2,
    retryDelayInSeconds = 30,
    expireInSeconds = 900,
    pollMs = 2000,
    retryForMs = 60_000,
    schema = 'pgboss',
  } = options;
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

  return {
    async add(name, jobs) {
      await ready(name);
      // the key makes the id, and an id that is there already is left alone
      for (let start = 0; start < jobs.length; start += SENT_AT_ONCE) {
        const part = jobs.slice(start, start + SENT_AT_ONCE);
        await Promise.all(
          part.map(async ({ key, data }) => boss.send(name, { key, data }, { id: await idOf(`${name} ${key}`) })),
        );
      }
    },

    async work(name, handler, { batchSize = 16, signal }) {
      await ready(name);
      while (!signal.aborted) {
        const taken = await patiently(() => boss.fetch(name, { batchSize }));
        if (taken.length === 0) {
          await pause(pollMs, signal);
          continue;
        }
        const jobs = taken.map(({ data }) => data as Job);
        const failures: readonly JobFailure[] = await handler(jobs, signal).catch((error: unknown) =>
          jobs.map(({ key }) => ({ key, error })),
        );
        const failed = new Map(failures.map(({ key, error }) => [key, error]));
        const done = taken.filter((_, index) => !failed.has(jobs[index].key)).map(({ id }) => id);
        if (done.length > 0) await patiently(() => boss.complete(name, done));
        for (const [index, { id }] of taken.entries()) {
          const { key } = jobs[index];
          if (failed.has(key)) await patiently(() => boss.fail(name, id, { message: String(failed.get(key)) }));
        }
      }
    },

    async count(name) {
      await ready(name);
      const quoted = `"${schema.replaceAll('"', '""')}"`;
      const states = `SELECT state::text AS state, count(*)::int AS jobs FROM ${quoted}.job WHERE name = $1 GROUP BY state`;
      const { rows } = await boss.getDb().executeSql(states, [name]);
      const counts = new Map(
        (rows as { state: string; jobs: number }[]).map(({ state, jobs }) => [state, Number(jobs)]),
      );
      const of = (state: string) => counts.get(state) ?? 0;
      return { waiting: of('created') + of('retry'), active: of('active'), failed: of('failed') };
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

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

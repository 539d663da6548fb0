import { isForecastError } from '../../errors.js';
import type { JobRunRecord } from '../../store/records.js';
import type { Store } from '../../store/store.js';
import type { StoringContext } from '../context.js';

/** Clocks that are further apart than this are taken for wrong. */
const LARGEST_SKEW_MS = 3_600_000;

/** Newest rows looked at: mostly the first is the tick's own. A clock that was ahead may have left some in the future: then there are more. */
const ROWS = [2, 100];

/** A running claim, and when it was first seen so. */
interface Sighting {
  lease: string;
  since: Date;
}

/** What this process has seen of others' claims, by its contexts. */
const sightings = new WeakMap<StoringContext, Map<string, Sighting>>();

/**
 * Returns the instant under which a tick is to be claimed, or undefined where it is done, or somebody is at it.
 *
 * The store decides who wins; this says when a claim would be wrong although the store would grant it:
 * - Where the store has no clock (`now`), another machine's may be behind, so that a claim which that machine goes on renewing looks run out here.
 *   It is taken over once it was seen not to be renewed for two thirds of the lease, in which a living process renews it twice; or at once when
 *   it ran out more than an hour ago.
 * - A run that ended more than an hour from now was made under a clock that was ahead: its tick is due again, a millisecond later.
 */
export async function claimableTick(
  context: StoringContext,
  { job, scheduledFor, leaseMs }: { job: string; scheduledFor: Date; leaseMs: number },
): Promise<Date | undefined> {
  const { store, clock, logger } = context;
  const runs = await runsFrom(scheduledFor, store, job, (error) =>
    logger?.warn(`scheduler: a run of ${job} cannot be read`, { error }),
  );
  const now = clock();
  for (let tick = scheduledFor; tick.getTime() < scheduledFor.getTime() + 10; tick = new Date(tick.getTime() + 1)) {
    const run = runs.find((one) => one.scheduledFor.getTime() === tick.getTime());
    if (run === undefined || run.status === 'failed') return tick;
    if (run.status === 'running') return store.now || isDead(context, run, { now, leaseMs }) ? tick : undefined;
    if (!(run.finishedAt !== undefined && run.finishedAt.getTime() - now.getTime() > LARGEST_SKEW_MS)) return undefined;
  }
  return undefined;
}

/** Returns the job's runs, of the newest, that stand for this tick or a later one. */
async function runsFrom(
  tick: Date,
  store: Store,
  job: string,
  onCorrupt: (error: unknown) => void,
): Promise<JobRunRecord[]> {
  let runs: JobRunRecord[] = [];
  try {
    for (const limit of ROWS) {
      runs = await store.listJobRuns({ job, limit });
      if (runs.length < limit || runs[limit - 1].scheduledFor < tick) break;
    }
  } catch (error) {
    // one row that cannot be read must not stop a job for good; whose tick it is, the claim itself will tell
    if (!isForecastError(error, 'CORRUPT_ROW')) throw error;
    onCorrupt(error);
    return [];
  }
  return runs;
}

function isDead(context: StoringContext, run: JobRunRecord, { now, leaseMs }: { now: Date; leaseMs: number }): boolean {
  const seen = sightings.get(context) ?? new Map<string, Sighting>();
  sightings.set(context, seen);
  const lease = [run.scheduledFor.getTime(), run.owner, run.attempts, run.leaseUntil.getTime()].join();
  const before = seen.get(run.job);
  const since = before?.lease === lease && before.since <= now ? before.since : now;
  seen.set(run.job, { lease, since });
  const over = now.getTime() - run.leaseUntil.getTime();
  return over >= 0 && (over > LARGEST_SKEW_MS || now.getTime() - since.getTime() >= (2 / 3) * leaseMs);
}

import { linkAbort, withinTime } from '../../concurrency/index.js';
import { traced } from '../../host/traced.js';
import type { JobRunRecord } from '../../store/records.js';
import type { Store } from '../../store/store.js';

export interface ClaimedRun {
  job: string;
  scheduledFor: Date;
  owner: string;
  leaseMs: number;
  /** How long the work may take before it counts as hung. */
  limitMs: number;
  clock: () => Date;
  signal: AbortSignal;
}

/** What a job did. */
export interface JobResult {
  summary: string;
  figures: Record<string, number>;
  failures: NonNullable<JobRunRecord['failures']>;
  /** Whether something failed that may succeed later: the tick is tried again. */
  again: boolean;
}

/** How a claimed run ended. */
export interface ClaimedEnd extends Partial<JobResult> {
  status: 'done' | 'failed';
  summary: string;
  error?: unknown;
}

/** At most so many failures are kept of a run. */
const KEPT_FAILURES = 100;

/**
 * Runs `work` if this owner wins the claim on the tick, and records how it ended. Returns undefined if another owner has it.
 *
 * While it runs the claim is renewed, but not for longer than `limitMs`: work that hangs is given up then, and its tick is free. If the claim
 * is lost all the same (a process that was suspended, say), the work is aborted. Aborted work is not recorded: its claim runs out, and
 * whoever comes then takes it over.
 */
export async function runClaimed(
  store: Store,
  { job, scheduledFor, owner, leaseMs, limitMs, clock, signal }: ClaimedRun,
  work: (signal: AbortSignal) => Promise<JobResult>,
): Promise<ClaimedEnd | undefined> {
  // one clock for all schedulers, where the store has one: theirs may be minutes apart
  const now = async () => (await store.now?.()) ?? clock();
  if (!(await store.claimJobRun({ job, scheduledFor, owner, now: await now(), leaseMs }))) return undefined;
  const running = linkAbort(signal);
  const renewal = setInterval(async () => {
    try {
      const leaseUntil = new Date((await now()).getTime() + leaseMs);
      const held = await store.renewJobRun({ job, scheduledFor, owner, leaseUntil });
      if (!held) running.abort(new DOMException(`another process took over ${job}`, 'AbortError'));
    } catch {
      // One renewal may fail: there are two more before the claim runs out.
    }
  }, leaseMs / 3);
  const end = async (status: 'done' | 'failed', result: Partial<JobResult> & { summary: string }) => {
    const { summary, figures, failures } = result;
    await store.finishJobRun({
      job,
      scheduledFor,
      owner,
      status,
      finishedAt: clock(),
      summary,
      ...(figures && { figures }),
      ...(failures && failures.length > 0 && { failures: failures.slice(0, KEPT_FAILURES) }),
    });
  };
  try {
    const limit = { where: job, field: 'schedule', timeoutMs: limitMs, signal: running.signal };
    const result = await traced(
      'job',
      () => ({ job, scheduledFor, owner }),
      () => withinTime(limit, work),
    );
    const status = result.again ? 'failed' : 'done';
    await end(status, result);
    return { status, ...result };
  } catch (error) {
    const summary = error instanceof Error ? error.message : String(error);
    if (!running.signal.aborted) await end('failed', { summary });
    return { status: 'failed', summary, error };
  } finally {
    clearInterval(renewal);
    running.release();
  }
}

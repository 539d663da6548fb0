import type { Store } from '../../store/store.js';
import { linkAbort } from '../link-abort.js';

export interface ClaimedRun {
  job: string;
  scheduledFor: Date;
  owner: string;
  leaseMs: number;
  clock: () => Date;
  signal: AbortSignal;
}

/**
 * Runs `work` if this owner wins the claim on the tick, and records how it ended. Returns undefined if another owner has it.
 *
 * While it runs the claim is renewed; if the claim is lost all the same (a process that was suspended, say), the work is
 * aborted. Aborted work is not recorded: its claim runs out, and whoever comes then takes it over.
 */
export async function runClaimed(
  store: Store,
  { job, scheduledFor, owner, leaseMs, clock, signal }: ClaimedRun,
  work: (signal: AbortSignal) => Promise<string>,
): Promise<{ status: 'done' | 'failed'; summary: string; error?: unknown } | undefined> {
  if (!(await store.claimJobRun({ job, scheduledFor, owner, now: clock(), leaseMs }))) return undefined;
  const running = linkAbort(signal);
  const renewal = setInterval(async () => {
    try {
      const leaseUntil = new Date(clock().getTime() + leaseMs);
      const held = await store.renewJobRun({ job, scheduledFor, owner, leaseUntil });
      if (!held) running.abort(new DOMException(`another process took over ${job}`, 'AbortError'));
    } catch {
      // One renewal may fail: there are two more before the claim runs out.
    }
  }, leaseMs / 3);
  try {
    const summary = await work(running.signal);
    await store.finishJobRun({ job, scheduledFor, owner, status: 'done', finishedAt: clock(), summary });
    return { status: 'done', summary };
  } catch (error) {
    const summary = error instanceof Error ? error.message : String(error);
    if (running.signal.aborted) return { status: 'failed', summary, error };
    await store.finishJobRun({ job, scheduledFor, owner, status: 'failed', finishedAt: clock(), summary });
    return { status: 'failed', summary, error };
  } finally {
    clearInterval(renewal);
    running.release();
  }
}

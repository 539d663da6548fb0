import { pause } from '../../src/concurrency/index.js';
import { invalid, refuseUnknown } from '../../src/errors.js';
import { checkWork, type Job, type JobFailure, type JobQueue } from './job-queue.js';

interface Queue {
  /** Keys that are waiting or being worked on. */
  open: Set<string>;
  /** The newest keys that are done or given up, oldest first. */
  closed: Set<string>;
  /** `notBefore` in milliseconds of the epoch. */
  waiting: { job: Job; attempt: number; notBefore: number }[];
  active: number;
  failed: number;
  wake: Set<() => void>;
}

/** Keys of finished jobs are known for so many more jobs, so that a process that runs for years does not fill up with them. */
const REMEMBERED = 100_000;

/**
 * Returns a job queue that lives in this process: enough for one machine. What is waiting is gone with the process, and is
 * added again by the next tick's `add`.
 *
 * @param options options.attempts: how often a failing job is tried in all; default 3
 * @throws ForecastError `INVALID_ARGUMENT` naming the option
 */
export function inProcessJobs(options: { attempts?: number | undefined } = {}): JobQueue {
  refuseUnknown('inProcessJobs', options, ['attempts']);
  const { attempts = 3 } = options;
  if (!(Number.isInteger(attempts) && attempts >= 1)) {
    throw invalid('INVALID_ARGUMENT', 'inProcessJobs', 'attempts', 'a whole number >= 1', attempts);
  }
  const queues = new Map<string, Queue>();
  const queueOf = (name: string): Queue => {
    let queue = queues.get(name);
    if (queue === undefined) {
      queue = { open: new Set(), closed: new Set(), waiting: [], active: 0, failed: 0, wake: new Set() };
      queues.set(name, queue);
    }
    return queue;
  };

  return {
    async add(name, jobs) {
      const queue = queueOf(name);
      for (const { key, data } of jobs) {
        if (queue.open.has(key) || queue.closed.has(key)) continue;
        queue.open.add(key);
        queue.waiting.push({ job: { key, data: structuredClone(data) }, attempt: 1, notBefore: 0 });
      }
      for (const wake of queue.wake) wake();
    },

    async work(name, handler, options) {
      const { batchSize, signal } = checkWork('inProcessJobs', options);
      const queue = queueOf(name);
      while (!signal.aborted) {
        const now = Date.now();
        const batch = queue.waiting.filter(({ notBefore }) => notBefore <= now).slice(0, batchSize);
        if (batch.length === 0) {
          await woken(queue, signal);
          continue;
        }
        const taken = new Set(batch);
        queue.waiting = queue.waiting.filter((item) => !taken.has(item));
        queue.active += batch.length;
        const jobs = batch.map(({ job }) => job);
        const failures: readonly JobFailure[] = await handler(jobs, signal).catch((error: unknown) =>
          jobs.map(({ key }) => ({ key, error })),
        );
        queue.active -= batch.length;
        const failed = new Map(failures.map((failure) => [failure.key, failure]));
        for (const { job, attempt } of batch) {
          const failure = failed.get(job.key);
          if (failure?.afterMs !== undefined) {
            queue.waiting.push({ job, attempt, notBefore: Date.now() + failure.afterMs });
            continue;
          }
          if (failure !== undefined && attempt < attempts) {
            queue.waiting.push({ job, attempt: attempt + 1, notBefore: 0 });
            continue;
          }
          if (failure !== undefined) queue.failed++;
          queue.open.delete(job.key);
          queue.closed.add(job.key);
          if (queue.closed.size > REMEMBERED) queue.closed.delete(queue.closed.values().next().value!);
        }
      }
    },

    async count(name) {
      const { waiting, active, failed } = queueOf(name);
      return { waiting: waiting.length, active, failed };
    },
  };
}

/** Resolves when jobs were added, when the first that is left alone is no longer, or when the signal aborted. */
async function woken(queue: Queue, signal: AbortSignal): Promise<void> {
  const waking = new AbortController();
  const wake = () => waking.abort();
  queue.wake.add(wake);
  const first = queue.waiting.reduce((soonest, { notBefore }) => Math.min(soonest, notBefore), Infinity);
  await pause(first - Date.now(), AbortSignal.any([signal, waking.signal]));
  queue.wake.delete(wake);
}

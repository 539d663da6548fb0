import { invalid, refuseUnknown } from '../../src/errors.js';

/** One piece of work. */
export interface Job {
  /** Names the work for good, for example 'daily-batch 2026-11-20 005930': what was added once is not added again. */
  key: string;
  /** What the worker needs to know; JSON. */
  data: { [field: string]: unknown };
}

/** A job that could not be done; the others of its batch were. */
export interface JobFailure {
  key: string;
  error: unknown;
  /** Where it may well be done later, prices being down for example: milliseconds after which it is to be tried again, and no try is counted. */
  afterMs?: number | undefined;
}

/** How work is taken. */
export interface WorkOptions {
  /** Jobs handed over together, so that an engine can take them in one batch; default 16. */
  batchSize?: number | undefined;
  /** Ends the work: the batch at hand is completed first, and its handler sees the signal too. */
  signal: AbortSignal;
}

/** How far a queue is. */
export interface QueueCount {
  /** Not begun, or to be tried again. */
  waiting: number;
  active: number;
  /** Given up after its last attempt. */
  failed: number;
}

/**
 * Work handed to whoever is there to do it: this process, or many machines. A job is delivered at least once, and twice if
 * its worker dies, so what it does must be idempotent, as every pipeline function is.
 */
export interface JobQueue {
  /** Adds the jobs whose keys are new. Safe to call on many machines at once. */
  add(queue: string, jobs: readonly Job[]): Promise<void>;
  /**
   * Takes batches until the signal aborts. The handler returns the jobs that failed; these are tried again some times and
   * then given up, or left alone for their `afterMs`, without holding up others. If it throws, that is the failure of every job of the batch.
   */
  work(
    queue: string,
    handler: (jobs: readonly Job[], signal: AbortSignal) => Promise<readonly JobFailure[]>,
    options: WorkOptions,
  ): Promise<void>;
  count(queue: string): Promise<QueueCount>;
}

/** Returns the options with their defaults. @throws ForecastError `INVALID_ARGUMENT` */
export function checkWork(where: string, options: WorkOptions): Required<WorkOptions> {
  refuseUnknown(where, options, ['batchSize', 'signal']);
  const { batchSize = 16, signal } = options ?? {};
  if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
    throw invalid('INVALID_ARGUMENT', where, 'batchSize', 'a whole number >= 1', batchSize);
  }
  if (!(signal instanceof AbortSignal)) throw invalid('INVALID_ARGUMENT', where, 'signal', 'an AbortSignal', signal);
  return { batchSize, signal };
}

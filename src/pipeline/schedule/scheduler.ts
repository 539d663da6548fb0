import { pause } from '../../concurrency/index.js';
import { definedOf, invalid, refuseUnknown } from '../../errors.js';
import type { JobName, Schedule } from '../../markets/index.js';
import { JOB_NAMES } from '../../markets/inside.js';
import { checkCodes, checkDays } from '../check-request.js';
import { CALL_OPTIONS, type Context, requireStoring } from '../context.js';
import { checkWindow, LEARNING_DAYS } from '../outcomes/update-weights.js';
import { jobWork } from './job-work.js';
import { checkRetention } from './retention.js';
import { type ClaimedEnd, runClaimed } from './run-claimed.js';
import type { JobRun, SchedulerOptions } from './scheduler-options.js';
import { claimableTick } from './stored-ticks.js';
import { ticksOf } from './ticks.js';
import { RETRY_MS, retryDelay } from './try-again.js';

const KEYS = [
  ...CALL_OPTIONS,
  ...['codes', 'horizons', 'refreshPrices', 'maxAgeDays', 'chunkSize', 'schedule', 'scope', 'owner'],
  ...['leaseMs', 'limitMs', 'pollMs', 'retryMs', 'learningDays', 'retention', 'fanOut', 'onRun'],
];

/** When pruning is due unless the market or the host says otherwise: after the retrain of the night. */
const PRUNE_AT = '0 6 * * 0';

export interface Scheduler {
  /** Starts to watch the clock. A second call does nothing. */
  start(): void;
  /** Stops watching, aborts what is running and waits for its end. */
  stop(): Promise<void>;
  /** Runs what is due now and nobody else has claimed, in the order of the ticks; returns what this process ran. */
  runDue(): Promise<JobRun[]>;
  /** When the job is due next, or undefined if it never is. */
  nextRun(job: JobName): Date | undefined;
}

/**
 * Returns a scheduler of the daily batch, the matching (with a step of learning weights after it) and the weekly retrain, at the market's hours;
 * and of a batch before the open where the market's schedule has one and some member has drivers, and of pruning where there is a `retention`.
 *
 * Each tick is run, or handed on (`fanOut`; weights are learned here all the same), by one of any number of schedulers on the same store.
 * A tick that failed, or whose items failed for want of prices, is tried again until the next tick of its job. Ticks missed while no process
 * was up are caught up by one run of the newest. So a first start runs each job once.
 *
 * @throws ForecastError `INVALID_ARGUMENT` for a faulty option, or a context without store or models
 * @example
 * const scheduler = createScheduler(context, { codes: ['005930'] });
 * scheduler.start();
 */
export function createScheduler(context: Context, options: SchedulerOptions): Scheduler {
  const where = 'createScheduler';
  const storing = requireStoring(where, context, options);
  refuseUnknown(where, options, KEYS);
  if (storing.models === undefined) {
    throw invalid('INVALID_ARGUMENT', where, 'context.models', 'a store of models', undefined);
  }
  const { clock, market, logger, store } = storing;
  const { leaseMs = 600_000, limitMs = 6 * 3_600_000, pollMs = 30_000, retryMs = RETRY_MS, onRun } = options;
  for (const [field, value] of Object.entries({ leaseMs, limitMs, pollMs, retryMs })) {
    if (!(typeof value === 'number' && value > 0))
      throw invalid('INVALID_ARGUMENT', where, field, 'milliseconds > 0', value);
  }
  refuseUnknown(where, options.schedule, JOB_NAMES);
  const owner = options.owner ?? crypto.randomUUID();
  if (options.maxAgeDays !== undefined) checkDays(where, 'maxAgeDays', options.maxAgeDays);
  const learningDays = checkWindow(where, 'learningDays', options.learningDays ?? LEARNING_DAYS);
  const retention =
    options.retention === undefined ? undefined : checkRetention(where, options.retention, learningDays);
  if (retention === undefined && options.schedule?.pruneWeekly) {
    const expected = 'given where the schedule has a pruneWeekly';
    throw invalid('INVALID_ARGUMENT', where, 'retention', expected, options.retention);
  }
  const schedule: Schedule = { pruneWeekly: PRUNE_AT, ...market.schedule, ...definedOf(options.schedule ?? {}) };
  const jobs = JOB_NAMES.flatMap((job) => {
    const pattern = schedule[job];
    const idle =
      (job === 'openingBatch' && storing.members.every(({ drivers }) => !drivers?.length)) ||
      (job === 'pruneWeekly' && retention === undefined);
    return idle || pattern === false || pattern === undefined
      ? []
      : [{ job, ticks: ticksOf(job, pattern, market.timeZone) }];
  });
  const stopping = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stopping.signal]) : stopping.signal;
  const newestTicks = () => jobs.flatMap(({ ticks }) => ticks.latest(clock()) ?? []);
  const codes = checkCodes(where, options.codes);
  const work = jobWork(storing, { ...options, codes, learningDays, retention, newestTicks });
  /** When a tick that failed here may be tried again, by job. */
  const waiting = new Map<JobName, { scheduledFor: number; since: Date; until: number }>();

  const isWaiting = (job: JobName, scheduledFor: Date, now: Date) => {
    const wait = waiting.get(job);
    return wait !== undefined && wait.scheduledFor === scheduledFor.getTime() && now.getTime() < wait.until;
  };

  const remember = (job: JobName, scheduledFor: Date, { status }: ClaimedEnd) => {
    if (status === 'done') return void waiting.delete(job);
    const before = waiting.get(job);
    const now = clock();
    const since = before?.scheduledFor === scheduledFor.getTime() ? before.since : now;
    const until = now.getTime() + retryDelay({ since, now, retryMs });
    waiting.set(job, { scheduledFor: scheduledFor.getTime(), since, until });
  };

  async function runDue(): Promise<JobRun[]> {
    const now = clock();
    const due = jobs
      .flatMap(({ job, ticks }) => {
        const scheduledFor = ticks.latest(now);
        return scheduledFor && !isWaiting(job, scheduledFor, now) ? [{ job, scheduledFor }] : [];
      })
      .sort((a, b) => a.scheduledFor.getTime() - b.scheduledFor.getTime());
    const runs: JobRun[] = [];
    for (const { job, scheduledFor: tick } of due) {
      if (signal.aborted) break;
      const scheduledFor = await claimableTick(storing, { job, scheduledFor: tick, leaseMs });
      if (scheduledFor === undefined) continue;
      const claim = { job, scheduledFor, owner, leaseMs, limitMs, clock, signal };
      const outcome = await runClaimed(store, claim, (runSignal) => work[job]({ scheduledFor, signal: runSignal }));
      if (outcome === undefined) continue;
      remember(job, tick, outcome);
      const run: JobRun = { job, scheduledFor, ...outcome };
      if (run.status === 'failed') logger?.warn(`${job} failed: ${run.summary}`, { error: run.error });
      runs.push(run);
      try {
        onRun?.(run);
      } catch (error) {
        logger?.warn('scheduler: onRun threw', { error });
      }
    }
    return runs;
  }

  let watching: Promise<void> | undefined;
  async function watch() {
    while (!signal.aborted) {
      try {
        await runDue();
      } catch (error) {
        // The store could not say what was claimed. It may answer next time; until then nothing is run.
        logger?.warn('scheduler: the store does not answer', { error });
      }
      await pause(pollMs, signal);
    }
  }

  return {
    start() {
      watching ??= watch();
    },
    async stop() {
      stopping.abort(new DOMException('the scheduler was stopped', 'AbortError'));
      await watching;
    },
    runDue,
    nextRun: (job) => jobs.find((candidate) => candidate.job === job)?.ticks.next(clock()),
  };
}

import { dateInZone } from '../../series/index.js';
import { requirePart } from '../check-request.js';
import type { StoringContext } from '../context.js';
import { todayOf } from '../fetch-series.js';
import { type DailyBatchOptions, dailyBatch } from '../forecast/daily-batch.js';
import { type MatchOptions, matchOutcomes } from '../outcomes/match-outcomes.js';
import { updateWeights } from '../outcomes/update-weights.js';
import type { RetrainOptions } from '../training/retrain-options.js';
import { retrainWeekly } from '../training/retrain-weekly.js';
import { runClaimed } from './run-claimed.js';
import { DEFAULT_SCHEDULE, JOB_NAMES, type JobName, type Schedule, ticksOf } from './schedule.js';

export type SchedulerOptions = StoringContext &
  Pick<DailyBatchOptions, 'codes' | 'horizons' | 'refreshPrices' | 'chunkSize'> &
  Pick<RetrainOptions, 'trainingBars' | 'params' | 'validationShare' | 'earlyStoppingRounds' | 'trainPool'> & {
    /** Added to `DEFAULT_SCHEDULE`. */
    schedule?: Partial<Schedule>;
    /** Which predictions are matched; default 'all', which learning and performance need. */
    scope?: MatchOptions['scope'];
    /** Names this process in `job_runs`; default a random one. */
    owner?: string;
    /** How long a claim holds without renewal; a run whose process died is taken over after it. Default 10 minutes. */
    leaseMs?: number;
    /** How often the clock is looked at between ticks; default 30,000. */
    pollMs?: number;
    /**
     * Hands a tick's work on, to workers on other machines for example, instead of doing it here, and returns a summary; see
     * `fanOutTo` in chronolight/jobs/forecast-jobs. It must be safe to do again: a claim whose process died is taken over.
     */
    fanOut?: (tick: FanOutTick) => Promise<string>;
    onRun?: (run: JobRun) => void;
  };

/** What is handed on. */
export interface FanOutTick {
  job: JobName;
  /** The tick's day in the scheduler's time zone, 'YYYY-MM-DD'. */
  day: string;
  codes: readonly string[];
  signal: AbortSignal;
}

/** One run of a job. */
export interface JobRun {
  job: JobName;
  /** The tick that it stands for. */
  scheduledFor: Date;
  status: 'done' | 'failed';
  summary: string;
  error?: unknown;
}

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
 * Returns a scheduler of the daily batch, the matching and the weekly retrain (with the learning of weights before it).
 *
 * Each tick is run, or handed on (`fanOut`; weights are learned here all the same), by one of any number of schedulers on the same store. Ticks missed while no process was up are caught up
 * by one run of the newest: each job does all that is due. So a first start runs each job once.
 *
 * @throws ForecastError `INVALID_ARGUMENT` for a faulty schedule, or without store or models
 * @example
 * const scheduler = createScheduler({ ...context, codes: ['005930'] });
 * scheduler.start();
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const store = requirePart('createScheduler', 'store', options.store);
  const models = requirePart('createScheduler', 'models', options.models);
  const { clock = () => new Date(), timeZone = 'Asia/Seoul', leaseMs = 600_000, pollMs = 30_000, onRun } = options;
  const owner = options.owner ?? crypto.randomUUID();
  const schedule: Schedule = { ...DEFAULT_SCHEDULE, ...options.schedule };
  const jobs = JOB_NAMES.flatMap((job) => {
    const pattern = schedule[job];
    return pattern === false ? [] : [{ job, ticks: ticksOf(job, pattern, timeZone) }];
  });
  const stopping = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stopping.signal]) : stopping.signal;

  const { fanOut, codes } = options;
  const handOn =
    fanOut &&
    ((job: JobName, { scheduledFor, signal }: DueRun) => {
      return fanOut({ job, day: dateInZone(scheduledFor, timeZone), codes, signal });
    });

  const work: { [job in JobName]: (run: DueRun) => Promise<string> } = {
    async dailyBatch(run) {
      if (handOn) return handOn('dailyBatch', run);
      const { stored, failures } = await dailyBatch({ ...options, signal: run.signal });
      return `${stored.length} stored, ${failures.length} failed`;
    },
    async matchOutcomes(run) {
      if (handOn) return handOn('matchOutcomes', run);
      const scope = options.scope ?? 'all';
      const report = await matchOutcomes(todayOf(options), { ...options, scope, signal: run.signal });
      return `${report.matched} matched, ${report.skipped.length} skipped, ${report.failures.length} failed`;
    },
    async retrainWeekly(run) {
      await updateWeights({ ...options, signal: run.signal });
      if (handOn) return handOn('retrainWeekly', run);
      const retrain = { ...options, models, resumeFrom: run.scheduledFor, signal: run.signal };
      const { items } = await retrainWeekly(retrain);
      const count = (status: string) => items.filter((item) => item.status === status).length;
      return `${count('published')} published, ${count('kept')} kept, ${count('failed')} failed`;
    },
  };

  async function runDue(): Promise<JobRun[]> {
    const now = clock();
    const due = jobs
      .flatMap(({ job, ticks }) => {
        const scheduledFor = ticks.latest(now);
        return scheduledFor ? [{ job, scheduledFor }] : [];
      })
      .sort((a, b) => a.scheduledFor.getTime() - b.scheduledFor.getTime());
    const runs: JobRun[] = [];
    for (const { job, scheduledFor } of due) {
      if (signal.aborted) break;
      const outcome = await runClaimed(store, { job, scheduledFor, owner, leaseMs, clock, signal }, (runSignal) =>
        work[job]({ scheduledFor, signal: runSignal }),
      );
      if (outcome === undefined) continue;
      const run: JobRun = { job, scheduledFor, ...outcome };
      if (run.status === 'failed') options.logger?.warn(`${job} failed: ${run.summary}`, { error: run.error });
      runs.push(run);
      onRun?.(run);
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
        options.logger?.warn('scheduler: the store does not answer', { error });
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

interface DueRun {
  scheduledFor: Date;
  signal: AbortSignal;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

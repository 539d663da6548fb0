import type { JobName, Schedule } from '../../markets/index.js';
import type { CallOptions } from '../context.js';
import type { DailyBatchOptions } from '../forecast/daily-batch.js';
import type { MatchOptions } from '../outcomes/match-outcomes.js';
import type { Retention } from './retention.js';
import type { ClaimedEnd } from './run-claimed.js';

export interface SchedulerOptions
  extends CallOptions,
    Pick<DailyBatchOptions, 'codes' | 'horizons' | 'refreshPrices' | 'maxAgeDays' | 'chunkSize'> {
  /** Added to the market's own. */
  schedule?: Partial<Schedule> | undefined;
  /** Which predictions are matched; default 'all', which learning and performance need. */
  scope?: MatchOptions['scope'] | undefined;
  /** Names this process in `job_runs`; default a random one. */
  owner?: string | undefined;
  /**
   * How long a claim holds without renewal; a run whose process died is taken over after it. Default 10 minutes. Over a store without a clock of
   * its own (`Store.now`) the claim must also have been seen not to be renewed for two thirds of it, or have run out an hour ago.
   */
  leaseMs?: number | undefined;
  /** How long a job may take before it counts as hung and its tick is free again; default 6 hours. */
  limitMs?: number | undefined;
  /** How often the clock is looked at between ticks; default 30,000. */
  pollMs?: number | undefined;
  /** How long a tick that failed, or whose items failed, waits before it is tried again; doubled each time, up to twelvefold. Default 10 minutes. */
  retryMs?: number | undefined;
  /**
   * Calendar days of outcomes that weights and calibration are learned from (`updateWeights`); default 365. Learning reads all of them each
   * time: fewer cost less, and teach less.
   */
  learningDays?: number | undefined;
  /** Deletes once a week what is settled and older than this (`pruneWeekly`); default: everything is kept. */
  retention?: Retention | undefined;
  /**
   * Hands a tick's work on, to workers on other machines for example, instead of doing it here, and returns a summary; see
   * `fanOutTo` in chronolight/jobs/forecast-jobs. It must be safe to do again: a claim whose process died is taken over.
   */
  fanOut?: ((tick: FanOutTick) => Promise<string>) | undefined;
  onRun?: ((run: JobRun) => void) | undefined;
}

/** What is handed on. */
export interface FanOutTick {
  /** The batch before the open is short of time, and pruning is one statement after another: the scheduler itself does them always. */
  job: Exclude<JobName, 'openingBatch' | 'pruneWeekly'>;
  /** The tick's day in the market's time zone, 'YYYY-MM-DD'. */
  day: string;
  scheduledFor: Date;
  /** The scheduler's; for `matchOutcomes` also those of instruments with predictions due that it does not watch. */
  codes: readonly string[];
  signal: AbortSignal;
}

/** One run of a job. */
export interface JobRun extends ClaimedEnd {
  job: JobName;
  /** The tick that it stands for. */
  scheduledFor: Date;
}

import { invalid, refuseUnknown } from '../../src/errors.js';
import { requireContext, requireStoring } from '../../src/pipeline/context.js';
import { DAILY_BATCH_OPTIONS, runBatch } from '../../src/pipeline/forecast/daily-batch.js';
import {
  type Context,
  type DailyBatchOptions,
  type FanOutTick,
  type MatchOptions,
  matchOutcomes,
  type RetrainOptions,
  retrain,
} from '../../src/pipeline/index.js';
import {
  lateBars,
  lateSession,
  mayComeRight,
  newestSession,
  RETRY_MS,
  retryDelay,
} from '../../src/pipeline/schedule/try-again.js';
import type { Job, JobFailure, JobQueue, WorkOptions } from './job-queue.js';

export type { Job, JobFailure, JobQueue, QueueCount, WorkOptions } from './job-queue.js';

/** The three jobs that fan out, an item an instrument. */
export type FanOutJob = 'daily-batch' | 'match-outcomes' | 'retrain-weekly';

/** What a worker does the jobs with; `codes` come from the jobs. Everything that is due is matched unless `matchOutcomes` says otherwise. */
export interface ForecastWorker {
  readonly context: Context;
  readonly dailyBatch?: Omit<DailyBatchOptions, 'codes' | 'signal'> | undefined;
  readonly matchOutcomes?: Omit<MatchOptions, 'codes' | 'signal'> | undefined;
  readonly retrain?: Omit<RetrainOptions, 'codes' | 'signal'> | undefined;
  /**
   * How long an instrument of a tick waits whose prices are down or late, before it is tried again; doubled each time, up to twelvefold, until
   * another session has closed. Default 10 minutes, as in `createScheduler`.
   */
  readonly retryMs?: number | undefined;
}

/**
 * Adds one item an instrument for the day's tick of a job. Every scheduler of every machine may do so: an item of one day
 * is there once.
 *
 * @param tick tick.day: 'YYYY-MM-DD' that the tick stands for; what `matchOutcomes` gets
 *   tick.scheduledFor: when it was due; without it an instrument whose prices are down or late is not waited for, but given up after its tries
 */
export async function addForecastJobs(
  jobs: JobQueue,
  job: FanOutJob,
  { day, codes, scheduledFor }: { day: string; codes: readonly string[]; scheduledFor?: Date | undefined },
): Promise<void> {
  const tick = scheduledFor && { tick: scheduledFor.toISOString() };
  await jobs.add(
    job,
    codes.map((code) => ({ key: `${day} ${code}`, data: { day, code, ...tick } })),
  );
}

/** The fan-out job of a scheduler's job. */
const FANNED: Record<FanOutTick['job'], FanOutJob> = {
  dailyBatch: 'daily-batch',
  matchOutcomes: 'match-outcomes',
  retrainWeekly: 'retrain-weekly',
};

/**
 * Returns a scheduler's `fanOut` that adds the items of each tick to the queue.
 *
 * @example
 * createScheduler(context, { codes, fanOut: fanOutTo(jobs) }).start();
 */
export function fanOutTo(jobs: JobQueue): (tick: FanOutTick) => Promise<string> {
  return async ({ job, day, codes, scheduledFor }) => {
    await addForecastJobs(jobs, FANNED[job], { day, codes, scheduledFor });
    return `${codes.length} handed on`;
  };
}

/**
 * Does the items of a job until the signal aborts: a batch of instruments is forecast, matched or retrained in one call of
 * the pipeline, so that each member is asked once. An instrument that fails is tried again and then given up; the others
 * of its batch are done. What a scheduler handed on and failed for want of prices, or was forecast while the bars of the session that has just
 * closed were late, is done again as the scheduler itself does: after `retryMs`, longer each time, until another session has closed. The batch at hand when the signal aborts is completed, so that stopping costs no item a try.
 *
 * @throws ForecastError `INVALID_ARGUMENT` for a worker without a context, or a faulty option of it; whatever the queue throws
 */
export async function workForecastJobs(
  jobs: JobQueue,
  job: FanOutJob,
  worker: ForecastWorker,
  options: WorkOptions,
): Promise<void> {
  const where = 'workForecastJobs';
  requireContext(where, worker.context);
  refuseUnknown(where, worker, ['context', 'dailyBatch', 'matchOutcomes', 'retrain', 'retryMs']);
  const { retryMs = RETRY_MS } = worker;
  if (!(retryMs > 0)) throw invalid('INVALID_ARGUMENT', where, 'retryMs', 'milliseconds > 0', retryMs);
  await jobs.work(job, (batch) => HANDLERS[job](batch, worker), options);
}

type Handler = (batch: readonly Job[], worker: ForecastWorker) => Promise<JobFailure[]>;

const codeOf = (job: Job) => String(job.data['code']);

/** A batch may hold the items of several days: the machines were down, or a failed one is tried again. */
function byDay(batch: readonly Job[]): Map<string, Job[]> {
  const days = new Map<string, Job[]>();
  for (const job of batch) {
    const day = String(job.data['day']);
    days.set(day, [...(days.get(day) ?? []), job]);
  }
  return days;
}

/** Returns the failures of instruments as failures of their jobs; those that may come right wait. */
function failuresOf(
  batch: readonly Job[],
  failures: readonly { code: string; error?: unknown }[],
  worker: ForecastWorker,
): JobFailure[] {
  const errors = new Map(failures.map(({ code, error }) => [code, error]));
  return batch
    .filter((job) => errors.has(codeOf(job)))
    .map((job) => {
      const error = errors.get(codeOf(job));
      return { key: job.key, error, afterMs: mayComeRight(error) ? waitOf(job, worker) : undefined };
    });
}

/** Returns when a job of a tick of the scheduler's is to be tried again, or undefined where another session has closed since. */
function waitOf(job: Job, { context: { clock, market }, retryMs = RETRY_MS }: ForecastWorker): number | undefined {
  const since = tickOf(job);
  const now = clock();
  if (since === undefined || newestSession(market, now) > newestSession(market, since)) return undefined;
  return retryDelay({ since, now, retryMs });
}

const tickOf = ({ data }: Job) => (data['tick'] === undefined ? undefined : new Date(String(data['tick'])));

/** Returns the jobs of the batch that are to wait for the bars of the session that had closed at their ticks. */
async function lateOf(
  batch: readonly Job[],
  baseDates: ReadonlySet<string>,
  worker: ForecastWorker,
): Promise<JobFailure[]> {
  const { market, store } = worker.context;
  const failures: JobFailure[] = [];
  for (const job of batch) {
    const tick = tickOf(job);
    const late = tick && lateSession(market, tick, baseDates);
    const afterMs = waitOf(job, worker);
    if (late === undefined || afterMs === undefined) continue;
    // a batch is a part of the tick: its instruments may be those that did not trade
    const [other] = await store!.listPredictions({ fromBaseDate: late, toBaseDate: late, limit: 1 });
    if (other === undefined) failures.push({ key: job.key, error: lateBars(late), afterMs });
  }
  return failures;
}

const HANDLERS: Record<FanOutJob, Handler> = {
  async 'daily-batch'(batch, worker) {
    const codes = [...new Set(batch.map(codeOf))];
    const where = 'dailyBatch';
    const baseDates = new Set<string>();
    const storing = requireStoring(where, worker.context, worker.dailyBatch);
    refuseUnknown(where, worker.dailyBatch, DAILY_BATCH_OPTIONS);
    const kind = { where, onStored: (baseDate: string) => baseDates.add(baseDate) };
    const { failures } = await runBatch(storing, { ...worker.dailyBatch, codes }, kind);
    const failed = failuresOf(batch, failures, worker);
    const keys = new Set(failed.map(({ key }) => key));
    const others = batch.filter(({ key }) => !keys.has(key));
    return [...failed, ...(await lateOf(others, baseDates, worker))];
  },
  async 'match-outcomes'(batch, worker) {
    const failed: JobFailure[] = [];
    for (const [day, jobs] of byDay(batch)) {
      const { failures } = await matchOutcomes(day, worker.context, {
        ...worker.matchOutcomes,
        codes: [...new Set(jobs.map(codeOf))],
      });
      failed.push(...failuresOf(jobs, failures, worker));
    }
    return failed;
  },
  async 'retrain-weekly'(batch, worker) {
    const codes = [...new Set(batch.map(codeOf))];
    // what is learned from all codes together is no item's work: the tick's winner has done it
    const apart = worker.context.members.filter((member) => member.retrain !== undefined && !member.learnsTogether);
    const members = worker.retrain?.members ?? apart.map(({ name }) => name);
    // the batches of a day make one generation together
    const day = batch.map((job) => String(job.data['day'])).reduce((newest, one) => (one > newest ? one : newest));
    const generation = new Date(`${day}T00:00:00Z`);
    const { items } = await retrain(worker.context, { generation, ...worker.retrain, members, codes });
    return failuresOf(
      batch,
      items.filter(({ status }) => status === 'failed'),
      worker,
    );
  },
};

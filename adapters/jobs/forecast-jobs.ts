import { requireContext } from '../../src/pipeline/context.js';
import {
  type Context,
  type DailyBatchOptions,
  dailyBatch,
  type FanOutTick,
  type MatchOptions,
  matchOutcomes,
  type RetrainOptions,
  retrain,
} from '../../src/pipeline/index.js';
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
}

/**
 * Adds one item an instrument for the day's tick of a job. Every scheduler of every machine may do so: an item of one day
 * is there once.
 *
 * @param day 'YYYY-MM-DD' that the tick stands for; what `matchOutcomes` gets
 */
export async function addForecastJobs(
  jobs: JobQueue,
  job: FanOutJob,
  { day, codes }: { day: string; codes: readonly string[] },
): Promise<void> {
  await jobs.add(
    job,
    codes.map((code) => ({ key: `${day} ${code}`, data: { day, code } })),
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
  return async ({ job, day, codes }) => {
    await addForecastJobs(jobs, FANNED[job], { day, codes });
    return `${codes.length} handed on`;
  };
}

/**
 * Does the items of a job until the signal aborts: a batch of instruments is forecast, matched or retrained in one call of
 * the pipeline, so that each member is asked once. An instrument that fails is tried again and then given up; the others
 * of its batch are done. The batch at hand when the signal aborts is completed, so that stopping costs no item a try.
 *
 * @throws ForecastError `INVALID_ARGUMENT` for a worker without a context; whatever the queue throws
 */
export async function workForecastJobs(
  jobs: JobQueue,
  job: FanOutJob,
  worker: ForecastWorker,
  options: WorkOptions,
): Promise<void> {
  requireContext('workForecastJobs', worker.context);
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

/** Returns the failures of instruments as failures of their jobs. */
function failuresOf(batch: readonly Job[], failures: readonly { code: string; error?: unknown }[]): JobFailure[] {
  const errors = new Map(failures.map(({ code, error }) => [code, error]));
  return batch
    .filter((job) => errors.has(codeOf(job)))
    .map((job) => ({ key: job.key, error: errors.get(codeOf(job)) }));
}

const HANDLERS: Record<FanOutJob, Handler> = {
  async 'daily-batch'(batch, worker) {
    const codes = [...new Set(batch.map(codeOf))];
    const { failures } = await dailyBatch(worker.context, { ...worker.dailyBatch, codes });
    return failuresOf(batch, failures);
  },
  async 'match-outcomes'(batch, worker) {
    const failed: JobFailure[] = [];
    for (const [day, jobs] of byDay(batch)) {
      const { failures } = await matchOutcomes(day, worker.context, {
        ...worker.matchOutcomes,
        codes: [...new Set(jobs.map(codeOf))],
      });
      failed.push(...failuresOf(jobs, failures));
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
    );
  },
};

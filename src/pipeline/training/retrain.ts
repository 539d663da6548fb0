import { letOthersRun, unlessItHangs } from '../../concurrency/index.js';
import type { Member, RetrainItem, RetrainJob } from '../../ensemble/index.js';
import { invalid, refuseUnknown } from '../../errors.js';
import { traced } from '../../host/traced.js';
import { checkCodes, checkHorizons } from '../check-request.js';
import {
  CALL_OPTIONS,
  type CallOptions,
  type Context,
  DEFAULT_HORIZONS,
  type Progress,
  requireContext,
} from '../context.js';
import { fetchSeries, todayOf } from '../fetch-series.js';
import { measurePerformance } from '../outcomes/model-performance.js';
import { isStoreDown } from '../store-down.js';
import { KEPT_GENERATIONS, publishGeneration } from './generations.js';
import { judged, judgedEntry, recordJudgements } from './judge-before-publishing.js';
import type { TrainingJudgement } from './judge-training.js';

export interface RetrainOptions extends CallOptions {
  codes: readonly string[];
  /** Default 1, 3, 5. */
  horizons?: readonly number[] | undefined;
  /** Only these members; default all that learn. */
  members?: readonly string[] | undefined;
  /** Calendar days over which performance is measured; default 30. */
  performanceDays?: number | undefined;
  /** Goes on with a run that was cut off: models published at this moment or later are left alone. */
  resumeFrom?: Date | undefined;
  /**
   * What the generation of models is called by: runs that make one generation together, an instrument each say, are given the same. Default
   * `resumeFrom`, or when the run begins.
   */
  generation?: Date | undefined;
  /** Whether what was trained is held to the models in force before it takes their place (`judgements`); default the context's `judgeModels`. */
  judgeModels?: boolean | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

const KEYS = [
  ...CALL_OPTIONS,
  'codes',
  'horizons',
  'members',
  'performanceDays',
  'resumeFrom',
  'generation',
  'judgeModels',
  'onProgress',
];

/** What became of one member's models of one (code, horizon). */
export interface RetrainedItem extends RetrainItem {
  readonly member: string;
}

export interface RetrainReport {
  startedAt: Date;
  /** What the generation of models is called, ISO 8601 (`keptGenerations`). */
  generation: string;
  items: RetrainedItem[];
  /** What the generations that had models to take the place of did beside them on recent days, in the order of their training. */
  judgements: TrainingJudgement[];
  /** Instruments whose performance could not be measured; their models are trained all the same. */
  performanceFailures: { code: string; error: unknown }[];
}

/**
 * Retrains every member that learns, for every code and horizon; then records how the forecasts did.
 *
 * One item's failure is reported and does not stop the rest; its old models stay. So do those whose successors a member's gate turns
 * down. What is replaced is kept for three more generations (`rollback`). A run that was cut off goes on with `resumeFrom` set to its start.
 * Two runs at once in one process publish in turn, and both are kept; of two processes that publish a model at the same moment one may not be
 * kept, which the claims of `createScheduler` rule out.
 *
 * What a member publishes is first held to the models in force, and to the random walk, on the newest 60 days whose close is known: if it is worse by
 * more than its uncertainty, nothing is stored and the old models forecast on. The verdict is in the report, beside the stored models
 * (`judgement` of their meta), and among the store's job runs, as 'judge {member}'. `judgeModels: false` publishes whatever passes the member's own gate.
 *
 * @throws ForecastError for a faulty call, or when the store is gone; the signal's reason when aborted (what was published stays), at the latest
 *   `memberTimeoutMs` after it
 */
export async function retrain(context: Context, options: RetrainOptions): Promise<RetrainReport> {
  const where = 'retrain';
  const checked = requireContext(where, context, options);
  refuseUnknown(where, options, KEYS);
  const { models, clock, logger } = checked;
  if (models === undefined) throw invalid('INVALID_ARGUMENT', where, 'context.models', 'a store of models', undefined);
  const codes = checkCodes(where, options.codes);
  const horizons = checkHorizons(where, options.horizons ?? DEFAULT_HORIZONS);
  const { signal = new AbortController().signal, onProgress } = options;
  const learners = learnersOf(checked, options.members);
  const { judgeModels = checked.judgeModels } = options;
  if (typeof judgeModels !== 'boolean')
    throw invalid('INVALID_ARGUMENT', where, 'judgeModels', 'true or false', judgeModels);
  const startedAt = clock();
  // A run that goes on is the one that was cut off.
  const generation = generationOf(options.generation ?? options.resumeFrom ?? startedAt);
  const report: RetrainReport = { startedAt, generation, items: [], judgements: [], performanceFailures: [] };
  const judging = { ...checked, models };
  const total = codes.length * horizons.length * learners.length;
  const finish = (member: string, items: readonly RetrainItem[]) => {
    for (const item of items) {
      const name = `${item.code} h${item.horizon}`;
      report.items.push({ member, ...item });
      if (item.error !== undefined) {
        if (isStoreDown(item.error)) throw item.error;
        logger?.warn(`retrain: ${member} of ${name} failed`, { error: item.error });
      }
      onProgress?.({ done: report.items.length, total, item: name });
    }
    signal.throwIfAborted();
  };
  for (const member of learners) {
    const job: RetrainJob = {
      codes,
      horizons,
      market: checked.market,
      now: clock,
      resumeFrom: options.resumeFrom,
      signal,
      history: (code, bars) => fetchSeries(checked, code, { limit: bars, signal }),
      models,
      publish: async (entries, of = codes) => {
        const judgement = judgeModels
          ? await judged(judging, entries, { member, generation, of, horizons, signal })
          : undefined;
        if (judgement !== undefined) report.judgements.push(judgement);
        if (judgement?.passes === false) return false;
        await publishGeneration(
          models,
          entries.map((entry) => judgedEntry(entry, judgement)),
          {
            member: member.name,
            generation,
            publishedAt: clock().toISOString(),
            keep: KEPT_GENERATIONS,
          },
        );
        return true;
      },
      warn: (message, detail) => logger?.warn(message, detail),
      report: (items) => finish(member.name, items),
    };
    try {
      await traced(
        'retrain',
        () => ({ member: member.name, codes, horizons }),
        () => unlessItHangs(member.retrain!(job), signal, checked.memberTimeoutMs),
      );
    } catch (error) {
      signal.throwIfAborted();
      if (isStoreDown(error)) throw error;
      finish(member.name, unreported(report, member.name, { codes, horizons, error }));
    }
    await recordJudgements(checked, member.name, report.judgements);
  }
  report.performanceFailures = await recordPerformance(checked, { ...options, codes, horizons, signal });
  logger?.info('retrain', { published: report.items.filter(({ status }) => status === 'published').length });
  return report;
}

/** Returns the name of a generation. */
function generationOf(moment: Date): string {
  if (moment instanceof Date && !Number.isNaN(moment.getTime())) return moment.toISOString();
  throw invalid('INVALID_DATE', 'retrain', 'generation', 'a Date', moment);
}

function learnersOf({ members }: Context, wanted: readonly string[] | undefined): Member[] {
  const learners = members.filter((member) => member.retrain !== undefined);
  if (wanted === undefined) return learners;
  for (const name of wanted) {
    if (learners.some((learner) => learner.name === name)) continue;
    const expected = `members that learn (${learners.map((learner) => learner.name).join(', ')})`;
    throw invalid('INVALID_ARGUMENT', 'retrain', 'members', expected, name);
  }
  return learners.filter(({ name }) => wanted.includes(name));
}

/** What a member that threw had not reported yet failed with it. */
function unreported(
  { items }: RetrainReport,
  member: string,
  { codes, horizons, error }: { codes: readonly string[]; horizons: readonly number[]; error: unknown },
): RetrainItem[] {
  const reported = new Set(
    items.filter((item) => item.member === member).map((item) => `${item.horizon} ${item.code}`),
  );
  return codes
    .flatMap((code) => horizons.map((horizon) => ({ code, horizon, status: 'failed' as const, error })))
    .filter(({ code, horizon }) => !reported.has(`${horizon} ${code}`));
}

async function recordPerformance(
  { store, logger, ...context }: Context,
  options: RetrainOptions & { horizons: readonly number[]; signal: AbortSignal },
): Promise<RetrainReport['performanceFailures']> {
  const { codes, horizons, performanceDays: windowDays = 30, signal } = options;
  const failures: RetrainReport['performanceFailures'] = [];
  if (store === undefined) return failures;
  const asOf = todayOf(context);
  for (const code of codes) {
    signal.throwIfAborted();
    try {
      const records = [];
      for (const horizon of horizons)
        records.push(await measurePerformance(store, { code, horizon, asOf, windowDays }));
      await store.putPerformance(records);
    } catch (error) {
      signal.throwIfAborted();
      if (isStoreDown(error)) throw error;
      failures.push({ code, error });
      logger?.warn(`retrain: ${code} has no performance`, { error });
    }
    await letOthersRun();
  }
  return failures;
}

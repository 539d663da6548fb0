import { isForecastError } from '../../errors.js';
import type { JobName } from '../../markets/index.js';
import { dateInZone } from '../../series/inside.js';
import type { StoringContext } from '../context.js';
import { todayOf } from '../fetch-series.js';
import { runBatch } from '../forecast/daily-batch.js';
import { openingBatch } from '../forecast/opening-batch.js';
import { codesDue, matchOutcomes } from '../outcomes/match-outcomes.js';
import { updateWeights } from '../outcomes/update-weights.js';
import { retrain } from '../training/retrain.js';
import { pruneOld, type Retention } from './retention.js';
import type { JobResult } from './run-claimed.js';
import type { FanOutTick, SchedulerOptions } from './scheduler-options.js';
import { lateBars, lateSession, mayComeRight } from './try-again.js';

/** One due run. */
export interface DueRun {
  scheduledFor: Date;
  signal: AbortSignal;
}

/** What the scheduler has made of its options. */
export interface CheckedOptions extends SchedulerOptions {
  learningDays: number;
  retention: Retention | undefined;
  /** Returns the newest tick of each job. */
  newestTicks(): readonly Date[];
}

/** What each job does when it is due. */
export function jobWork(
  context: StoringContext,
  options: CheckedOptions,
): { [job in JobName]: (run: DueRun) => Promise<JobResult> } {
  const { codes, horizons, refreshPrices, maxAgeDays, chunkSize, scope, fanOut, learningDays } = options;
  const batch = { codes, horizons, refreshPrices, maxAgeDays, chunkSize };
  const learn = (signal: AbortSignal) => updateWeights(context, { windowDays: learningDays, signal });
  const handOn = async (
    job: FanOutTick['job'],
    { scheduledFor, signal }: DueRun,
    items: readonly string[] = codes,
  ): Promise<JobResult> => {
    const day = dateInZone(scheduledFor, context.market.timeZone);
    const tick: FanOutTick = { job, day, scheduledFor, codes: items, signal };
    return { summary: await fanOut!(tick), figures: {}, failures: [], again: false };
  };
  return {
    async openingBatch({ signal }) {
      const { stored, failures, skipped } = await openingBatch(context, { ...batch, signal });
      if (skipped !== undefined) return { summary: skipped, figures: {}, failures: [], again: false };
      return result({ stored: stored.length, failed: failures.length }, failures);
    },
    async dailyBatch(run) {
      if (fanOut) {
        // Elsewhere the outcomes of the day before are matched by now, here the matching that was handed on may still run.
        await learn(run.signal);
        return handOn('dailyBatch', run);
      }
      const baseDates = new Set<string>();
      const { stored, failures } = await runBatch(
        context,
        { ...batch, signal: run.signal },
        { where: 'dailyBatch', onStored: (baseDate) => baseDates.add(baseDate) },
      );
      const done = result({ stored: stored.length, failed: failures.length }, failures);
      const late = lateSession(context.market, run.scheduledFor, baseDates);
      if (late === undefined) return done;
      const { code, message } = lateBars(late);
      return {
        ...done,
        summary: `${done.summary}; ${message}`,
        failures: [...done.failures, { item: 'prices', code, message }],
        again: true,
      };
    },
    async matchOutcomes(run) {
      if (fanOut) {
        // whatever is due is matched, of instruments that nobody watches (any more) too
        const { codes: due, failures } = await codesDue(todayOf(context), context, { scope, signal: run.signal });
        const handed = await handOn('matchOutcomes', run, [...new Set([...codes, ...due])]);
        return { ...handed, failures: result({}, failures).failures };
      }
      const report = await matchOutcomes(todayOf(context), context, { scope, signal: run.signal });
      if (report.matched > 0) await learn(run.signal);
      const figures = {
        matched: report.matched,
        pending: report.pending.length,
        void: report.void.length,
        failed: report.failures.length,
      };
      return result(figures, report.failures);
    },
    async retrainWeekly(run) {
      const { signal } = run;
      await learn(signal);
      // what is learned from all codes together is learned here; the rest may be handed on, an instrument at a time
      const learners = context.members.filter((member) => member.retrain !== undefined);
      const apart = fanOut ? learners.filter(({ learnsTogether }) => !learnsTogether) : [];
      const here = learners.filter((member) => !apart.includes(member)).map(({ name }) => name);
      if (here.length === 0 && fanOut) return handOn('retrainWeekly', run);
      const { items, judgements } = await retrain(context, {
        codes,
        horizons,
        members: here,
        resumeFrom: run.scheduledFor,
        signal,
      });
      const handed = apart.length > 0 ? await handOn('retrainWeekly', run) : undefined;
      const count = (status: string) => items.filter((item) => item.status === status).length;
      const failed = items.filter(({ status }) => status === 'failed');
      const refused = judgements.filter(({ passes }) => !passes).length;
      const done = result(
        {
          published: count('published'),
          kept: count('kept'),
          resumed: count('resumed'),
          failed: failed.length,
          ...(judgements.length > 0 && { judged: judgements.length, refused }),
        },
        failed.map(({ member, code, horizon, error }) => ({ code: `${member} ${code} h${horizon}`, error })),
      );
      return handed ? { ...done, summary: `${done.summary}; ${handed.summary}` } : done;
    },
    async pruneWeekly({ signal }) {
      const { before, ...figures } = await pruneOld(context, options.retention!, {
        ticks: options.newestTicks(),
        learningDays,
        signal,
      });
      const done = result(figures, []);
      return { ...done, summary: `${done.summary} from before ${before}` };
    },
  };
}

function result(figures: Record<string, number>, failures: readonly { code: string; error?: unknown }[]): JobResult {
  const summary = Object.entries(figures)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
  return {
    summary,
    figures,
    failures: failures.map(({ code, error }) => ({
      item: code,
      code: isForecastError(error) ? error.code : 'UNEXPECTED',
      message: error instanceof Error ? error.message : String(error),
    })),
    again: failures.some(({ error }) => mayComeRight(error)),
  };
}

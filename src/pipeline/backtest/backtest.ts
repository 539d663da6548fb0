import { invalid } from '../../errors.js';
import { fromEpochDay, krxCalendar, parseEpochDay, toEpochDay } from '../../series/index.js';
import { checkCodes, checkHorizons, requirePart } from '../check-request.js';
import { DEFAULT_HORIZONS, type Progress, type StoringContext } from '../context.js';
import { createBoosterCache } from '../forecast/booster-cache.js';
import { dailyBatch } from '../forecast/daily-batch.js';
import { matchOutcomes } from '../outcomes/match-outcomes.js';
import { updateWeights } from '../outcomes/update-weights.js';
import type { RetrainItem, RetrainOptions } from '../training/retrain-options.js';
import { retrainWeekly } from '../training/retrain-weekly.js';

export type BacktestOptions = StoringContext &
  Pick<
    RetrainOptions,
    'trainingBars' | 'params' | 'validationShare' | 'earlyStoppingRounds' | 'gateTolerance' | 'trainPool'
  > & {
    codes: readonly string[];
    /** First and last day on which forecasts are issued, 'YYYY-MM-DD'; the last ones meet what closes there are. */
    from: string;
    to: string;
    horizons?: readonly number[];
    /** Calendar days between two trainings, from the first day on; default 7. false trains nothing: Chronos stands alone. */
    retrainEvery?: number | false;
    /** Whether weights and calibration are learned at each training; default true. false keeps the defaults. */
    learnWeights?: boolean;
    /** A name of this run among the store's job runs; default 'backtest'. */
    name?: string;
    onProgress?: (progress: Progress) => void;
  };

export interface BacktestReport {
  /** Days on which forecasts were issued by this call, and days that an earlier call had done. */
  days: number;
  resumedDays: number;
  /** Milliseconds spent in each part. */
  elapsedMs: { retrain: number; predict: number; match: number };
  /** Instruments without a forecast, day by day. */
  failures: { date: string; code: string; error: unknown }[];
  /** Trainings that failed or were turned down by the gate. */
  retrainFailures: (RetrainItem & { date: string })[];
}

/**
 * Lives through past days with the live code: retrains, forecasts, stores and matches under a clock that stands at each day's
 * evening. No other code computes anything, and no price after the clock's day is read.
 *
 * The same input gives the same rows. Give it a store of its own (`memoryStore()`, or a file to be able to resume): days that
 * the store has on record under `name` are skipped.
 *
 * @throws ForecastError `INVALID_DATE`, `INVALID_ARGUMENT`, `INVALID_HORIZON`; whatever the store throws; the signal's reason
 * @example
 * await backtest({ prices, store, models: store.models, chronos, codes, from: '2022-01-01', to: '2022-12-31' });
 */
export async function backtest(options: BacktestOptions): Promise<BacktestReport> {
  const store = requirePart('backtest', 'store', options.store);
  const {
    calendar = krxCalendar,
    retrainEvery = 7,
    learnWeights = true,
    name = 'backtest',
    signal,
    onProgress,
  } = options;
  const codes = checkCodes('backtest', options.codes);
  const horizons = checkHorizons('backtest', options.horizons ?? DEFAULT_HORIZONS);
  const span = daysOf(options.from, options.to);
  if (retrainEvery !== false && (!Number.isInteger(retrainEvery) || retrainEvery < 1)) {
    throw invalid(
      'INVALID_ARGUMENT',
      'backtest',
      'retrainEvery',
      'a whole number of days >= 1, or false',
      retrainEvery,
    );
  }
  const models = options.models ?? store.models;
  const boosters = createBoosterCache(models, 2 * codes.length * horizons.length);
  const report: BacktestReport = {
    days: 0,
    resumedDays: 0,
    elapsedMs: { retrain: 0, predict: 0, match: 0 },
    failures: [],
    retrainFailures: [],
  };
  const lastDone = (await store.listJobRuns({ job: name, limit: 1 }))[0]?.scheduledFor;
  const trading = span.filter((day) => calendar.isTradingDay(day));
  let trained = span[0];
  for (const [index, date] of trading.entries()) {
    signal?.throwIfAborted();
    const due = retrainEvery !== false && (index === 0 || toEpochDay(date) - toEpochDay(trained) >= retrainEvery);
    if (due) trained = date;
    if (lastDone && eveningOf(date) <= lastDone) {
      report.resumedDays++;
      continue;
    }
    // Everything happens at one moment of the fake clock, in UTC as its own zone: a day is a day.
    const clock = () => eveningOf(date);
    const day = { ...options, store, models, codes, horizons, boosters, clock, timeZone: 'UTC', onProgress: undefined };
    if (due) {
      await timed(report, 'retrain', async () => {
        // The models of a morning know the closes up to the day before.
        const before = fromEpochDay(toEpochDay(date) - 1);
        const yesterday = { ...day, clock: () => eveningOf(before) };
        if (learnWeights) await updateWeights(yesterday);
        const { items } = await retrainWeekly(yesterday);
        for (const item of items) if (item.status !== 'published') report.retrainFailures.push({ date, ...item });
      });
    }
    await timed(report, 'predict', async () => {
      const { failures } = await dailyBatch(day);
      for (const failure of failures) report.failures.push({ date, ...failure });
    });
    await timed(report, 'match', () => matchOutcomes(date, { ...day, scope: 'all' }));
    await markDone(options, name, date);
    report.days++;
    onProgress?.({ done: index + 1, total: trading.length, item: date });
  }
  return report;
}

async function timed(report: BacktestReport, part: keyof BacktestReport['elapsedMs'], work: () => Promise<unknown>) {
  const start = performance.now();
  await work();
  report.elapsedMs[part] += performance.now() - start;
}

async function markDone({ store }: StoringContext, job: string, date: string): Promise<void> {
  const now = eveningOf(date);
  const run = { job, scheduledFor: now, owner: job };
  await store.claimJobRun({ ...run, now, leaseMs: 1 });
  await store.finishJobRun({ ...run, status: 'done', finishedAt: now });
}

function eveningOf(date: string): Date {
  return new Date(`${date}T18:00:00Z`);
}

function daysOf(from: string, to: string): string[] {
  for (const [field, date] of Object.entries({ from, to })) {
    if (parseEpochDay(date) === undefined) {
      throw invalid('INVALID_DATE', 'backtest', field, "an existing day 'YYYY-MM-DD'", date);
    }
  }
  if (from > to) throw invalid('INVALID_ARGUMENT', 'backtest', 'to', `not before ${from}`, to);
  const days: string[] = [];
  for (let day = toEpochDay(from); day <= toEpochDay(to); day++) days.push(fromEpochDay(day));
  return days;
}

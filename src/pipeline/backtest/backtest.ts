import { invalid, refuseUnknown } from '../../errors.js';
import { sessionClose, sessionOpen } from '../../markets/index.js';
import { fromEpochDay, toEpochDay } from '../../series/index.js';
import { dateInZone, parseEpochDay } from '../../series/inside.js';
import { checkCodes, checkHorizons } from '../check-request.js';
import { type Context, DEFAULT_HORIZONS, type Progress, requireStoring, type StoringContext } from '../context.js';
import { dailyBatch } from '../forecast/daily-batch.js';
import { openingBatch } from '../forecast/opening-batch.js';
import { matchOutcomes } from '../outcomes/match-outcomes.js';
import { updateWeights } from '../outcomes/update-weights.js';
import { type RetrainedItem, retrain } from '../training/retrain.js';

export interface BacktestOptions {
  codes: readonly string[];
  /** First and last day on which forecasts are issued, 'YYYY-MM-DD'; the last ones meet what closes there are. */
  from: string;
  to: string;
  horizons?: readonly number[] | undefined;
  /** Calendar days between two trainings, from the first day on; default 7. false trains nothing: members that must learn stay silent. */
  retrainEvery?: number | false | undefined;
  /** Whether weights and calibration are learned each day, once it is matched; default where something is trained. false keeps the priors. */
  learnWeights?: boolean | undefined;
  /** A name of this run among the store's job runs; default 'backtest'. */
  name?: string | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

const MINUTES_BEFORE_OPEN = 30;

const KEYS = ['codes', 'from', 'to', 'horizons', 'retrainEvery', 'learnWeights', 'name', 'signal', 'onProgress'];

export interface BacktestReport {
  /** Days on which forecasts were issued by this call, and days that an earlier call had done. */
  days: number;
  resumedDays: number;
  /** Milliseconds spent in each part. */
  elapsedMs: { retrain: number; predict: number; match: number };
  /** Instruments without a forecast, day by day. */
  failures: { date: string; code: string; error: unknown }[];
  /** Trainings that failed or were turned down by the gate. */
  retrainFailures: (RetrainedItem & { date: string })[];
}

/**
 * Lives through past days with the live code: retrains, forecasts, stores and matches under a clock that stands at each day's
 * close; where some member has drivers, it forecasts anew half an hour before each open. No other code computes anything, and no price after the clock's day is read.
 *
 * The same input gives the same rows. Give it a store of its own (`memoryStore()`, or a file to be able to resume): days that
 * the store has on record under `name` are skipped.
 *
 * @throws ForecastError `INVALID_DATE`, `INVALID_ARGUMENT`, `INVALID_HORIZON`; whatever the store throws; the signal's reason
 * @example
 * await backtest(context, { codes, from: '2022-01-01', to: '2022-12-31' });
 */
export async function backtest(context: Context, options: BacktestOptions): Promise<BacktestReport> {
  const storing = requireStoring('backtest', context);
  refuseUnknown('backtest', options, KEYS);
  const { retrainEvery = 7, learnWeights = retrainEvery !== false, name = 'backtest', signal, onProgress } = options;
  const { store } = storing;
  const hasDrivers = storing.members.some(({ drivers }) => drivers?.length);
  const { calendar } = storing.market;
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
    // Everything happens at one moment of the fake clock.
    const day = onEvening(storing, date);
    if (due) {
      await timed(report, 'retrain', async () => {
        // The models of a morning know the closes up to the day before.
        const yesterday = onEvening(storing, fromEpochDay(toEpochDay(date) - 1));
        const { items } = await retrain(yesterday, { codes, horizons, signal });
        for (const item of items) if (item.status !== 'published') report.retrainFailures.push({ date, ...item });
      });
    }
    if (hasDrivers) {
      await timed(report, 'predict', async () => {
        const { failures } = await openingBatch(beforeOpen(storing, date), { codes, horizons, signal });
        for (const failure of failures) report.failures.push({ date, ...failure });
      });
    }
    await timed(report, 'predict', async () => {
      const { failures } = await dailyBatch(day, { codes, horizons, signal });
      for (const failure of failures) report.failures.push({ date, ...failure });
    });
    await timed(report, 'match', async () => {
      const { matched } = await matchOutcomes(date, day, { signal });
      if (learnWeights && matched > 0) await updateWeights(day, { signal });
    });
    await markDone(store, name, date);
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

/** Returns the context at the moment at which the session of a day closes. */
function onEvening(context: StoringContext, date: string): StoringContext {
  const { market } = context;
  const closed = sessionClose(market, date);
  // Where a session ends with its day, that moment is the next day's already.
  const moment = dateInZone(closed, market.timeZone) === date ? closed : new Date(closed.getTime() - 1);
  return Object.freeze({ ...context, clock: () => moment });
}

/** Returns the context half an hour before the session of a day opens. */
function beforeOpen(context: StoringContext, date: string): StoringContext {
  const moment = new Date(sessionOpen(context.market, date).getTime() - MINUTES_BEFORE_OPEN * 60_000);
  return Object.freeze({ ...context, clock: () => moment });
}

async function markDone(store: StoringContext['store'], job: string, date: string): Promise<void> {
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

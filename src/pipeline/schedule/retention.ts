import { type ForecastError, invalid, refuseUnknown } from '../../errors.js';
import { fromEpochDay, toEpochDay } from '../../series/index.js';
import type { PruneReport } from '../../store/store.js';
import type { StoringContext } from '../context.js';
import { todayOf } from '../fetch-series.js';
import { LEARNING_DAYS } from '../outcomes/update-weights.js';

/** How long a scheduler keeps what is settled. */
export interface Retention {
  /**
   * Calendar days: matched and void forecasts with older base dates go, with their outcomes, and so do older weights, performance and job
   * runs. At least 365, which the scorecard looks back, and the scheduler's `learningDays`.
   */
  keepDays: number;
  /** Whether matched forecasts and their outcomes stay, however old; default false. */
  keepMatched?: boolean | undefined;
}

/** Returns the retention, checked. @throws ForecastError `INVALID_ARGUMENT` naming the field */
export function checkRetention(where: string, retention: Retention, learningDays: number): Retention {
  if (typeof retention !== 'object' || retention === null) {
    throw invalid('INVALID_ARGUMENT', where, 'retention', 'an object with keepDays', retention);
  }
  refuseUnknown(where, retention, ['keepDays', 'keepMatched']);
  const { keepDays, keepMatched = false } = retention;
  const least = Math.max(LEARNING_DAYS, learningDays);
  if (!(Number.isInteger(keepDays) && keepDays >= least && keepDays <= MOST_DAYS)) {
    const expected = `a whole number of days from ${least} (what learning and the scorecard look back) to ${MOST_DAYS}`;
    throw invalid('INVALID_ARGUMENT', where, 'retention.keepDays', expected, keepDays);
  }
  if (typeof keepMatched !== 'boolean') {
    throw invalid('INVALID_ARGUMENT', where, 'retention.keepMatched', 'true or false', keepMatched);
  }
  return { keepDays, keepMatched };
}

/** A hundred years. */
const MOST_DAYS = 36_525;

/** The newest forecast is no older than this, in calendar days, where clock and prices are right. */
const NEWEST_DAYS = 30;

/** What was pruned, and the day from which on all is kept. */
export interface Pruned extends PruneReport {
  before: string;
}

/**
 * Deletes what the retention no longer keeps. Whatever it says, what the next learning reads stays, and so does the newest run of each job.
 *
 * @param options options.ticks: the newest tick of each job; options.learningDays: calendar days that learning reads
 * @throws ForecastError `INVALID_DATE` where the store has no forecast of the last 30 days: a clock that is ahead must not empty it
 */
export async function pruneOld(
  context: StoringContext,
  { keepDays, keepMatched = false }: Retention,
  { ticks, learningDays, signal }: { ticks: readonly Date[]; learningDays: number; signal: AbortSignal },
): Promise<Pruned> {
  const { store, logger } = context;
  const today = todayOf(context);
  const daysAgo = (days: number) => fromEpochDay(toEpochDay(today) - days);
  const onCorruptRow = (error: ForecastError) => logger?.warn('pruneWeekly: a row cannot be read back', { error });
  const [recent] = await store.listPredictions({ fromBaseDate: daysAgo(NEWEST_DAYS), limit: 1, onCorruptRow });
  if (recent === undefined) {
    const expected = `within ${NEWEST_DAYS} days of a stored forecast (is the clock ahead? are there prices?)`;
    throw invalid('INVALID_DATE', 'pruneWeekly', 'today', expected, today);
  }
  // a forecast far ahead may have been made before the days that are kept, and met its close in them
  const [learned] = await store.listOutcomes({
    fromActualDate: daysAgo(Math.max(LEARNING_DAYS, learningDays)),
    limit: 1,
    onCorruptRow,
  });
  const needed = [
    daysAgo(keepDays),
    ...ticks.map((tick) => tick.toISOString().slice(0, 10)),
    ...(learned === undefined ? [] : [learned.baseDate]),
  ];
  const before = needed.reduce((oldest, day) => (day < oldest ? day : oldest));
  const report = await store.prune({ before, keepMatched, signal });
  logger?.info('pruneWeekly', { before, ...report });
  return { before, ...report };
}

import { Cron } from 'croner';
import { invalid } from '../errors.js';

/** The jobs that a scheduler runs, by the names that a schedule gives them times under. */
export type JobName = 'openingBatch' | 'dailyBatch' | 'matchOutcomes' | 'retrainWeekly' | 'pruneWeekly';

/** Every job's name, in the order in which a day needs them. */
export const JOB_NAMES: readonly JobName[] = Object.freeze([
  'openingBatch',
  'dailyBatch',
  'matchOutcomes',
  'retrainWeekly',
  'pruneWeekly',
] as const);

/** Jobs that a market's schedule need not have. */
type OptionalJob = 'openingBatch' | 'pruneWeekly';

/**
 * When each job is due: cron patterns (minute hour day month weekday) in the market's time zone; false leaves one out. A market need not have
 * an `openingBatch`; where it has one, it is run for members with drivers only. Nor need it have a `pruneWeekly`, which is run for schedulers
 * with a `retention` only, Sundays 06:00 unless the schedule says otherwise.
 */
export type Schedule = { readonly [job in Exclude<JobName, OptionalJob>]: string | false } & {
  readonly [job in OptionalJob]?: string | false | undefined;
};

/**
 * Returns a frozen copy of a schedule whose patterns were read.
 *
 * @param where the function that was called, for the error
 * @throws ForecastError `INVALID_ARGUMENT` for an unknown or missing job and for a pattern that cannot be read or is never due
 */
export function checkSchedule(where: string, schedule: Schedule, timeZone: string): Schedule {
  if (typeof schedule !== 'object' || schedule === null) {
    throw invalid('INVALID_ARGUMENT', where, 'schedule', `an object with ${JOB_NAMES.join(', ')}`, schedule);
  }
  for (const job of Object.keys(schedule)) {
    if (!JOB_NAMES.some((known) => known === job)) {
      throw invalid('INVALID_ARGUMENT', where, `schedule.${job}`, `one of ${JOB_NAMES.join(', ')}`, job);
    }
  }
  const { openingBatch, dailyBatch, matchOutcomes, retrainWeekly, pruneWeekly } = schedule;
  const checked = {
    ...(openingBatch !== undefined && openingBatch !== false && { openingBatch }),
    ...{ dailyBatch, matchOutcomes, retrainWeekly },
    ...(pruneWeekly !== undefined && { pruneWeekly }),
  };
  for (const [job, pattern] of Object.entries(checked)) checkPattern(where, `schedule.${job}`, pattern, timeZone);
  return Object.freeze(checked);
}

function checkPattern(where: string, field: string, pattern: string | false, timeZone: string): void {
  if (pattern === false) return;
  const expected = `a cron pattern that is due in ${timeZone}, or false`;
  if (typeof pattern !== 'string') throw invalid('INVALID_ARGUMENT', where, field, expected, pattern);
  let due: Date | null;
  try {
    // Whether a day ever comes does not hang on the zone, and UTC needs none of its data.
    due = new Cron(pattern, { utcOffset: 0, paused: true }).nextRun(new Date(0));
  } catch (cause) {
    throw invalid('INVALID_ARGUMENT', where, field, expected, pattern, cause);
  }
  if (due === null) throw invalid('INVALID_ARGUMENT', where, field, expected, pattern);
}

import { Cron } from 'croner';
import { invalid } from '../../errors.js';

/** The ticks of one cron pattern. */
export interface Ticks {
  /** The newest tick at or before the instant, or undefined if the pattern has none. */
  latest(now: Date): Date | undefined;
  /** The first tick after the instant, or undefined if the pattern has none. */
  next(now: Date): Date | undefined;
}

/**
 * Returns the ticks of a cron pattern in a time zone, daylight saving included.
 *
 * @throws ForecastError `INVALID_ARGUMENT` for a pattern or zone that cannot be read
 */
export function ticksOf(job: string, pattern: string, timeZone: string): Ticks {
  let cron: Cron;
  try {
    cron = new Cron(pattern, { timezone: timeZone, paused: true });
    cron.nextRun(new Date(0));
  } catch (cause) {
    throw invalid(
      'INVALID_ARGUMENT',
      'createScheduler',
      `schedule.${job}`,
      `a cron pattern in ${timeZone}`,
      pattern,
      cause,
    );
  }
  return {
    // previousRuns looks strictly before its reference, to the second: one second on, a tick at this very moment counts.
    latest: (now) => cron.previousRuns(1, new Date(now.getTime() + 1000))[0],
    next: (now) => cron.nextRun(now) ?? undefined,
  };
}

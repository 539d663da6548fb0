import { invalid } from '../errors.js';
import { keptByZone } from './zone-format.js';

/**
 * Returns the calendar day 'YYYY-MM-DD' that an instant falls on in a time zone.
 *
 * @param instant the moment; the caller's clock, never this function's
 * @param timeZone an IANA name such as 'Asia/Seoul' or 'UTC'
 * @throws ForecastError `INVALID_DATE` for an invalid Date; `INVALID_ARGUMENT` for a zone that the runtime does not know
 * @example
 * dateInZone(new Date('2026-01-01T16:00:00Z'), 'Asia/Seoul'); // '2026-01-02'
 */
export function dateInZone(instant: Date, timeZone: string): string {
  if (Number.isNaN(instant.getTime())) throw invalid('INVALID_DATE', 'dateInZone', 'instant', 'a valid Date', instant);
  const parts = dayFormat(timeZone).formatToParts(instant);
  const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

const dayFormat = keptByZone((timeZone) => {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
  } catch (cause) {
    throw invalid('INVALID_ARGUMENT', 'dateInZone', 'timeZone', 'an IANA time zone', timeZone, cause);
  }
});

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
  const zone = dayFormat(timeZone);
  const minute = Math.floor(instant.getTime() / MS_PER_MINUTE);
  if (minute === zone.minute && minute >= WHOLE_MINUTES) return zone.date;
  const parts = zone.format.formatToParts(instant);
  const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? '';
  zone.minute = minute;
  zone.date = `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
  return zone.date;
}

const MS_PER_MINUTE = 60_000;

/** 1973: from there on every zone's clocks differ from UTC by whole minutes, and are set at whole minutes. */
const WHOLE_MINUTES = Date.UTC(1973, 0, 1) / MS_PER_MINUTE;

const dayFormat = keptByZone((timeZone) => {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    // the last minute that was asked for, and its date: many instruments are asked about within one
    return { format, minute: Number.NaN, date: '' };
  } catch (cause) {
    throw invalid('INVALID_ARGUMENT', 'dateInZone', 'timeZone', 'an IANA time zone', timeZone, cause);
  }
});

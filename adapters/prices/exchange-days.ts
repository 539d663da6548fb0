/**
 * Returns a function from a row's instant (seconds since 1970) to its day 'YYYY-MM-DD' in the exchange's time zone.
 *
 * The zone's own rules hold for each instant, so daylight saving of the past too. Days that begin at midnight are now and
 * then sent an hour or two early, where Yahoo has the wrong offset for the season: 22:00 and 23:00 sharp are the next day's.
 *
 * @param timeZone an IANA name
 * @throws RangeError for a zone that the runtime does not know
 */
export function exchangeDays(timeZone: string): (instant: number) => string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const partsOf = (instant: number) => {
    const parts: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(instant * 1000)) parts[type] = value;
    return parts;
  };
  return (instant) => {
    let parts = partsOf(instant);
    if (parts['hour'] >= '22' && parts['minute'] === '00' && parts['second'] === '00') parts = partsOf(instant + 7200);
    return `${parts['year'].padStart(4, '0')}-${parts['month']}-${parts['day']}`;
  };
}

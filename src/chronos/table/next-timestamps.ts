const DAY_MS = 86_400_000;

/**
 * Returns the `count` instants that follow a series of ascending ones, by the rule that all of it keeps: a constant step, a
 * constant number of months (on one day of the month, or on the last), or every day from Monday to Friday (UTC).
 *
 * @param times milliseconds since 1970
 * @returns undefined when no such rule holds: the host has to say what comes next
 */
export function nextTimestamps(times: readonly number[], count: number): number[] | undefined {
  if (times.length < 2) return undefined;
  const last = times[times.length - 1];
  const step = times[1] - times[0];
  const steady = times.every((time, i) => i === 0 || time - times[i - 1] === step);
  // Up to five days in a row, all of them weekdays, do not say what comes on a Saturday.
  if (steady && !(step === DAY_MS && times.length < 6 && times.every(isWeekday)))
    return Array.from({ length: count }, (_, i) => last + (i + 1) * step);
  return steady ? undefined : (nextMonths(times, count) ?? nextWeekdays(times, count));
}

function nextMonths(times: readonly number[], count: number): number[] | undefined {
  const months = times.map(monthOf);
  const step = months[1] - months[0];
  if (step < 1 || !months.every((month, i) => i === 0 || month - months[i - 1] === step)) return undefined;
  const clock = times[0] - startOfDay(times[0]);
  if (!times.every((time) => time - startOfDay(time) === clock)) return undefined;
  const day = new Date(times[0]).getUTCDate();
  const sameDay = times.every((time) => new Date(time).getUTCDate() === day);
  const lastDay = times.every((time) => new Date(time + DAY_MS).getUTCDate() === 1);
  if (!lastDay && !(sameDay && day <= 28)) return undefined;
  return Array.from({ length: count }, (_, i) => {
    const month = months[months.length - 1] + (i + 1) * step;
    // The year 0 of Date.UTC is 1900.
    return Date.UTC(0, month + (lastDay ? 1 : 0), lastDay ? 0 : day) + clock;
  });
}

/** Months since January 1900. */
function monthOf(time: number): number {
  const date = new Date(time);
  return 12 * (date.getUTCFullYear() - 1900) + date.getUTCMonth();
}

function nextWeekdays(times: readonly number[], count: number): number[] | undefined {
  if (!times.every(isWeekday)) return undefined;
  if (!times.every((time, i) => i === 0 || time === weekdayAfter(times[i - 1]))) return undefined;
  const next: number[] = [];
  for (let time = times[times.length - 1]; next.length < count; ) {
    time = weekdayAfter(time);
    next.push(time);
  }
  return next;
}

function weekdayAfter(time: number): number {
  let next = time + DAY_MS;
  while (!isWeekday(next)) next += DAY_MS;
  return next;
}

function isWeekday(time: number): boolean {
  const day = new Date(time).getUTCDay();
  return day >= 1 && day <= 5;
}

function startOfDay(time: number): number {
  return Math.floor(time / DAY_MS) * DAY_MS;
}

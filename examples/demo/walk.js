import { createScheduler } from 'chronolight';

/**
 * Lives through the days from `first` to `last`: sets a clock to each hour at which a job is due and lets the scheduler run
 * what is due then. Nothing is computed by another path than in production, and no bar after the clock's day is ever read.
 */
export async function walk({ context, code, first, last, onDay }) {
  let now = new Date(0);
  const scheduler = createScheduler({ ...context, codes: [code], clock: () => now });
  const failed = [];
  const days = daysBetween(first, last);
  for (const [index, day] of days.entries()) {
    for (const hour of hoursOf(day)) {
      now = instantIn(context.timeZone, day, hour);
      for (const run of await scheduler.runDue()) if (run.status === 'failed') failed.push(run);
    }
    onDay({ done: index + 1, total: days.length, item: day });
  }
  return { now, failed };
}

/** When the default schedule has work: Sundays 02:00, weekdays 16:00 and 16:30. */
function hoursOf(day) {
  const weekday = new Date(`${day}T00:00Z`).getUTCDay();
  if (weekday === 0) return ['02:00'];
  return weekday === 6 ? [] : ['16:00', '16:30'];
}

function daysBetween(first, last) {
  const days = [];
  for (let time = Date.parse(first); time <= Date.parse(last); time += 86_400_000) {
    days.push(new Date(time).toISOString().slice(0, 10));
  }
  return days;
}

/** Returns the instant at which a wall clock in the zone shows this day and hour. */
function instantIn(timeZone, day, hour) {
  const guess = new Date(`${day}T${hour}:00Z`);
  const shown = new Date(
    `${new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(guess).replace(' ', 'T')}Z`,
  );
  return new Date(2 * guess.getTime() - shown.getTime());
}

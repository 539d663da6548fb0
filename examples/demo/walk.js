import { createScheduler } from 'chronolight';

/**
 * Lives through the days from `first` to `last`: sets the clock to each hour at which a job is due and lets the scheduler run
 * what is due then. Nothing is computed by another path than in production, and no bar after the clock's day is ever read.
 *
 * @returns the runs that failed
 */
export async function walk({ context, code, first, last, setClock, onDay }) {
  const scheduler = createScheduler(context, { codes: [code] });
  const failed = [];
  const days = daysBetween(first, last);
  const end = Date.parse(`${last}T00:00Z`) + 2 * DAY_MS;
  setClock(new Date(`${first}T00:00Z`));
  for (;;) {
    const next = Math.min(...JOBS.map((job) => scheduler.nextRun(job)?.getTime() ?? Number.POSITIVE_INFINITY));
    const day = new Intl.DateTimeFormat('sv-SE', { timeZone: context.market.timeZone }).format(new Date(next));
    if (!(next < end) || day > last) break;
    setClock(new Date(next));
    for (const run of await scheduler.runDue()) if (run.status === 'failed') failed.push(run);
    onDay({ done: days.indexOf(day) + 1, total: days.length, item: day });
  }
  return failed;
}

const JOBS = ['dailyBatch', 'matchOutcomes', 'retrainWeekly'];
const DAY_MS = 86_400_000;

function daysBetween(first, last) {
  const days = [];
  for (let time = Date.parse(first); time <= Date.parse(last); time += DAY_MS) {
    days.push(new Date(time).toISOString().slice(0, 10));
  }
  return days;
}

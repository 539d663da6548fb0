import { us } from '../../src/markets/index.js';
import { matchedForecasts } from '../../src/pipeline/index.js';
import { dateInZone } from '../../src/series/date-in-zone.js';
import { directionOf } from '../../src/series/inside.js';
import { tradingDaysBetween } from '../../src/series/trading-days.js';
import type { MatchedRecord, PredictionRecord } from '../../src/store/records.js';
import type { Store } from '../../src/store/store.js';
import type { Life } from './live.js';

/** What was found. */
export interface Verdict {
  counts: { predictions: number; matched: number; void: number; due: number; adjusted: number; corrected: number };
  /** By what should hold, what does not. */
  faults: Record<string, string[]>;
}

/** Trading days after the target day in which what can never be matched becomes void (giveUpDays), and a weekend. */
const PATIENCE = 24;

/**
 * Looks at everything that a life has left in its store.
 *
 * @param from first base date that the store still has to hold
 */
export async function judge(life: Life, { from = life.plan.days[0] }: { from?: string } = {}): Promise<Verdict> {
  const { store } = life;
  const predictions = await all<PredictionRecord>((after) =>
    store.listPredictions({ limit: 1000, ...(after && { after }) }),
  );
  const matched: MatchedRecord[] = [];
  for await (const page of matchedForecasts(store)) matched.push(...page);
  const outcomes = new Map(matched.map((row) => [keyOf(row.prediction), row]));
  const stateOf = (row: PredictionRecord) => (outcomes.has(keyOf(row)) ? 'matched' : row.void ? 'void' : 'due');
  const count = (state: string) => predictions.filter((row) => stateOf(row) === state).length;
  const changed = (change: string) => matched.filter(({ outcome }) => outcome.baseChange === change).length;
  return {
    counts: {
      ...{ predictions: predictions.length, matched: count('matched'), void: count('void'), due: count('due') },
      ...{ adjusted: changed('adjusted'), corrected: changed('corrected') },
    },
    faults: {
      'every forecast that is due is matched, or void with a true reason': predictions.flatMap((row) =>
        unsettled(row, stateOf(row), life),
      ),
      'every outcome is what really happened': matched.flatMap((row) => untrue(row, life)),
      'no forecast is missing of a day when a process was up': missing(new Set(predictions.map(keyOf)), from, life),
      'no forecast is made of a bar that was not there': predictions.flatMap((row) => early(row, life)),
      'weights sum to 1': [...(await store.listWeights({ limit: 1e6 })), ...predictions].flatMap((row) => {
        const sum = Object.values(row.weights).reduce((total, share) => total + share, 0);
        return Math.abs(sum - 1) < 1e-9 ? [] : [`${row.code} h${row.horizon}: ${sum}`];
      }),
      'the batch is due at 16:30 in New York, summer and winter': (
        await store.listJobRuns({ job: 'dailyBatch', limit: 1e6 })
      )
        .map(({ scheduledFor }) => local(scheduledFor))
        .filter((time) => time !== '16:30'),
      'every run ended': (await endings(store)).flatMap(({ job, scheduledFor, status }) =>
        status === 'running' ? [`${job} of ${scheduledFor.toISOString()}`] : [],
      ),
    },
  };
}

const keyOf = ({ code, baseDate, horizon }: { code: string; baseDate: string; horizon: number }) =>
  `${code} ${baseDate} h${horizon}`;

async function all<Row>(page: (after: Row | undefined) => Promise<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const more = await page(rows[rows.length - 1]);
    rows.push(...more);
    if (more.length < 1000) return rows;
  }
}

async function endings(store: Store) {
  const jobs = ['dailyBatch', 'matchOutcomes', 'retrainWeekly', 'pruneWeekly'];
  return (await Promise.all(jobs.map((job) => store.listJobRuns({ job, limit: 1e6 })))).flat();
}

const time = new Intl.DateTimeFormat('en-US', {
  ...{ timeZone: us.timeZone, hour: 'numeric', minute: 'numeric', hourCycle: 'h23' },
});
const local = (instant: Date) => time.format(instant);

/** The day whose close a forecast meets: the h-th on which the exchange was open. Undefined where the life ends before. */
const metDay = ({ baseDate, horizon }: PredictionRecord, { world }: Life): string | undefined =>
  world.sessionAfter(baseDate, horizon);

function unsettled(row: PredictionRecord, state: string, life: Life): string[] {
  const { world, looks, plan } = life;
  const last = looks[looks.length - 1];
  const day = metDay(row, life);
  const came = day === undefined ? undefined : world.closeAt(row.code, day, last);
  const age = tradingDaysBetween(row.targetDate, plan.days[plan.days.length - 1], us.calendar);
  if (state === 'due') {
    // closes of the newest sessions may still be waited for
    return age > PATIENCE || (came !== undefined && age > 6) ? [`${keyOf(row)} is due since ${row.targetDate}`] : [];
  }
  if (state === 'void' && came !== undefined)
    return [`${keyOf(row)} is void (${row.void!.reason}), and ${day} has a close`];
  return [];
}

function untrue({ prediction, outcome }: MatchedRecord, life: Life): string[] {
  const { world } = life;
  const { code, baseDate } = prediction;
  const at = life.trueTime(outcome.matchedAt);
  const day = metDay(prediction, life)!;
  const base = world.closeAt(code, baseDate, at)!;
  const actual = world.closeAt(code, day, at)!;
  const change = base / prediction.baseClose;
  const corrected = life.plan.corrections.some((one) => one.code === code && one.day === baseDate);
  const baseChange = Math.abs(change - 1) < 1e-6 ? undefined : corrected ? 'corrected' : 'adjusted';
  const scale = baseChange === 'adjusted' ? change : 1;
  const direction = directionOf(actual / base - 1, us.flatBand);
  const truth = {
    actualDate: day,
    baseClose: base,
    actualClose: actual,
    actualReturn: actual / base - 1,
    actualDirection: direction,
    directionHit: prediction.direction === direction,
    absError: Math.abs(prediction.pointClose * scale - actual),
    covered: prediction.ciLow * scale <= actual && actual <= prediction.ciHigh * scale,
    baseChange,
  };
  return Object.entries(truth).flatMap(([field, wanted]) => {
    const given = outcome[field as keyof typeof truth];
    const same =
      typeof wanted === 'number'
        ? Math.abs(Number(given) - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted))
        : given === wanted;
    return same ? [] : [`${keyOf(prediction)}: ${field} is ${given}, not ${wanted}`];
  });
}

/** Of every day whose bar was the newest at a look, while there were prices, each watched instrument has its forecasts. */
function missing(stored: ReadonlySet<string>, from: string, { plan, world, looks }: Life): string[] {
  const expected = new Set<string>();
  for (const at of looks) {
    if (world.isDown(at)) continue;
    const today = dateInZone(at, us.timeZone);
    const isAfterBatch = local(at) >= '16:30';
    for (const code of plan.codes) {
      const newest = world.newestDay(code, at);
      // what is shown between the close and the batch is seen by the batch
      if (newest === undefined || (newest === today && !isAfterBatch)) continue;
      if (newest < from || newest < plan.days[0]) continue;
      for (const horizon of plan.horizons) expected.add(keyOf({ code, baseDate: newest, horizon }));
    }
  }
  return [...expected].filter((key) => !stored.has(key));
}

function early(
  { code, baseDate, horizon, baseClose, issuedAt }: PredictionRecord,
  { world, trueTime }: Life,
): string[] {
  const shown = world.closeAt(code, baseDate, trueTime(issuedAt));
  const same = shown !== undefined && Math.abs(shown / baseClose - 1) < 1e-9;
  return same ? [] : [`${keyOf({ code, baseDate, horizon })}: base close ${baseClose}, shown was ${shown}`];
}

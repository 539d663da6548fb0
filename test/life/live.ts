import type { Member } from '../../src/ensemble/index.js';
import { us } from '../../src/markets/index.js';
import { chronosMember, har } from '../../src/members/index.js';
import {
  type Context,
  createScheduler,
  type JobRun,
  predictAndStore,
  type SchedulerOptions,
} from '../../src/pipeline/index.js';
import { createContext } from '../../src/setup/index.js';
import type { Store } from '../../src/store/store.js';
import { fakeChronos } from '../pipeline/simulated-market.js';
import { createWorld, isIn, type Plan, type World } from './world.js';

/** One run of a job, and what it cost. */
export interface TimedRun extends JobRun {
  /** The true time. */
  at: Date;
  /** Of this process, so that what else the machine does counts for nothing. */
  processorMs: number;
  /** Rows that the store handed out. */
  rows: number;
}

/** What a life was. */
export interface Life {
  plan: Plan;
  world: World;
  context: Context;
  store: Store;
  runs: TimedRun[];
  /** True instants at which the scheduler looked. */
  looks: Date[];
  /** Returns the true time of an instant of the machine's clock. */
  trueTime(byClock: Date): Date;
  /** What the process warned of, counted. */
  warnings: Map<string, number>;
}

const HALF_HOUR_MS = 1_800_000;
/** Half hours of New York at which the scheduler looks: the night's jobs, the morning, and from before the close until night. */
const LOOKS = [4, 12, 20, 27, 31, 33, 34, 35, 36, 37, 39, 41];

/** Lives the plan through `createScheduler`, a new process after each time that it was down. */
export async function live(
  plan: Plan,
  inner: Store,
  { retention, learningDays }: Pick<SchedulerOptions, 'retention' | 'learningDays'> = {},
): Promise<Life> {
  let now = new Date(0);
  const offAt = (at: Date) => plan.clocks.find((span) => isIn(span, at))?.offMs ?? 0;
  const clock = () => new Date(now.getTime() + offAt(now));
  const world = createWorld(plan, () => now);
  const { store, rows } = counted(inner);
  const warnings = new Map<string, number>();
  const warn = (message: string) => {
    const kind = message.replace(/[^a-zA-Z:() ]+/g, '#').slice(0, 80);
    warnings.set(kind, (warnings.get(kind) ?? 0) + 1);
  };
  const members = [chronosMember(fakeChronos({ drift: 5e-4 })), har(), weekly()];
  const context = createContext({
    ...{ market: us, prices: world, store, members, clock },
    historyBars: 150,
    logger: { info() {}, warn },
  });
  const { codes, horizons } = plan;
  let [before, rowsBefore] = [0, 0];
  const onRun = (run: JobRun) => {
    life.runs.push({ ...run, at: now, processorMs: processorMs() - before, rows: rows() - rowsBefore });
    [before, rowsBefore] = [processorMs(), rows()];
  };
  const start = () => createScheduler(context, { codes, horizons, retention, learningDays, onRun });
  const life: Life = {
    ...{ plan, world, context, store: inner, runs: [], looks: [], warnings },
    trueTime: (byClock) => trueTimes.get(byClock.getTime())!,
  };
  const trueTimes = new Map<number, Date>();
  const hours = new Intl.DateTimeFormat('en-US', {
    timeZone: us.timeZone,
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  });
  const halfHour = (at: Date) => {
    const [hour, minute] = hours.format(at).split(':').map(Number);
    return 2 * hour + Math.floor(minute / 30);
  };
  let scheduler = start();
  let wasDown = false;
  const end = Date.parse(`${plan.days[plan.days.length - 1]}T23:59:00Z`) + 8 * HALF_HOUR_MS;
  for (let at = Date.parse(`${plan.days[0]}T12:00:00Z`); at < end; at += HALF_HOUR_MS) {
    now = new Date(at);
    const down = plan.down.some((span) => isIn(span, now));
    if (wasDown && !down) scheduler = start();
    wasDown = down;
    if (down || !LOOKS.includes(halfHour(now))) continue;
    trueTimes.set(clock().getTime(), now);
    life.looks.push(now);
    [before, rowsBefore] = [processorMs(), rows()];
    await scheduler.runDue();
    // a user asks now and then, in the evening, for what nobody watches
    if (halfHour(now) === 36 && now.getUTCDate() % 9 === 0 && !world.isDown(now))
      await predictAndStore(plan.asked, context, { userTriggered: true, horizons: [1] });
  }
  return life;
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A member that learns one number a horizon from all instruments, and publishes a generation a week. */
function weekly(): Member {
  const key = (horizon: number) => `_drift_h${horizon}`;
  return {
    name: 'drift',
    prior: 0.1,
    learnsTogether: true,
    async forecast(batch, { horizons, models }) {
      const texts = await models!.getMany!(horizons.map(key));
      return batch.map(({ series }) => {
        const close = series.close[series.length - 1];
        const quantiles = (drift: number, h: number) =>
          [-1.28, 0, 1.28].map((z) => close * Math.exp(drift * h + 0.012 * Math.sqrt(h) * z));
        return new Map(
          horizons.flatMap((h, i) =>
            texts[i] === undefined ? [] : [[h, { levels: [0.1, 0.5, 0.9], quantiles: quantiles(Number(texts[i]), h) }]],
          ),
        );
      });
    },
    async retrain({ codes, horizons, history, publish, report, now }) {
      let sum = 0;
      let count = 0;
      const known: string[] = [];
      for (const code of codes) {
        try {
          const { close, length } = await history(code, 60);
          sum += Math.log(close[length - 1] / close[0]) / (length - 1);
          count++;
          known.push(code);
        } catch (error) {
          report(horizons.map((horizon) => ({ code, horizon, status: 'failed' as const, error })));
        }
      }
      const meta = { trainedAt: now().toISOString(), codes: known.length };
      await publish(horizons.map((horizon) => ({ key: key(horizon), text: String(sum / Math.max(1, count)), meta })));
      report(known.flatMap((code) => horizons.map((horizon) => ({ code, horizon, status: 'published' as const }))));
    },
  };
}

/** Counts the rows that the store's lists hand out. */
function counted(inner: Store): { store: Store; rows: () => number } {
  let rows = 0;
  const counting =
    <Query, Row>(list: (query?: Query) => Promise<Row[]>) =>
    async (query?: Query) => {
      const found = await list(query);
      rows += found.length;
      return found;
    };
  const store: Store = {
    ...inner,
    models: inner.models,
    listPredictions: counting((query) => inner.listPredictions(query)),
    listOutcomes: counting((query) => inner.listOutcomes(query)),
    listMatched: counting((query) => inner.listMatched(query)),
    listWeights: counting((query) => inner.listWeights(query)),
    listPerformance: counting((query) => inner.listPerformance(query)),
    // leases are counted by the life's clock
    now: undefined,
  };
  return { store, rows: () => rows };
}

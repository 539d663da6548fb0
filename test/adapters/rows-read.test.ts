import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { type SqliteDatabase, sqliteStore } from '../../adapters/store/sqlite.js';
import {
  createScheduler,
  matchedForecasts,
  predictAndStore,
  type SchedulerOptions,
  updateWeights,
} from '../../src/pipeline/index.js';
import { fromEpochDay, toEpochDay } from '../../src/series/index.js';
import { arrayPrices, fakeChronos, referenceOf, seoulClock, simulateBars } from '../pipeline/simulated-market.js';

const CODES = Array.from({ length: 20 }, (_, i) => `c${i}`);
const DAYS = 500;
const daysBefore = (day: string, days: number) => fromEpochDay(toEpochDay(day) - days);

/** A SQLite store of twenty instruments' five hundred days, and how many rows the database has handed out. */
async function house(options: Partial<SchedulerOptions> = {}) {
  const database = new Database(':memory:');
  let rows = 0;
  const counted: SqliteDatabase = {
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        run: (...params) => statement.run(...params),
        all(...params) {
          const found = statement.all(...params);
          rows += found.length;
          return found;
        },
      };
    },
  };
  const store = await sqliteStore({ database: counted });
  const time = seoulClock('2024-04-08T16:10:00');
  const bars = simulateBars(1, { count: 200, last: '2024-04-12' });
  const { prices } = arrayPrices(Object.fromEntries(CODES.map((code) => [code, bars])));
  const context = referenceOf({ prices, store, chronos: fakeChronos({ drift: 0.002 }), clock: time.clock });
  const forecast = () => predictAndStore('c0', context, { userTriggered: true, horizons: [1] });
  await forecast();
  const schedule = { dailyBatch: false, retrainWeekly: false } as const;
  const scheduler = createScheduler(context, { codes: CODES, horizons: [1], schedule, ...options });
  time.set('2024-04-09T16:30:00');
  await scheduler.runDue();
  const [{ prediction, outcome }] = await store.listMatched();
  const keys = CODES.flatMap((code) =>
    Array.from({ length: DAYS }, (_, i) => ({ code, baseDate: daysBefore('2024-04-07', i) })),
  );
  await store.upsertPredictions(
    keys.map((key) => ({ ...prediction, ...key, targetDate: daysBefore(key.baseDate, -1) })),
  );
  await store.recordOutcomes(keys.map((key) => ({ ...outcome, ...key, actualDate: daysBefore(key.baseDate, -1) })));
  const rowsOf = async (work: () => Promise<unknown>) => {
    const before = rows;
    await work();
    return rows - before;
  };
  return { store, time, context, scheduler, forecast, rowsOf };
}

test('one instrument of twenty: what it needs is read, each forecast and outcome once', async () => {
  const { store, rowsOf } = await house();
  let needed = 0;
  const read = await rowsOf(async () => {
    for await (const page of matchedForecasts(store, { code: 'c7' })) needed += page.length;
  });
  expect(needed).toBe(DAYS);
  expect(read).toBe(2 * needed);
});

test('learning reads each forecast and outcome of its window once, and nothing older', async () => {
  const { context, rowsOf } = await house();
  let inWindow = 0;
  const from = daysBefore('2024-04-09', 365);
  for await (const page of matchedForecasts(context.store!, { fromActualDate: from })) inWindow += page.length;
  expect(inWindow).toBeLessThan(0.75 * CODES.length * DAYS);
  const read = await rowsOf(() => updateWeights(context));
  // and one row that says at which base date the window begins, a page
  expect(read).toBeGreaterThanOrEqual(2 * inWindow);
  expect(read).toBeLessThan(2.01 * inWindow);
});

test('the scheduled learning reads each forecast and outcome of its learningDays once, and a look at what is done two rows a job', async () => {
  const learningDays = 60;
  const { time, store, scheduler, forecast, rowsOf } = await house({ learningDays });
  await forecast();
  time.set('2024-04-11T16:30:00');
  const inWindow = (await store.listOutcomes({ fromActualDate: daysBefore('2024-04-11', learningDays), limit: 9999 }))
    .length;
  const read = await rowsOf(() => scheduler.runDue());
  expect(inWindow).toBeGreaterThan(50 * CODES.length);
  expect(read).toBeGreaterThanOrEqual(2 * inWindow);
  expect(read).toBeLessThan(2.05 * inWindow);
  for (const day of ['12', '15', '16', '17', '18', '19', '22']) {
    time.set(`2024-04-${day}T16:30:00`);
    await scheduler.runDue();
  }
  time.set('2024-04-22T16:31:00');
  expect((await store.listJobRuns({ job: 'matchOutcomes' })).length).toBeGreaterThan(8);
  expect(await rowsOf(() => scheduler.runDue())).toBeLessThanOrEqual(2);
});

test('the scheduled matching reads what is due, not the history', async () => {
  const { time, scheduler, forecast, rowsOf } = await house();
  await forecast();
  time.set('2024-04-11T16:30:00');
  const settled = await rowsOf(() => scheduler.runDue()); // and learns, since a close was met
  time.set('2024-04-12T16:30:00');
  const idle = await rowsOf(() => scheduler.runDue());
  expect(settled).toBeGreaterThan(CODES.length * 300);
  expect(idle).toBeLessThan(20);
});

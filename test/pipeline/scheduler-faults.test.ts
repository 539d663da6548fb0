import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { ForecastError } from '../../src/errors.js';
import { createScheduler, type JobRun, type SchedulerOptions } from '../../src/pipeline/index.js';
import type { PriceSource } from '../../src/prices/price-source.js';
import type { Store } from '../../src/store/store.js';
import { arrayPrices, fakeChronos, referenceOf, seoulClock, simulateBars, type TestParts } from './simulated-market.js';

const bars = simulateBars(1, { count: 150, last: '2024-04-19' });
const DAILY = { matchOutcomes: false, retrainWeekly: false } as const;

/** Schedulers of the daily batch of one instrument, each with a clock of its own over one store. */
function house(change: TestParts = {}, options: Partial<SchedulerOptions> = {}) {
  const store = change.store ?? memoryStore();
  const prices = change.prices ?? arrayPrices({ a: bars }).prices;
  const at = (start: string, own: Partial<SchedulerOptions> = {}) => {
    const time = seoulClock(start);
    const context = referenceOf({ chronos: fakeChronos(), ...change, prices, store, clock: time.clock });
    const scheduler = createScheduler(context, { codes: ['a'], horizons: [1], schedule: DAILY, ...options, ...own });
    return { time, scheduler };
  };
  const runs = () => store.listJobRuns({ job: 'dailyBatch' });
  const forecastOf = (baseDate: string) => store.getPrediction({ code: 'a', baseDate, horizon: 1 });
  return { store, at, runs, forecastOf };
}

/** A promise that waits for `open`. */
function gate() {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe('prices that are down at 16:00 and back at 16:20', () => {
  const downUntil = (
    clock: () => Date,
    instant: string,
    down: () => ReturnType<PriceSource['getBars']>,
  ): PriceSource => ({
    getBars: (code, range) =>
      clock() < new Date(`${instant}+09:00`) ? down() : arrayPrices({ a: bars }).prices.getBars(code, range),
  });

  it.each([
    ['fail', () => Promise.reject(new Error('ECONNREFUSED')), { item: 'a', code: 'PRICE_SOURCE_FAILED' }, 0],
    [
      'end the day before',
      () => arrayPrices({ a: bars }).prices.getBars('a', { to: '2024-04-16' }),
      { item: 'prices', code: 'STALE_PRICES' },
      1,
    ],
    ['never come', () => new Promise<never>(() => {}), { item: 'a', code: 'TIMEOUT' }, 0],
  ] as const)('that %s: the tick is tried again, and the day has its forecast', async (_, down, failure, stored) => {
    const time = seoulClock('2024-04-17T15:59:00');
    const prices = downUntil(time.clock, '2024-04-17T16:20:00', down);
    const { store, at, runs, forecastOf } = house({ prices, priceTimeoutMs: 20 });
    const { scheduler, time: own } = at('2024-04-17T15:59:00');
    const look = async (instant: string): Promise<JobRun[]> => {
      time.set(`2024-04-17T${instant}`);
      own.set(`2024-04-17T${instant}`);
      return scheduler.runDue();
    };
    // the tick of the day before, caught up
    await store.claimJobRun({
      ...{ job: 'dailyBatch', owner: 'x', leaseMs: 1 },
      ...{ scheduledFor: new Date('2024-04-16T16:00:00+09:00'), now: time.clock() },
    });
    await store.finishJobRun({
      ...{ job: 'dailyBatch', owner: 'x', status: 'done' as const },
      ...{ scheduledFor: new Date('2024-04-16T16:00:00+09:00'), finishedAt: time.clock() },
    });
    expect(await look('15:59:30')).toEqual([]);
    expect(await look('16:00:00')).toMatchObject([{ status: 'failed', figures: { stored, failed: 1 - stored } }]);
    expect((await runs())[0]).toMatchObject({ status: 'failed', attempts: 1, figures: { stored } });
    expect((await runs())[0].failures).toMatchObject([failure]);
    expect(await look('16:09:59')).toEqual([]); // ten minutes' wait, then twenty
    expect(await look('16:10:00')).toMatchObject([{ status: 'failed' }]);
    expect(await look('16:29:59')).toEqual([]);
    expect(await forecastOf('2024-04-17')).toBeUndefined();
    expect(await look('16:30:00')).toMatchObject([{ status: 'done', figures: { stored: 1, failed: 0 } }]);
    expect((await runs())[0]).toMatchObject({ status: 'done', attempts: 3 });
    expect(await forecastOf('2024-04-17')).toBeDefined();
    expect(await look('18:00:00')).toEqual([]);
  });

  it('all day: its tick is tried until the next one', async () => {
    const { at } = house({ prices: { getBars: () => Promise.reject(new Error('down')) } });
    const { scheduler, time } = at('2024-04-17T16:00:00');
    let tries = 0;
    for (let minutes = 0; minutes < 2 * 1440; minutes += 10) {
      time.set(new Date(Date.UTC(2024, 3, 17, 16, minutes)).toISOString().slice(0, 19));
      for (const { scheduledFor } of await scheduler.runDue()) if (scheduledFor.getUTCDate() === 17) tries++;
    }
    expect(tries).toBe(15); // after 10, 30, 70 and 150 minutes, then every two hours
  });

  it('for an instrument that the source does not know: nothing is tried again', async () => {
    const { at } = house({}, { codes: ['a', 'nobody'] });
    const { scheduler } = at('2024-04-17T16:00:00');
    expect(await scheduler.runDue()).toMatchObject([{ status: 'done', figures: { stored: 1, failed: 1 } }]);
  });

  it('of an instrument that ended long ago is left out where asked to, and nothing is tried again', async () => {
    const ended = bars.filter(({ date }) => date < '2024-04-01');
    const { at, forecastOf } = house({ prices: arrayPrices({ a: ended, b: bars }).prices }, { codes: ['a', 'b'] });
    const { scheduler } = at('2024-04-17T16:00:00', { maxAgeDays: 5 });
    expect(await scheduler.runDue()).toMatchObject([
      { status: 'done', figures: { stored: 1, failed: 1 }, failures: [{ item: 'a', code: 'STALE_PRICES' }] },
    ]);
    expect(await forecastOf(ended[ended.length - 1].date)).toBeUndefined();
    expect(() => at('2024-04-17T16:00:00', { maxAgeDays: -1 })).toThrow(/maxAgeDays/);
  });

  it('and an old source of bars is no late one', async () => {
    const { at } = house({ prices: arrayPrices({ a: bars.filter(({ date }) => date < '2024-04-12') }).prices });
    expect(await at('2024-04-17T16:00:00').scheduler.runDue()).toMatchObject([{ status: 'done' }]);
  });
});

describe('what hangs', () => {
  const never = () => new Promise<never>(() => {});

  it('is given up after limitMs, and its tick is free', async () => {
    const { at, runs } = house();
    const { scheduler } = at('2024-04-17T16:00:00', { refreshPrices: never, limitMs: 30 });
    const [run] = await scheduler.runDue();
    expect(run).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT' } });
    expect((await runs())[0]).toMatchObject({ status: 'failed' });
    expect(await at('2024-04-17T16:01:00').scheduler.runDue()).toMatchObject([{ status: 'done' }]);
  });

  it('does not hold stop() up, though it never looks at its signal', async () => {
    const { opened, open } = gate();
    const { at } = house();
    const refreshPrices = () => {
      open();
      return never();
    };
    const { scheduler } = at('2024-04-17T16:00:00', { refreshPrices });
    scheduler.start();
    await opened;
    await scheduler.stop();
  });
});

describe('clocks that differ', () => {
  /** A scheduler whose batch waits for `release`, and a second one whose clock is ahead. */
  async function skewed(minutes: number, store?: Store) {
    const { opened: entered, open: enter } = gate();
    const { opened: released, open: release } = gate();
    const built = house(store ? { store } : {});
    const first = built.at('2024-04-17T16:00:00', {
      owner: 'first',
      refreshPrices: () => {
        enter();
        return released;
      },
    });
    const running = first.scheduler.runDue();
    await entered;
    const ahead = built.at(`2024-04-17T16:${String(minutes).padStart(2, '0')}:00`, { owner: 'ahead' });
    return { ...built, running, release, ahead };
  }

  it('by 11 minutes: one runs the tick, over a store without a clock of its own', async () => {
    const { ahead, release, running, runs } = await skewed(11);
    expect(await ahead.scheduler.runDue()).toEqual([]);
    release();
    expect(await running).toMatchObject([{ status: 'done' }]);
    expect(await ahead.scheduler.runDue()).toEqual([]);
    expect(await runs()).toMatchObject([{ owner: 'first', attempts: 1 }]);
  });

  it('a claim that nobody renews is taken over all the same', async () => {
    const { ahead } = await skewed(11);
    expect(await ahead.scheduler.runDue()).toEqual([]);
    ahead.time.set('2024-04-17T16:17:39');
    expect(await ahead.scheduler.runDue()).toEqual([]);
    ahead.time.set('2024-04-17T16:17:40');
    expect(await ahead.scheduler.runDue()).toMatchObject([{ status: 'done' }]);
  });

  it('a claim that ran out an hour ago is taken over at first sight', async () => {
    const { at } = await skewed(11);
    expect(await at('2024-04-17T17:10:01').scheduler.runDue()).toMatchObject([{ status: 'done' }]);
  });

  it('count for nothing where the store has one', async () => {
    let now = new Date('2024-04-17T16:05:00+09:00');
    const inner = memoryStore();
    const store: Store = { ...inner, models: inner.models, now: async () => now };
    const { ahead, runs } = await skewed(59, store);
    now = new Date('2024-04-17T16:14:59+09:00');
    expect(await ahead.scheduler.runDue()).toEqual([]);
    now = new Date('2024-04-17T16:15:00+09:00');
    expect(await ahead.scheduler.runDue()).toMatchObject([{ status: 'done' }]);
    expect(await runs()).toMatchObject([{ owner: 'ahead', attempts: 2 }]);
  });

  it('and was ahead by days once: what was done then is done again when its day comes, once', async () => {
    const { at, forecastOf, runs } = house();
    const { scheduler, time } = at('2024-04-15T17:00:00');
    const names = async (instant: string) => {
      time.set(instant);
      return (await scheduler.runDue()).map(({ job, status }) => `${job} ${status}`);
    };
    expect(await names('2024-04-15T17:00:00')).toEqual(['dailyBatch done']);
    // for an hour it is Thursday noon by this clock: Wednesday's batch counts as done
    expect(await names('2024-04-18T12:00:00')).toEqual(['dailyBatch done']);
    expect(await names('2024-04-15T18:00:00')).toEqual([]);
    expect(await names('2024-04-16T16:00:00')).toEqual(['dailyBatch done']);
    expect(await names('2024-04-17T16:00:00')).toEqual(['dailyBatch done']);
    expect(await names('2024-04-17T16:00:30')).toEqual([]);
    expect(await forecastOf('2024-04-17')).toBeDefined();
    expect(await runs()).toHaveLength(4);
  });

  it('and was set back by half an hour: nothing is run twice', async () => {
    const { at, runs } = house();
    const { scheduler, time } = at('2024-04-17T16:05:00');
    expect(await scheduler.runDue()).toHaveLength(1);
    time.set('2024-04-17T15:35:00');
    await scheduler.runDue(); // the tick of the day before, which was never run
    time.set('2024-04-17T16:00:00');
    expect(await scheduler.runDue()).toEqual([]);
    expect((await runs())[0]).toMatchObject({ attempts: 1 });
  });
});

describe('a stored run that cannot be read', () => {
  it('does not stop its job', async () => {
    const inner = memoryStore();
    const listJobRuns = () => Promise.reject(new ForecastError('CORRUPT_ROW', 'job_runs: owner'));
    const { at, forecastOf } = house({ store: { ...inner, models: inner.models, listJobRuns } });
    const { scheduler } = at('2024-04-17T16:00:00');
    expect(await scheduler.runDue()).toMatchObject([{ status: 'done' }]);
    expect(await scheduler.runDue()).toEqual([]);
    expect(await forecastOf('2024-04-17')).toBeDefined();
  });
});

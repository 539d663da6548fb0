import { describe, expect, it, vi } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import type { Member } from '../../src/ensemble/index.js';
import { krx, us } from '../../src/markets/index.js';
import { createScheduler, predictAndStore, type SchedulerOptions } from '../../src/pipeline/index.js';
import { createContext } from '../../src/setup/index.js';
import type { Store } from '../../src/store/store.js';
import { arrayPrices, fakeChronos, referenceOf, seoulClock, simulateBars, type TestParts } from './simulated-market.js';

const bars = simulateBars(1, { last: '2024-04-12' });

/** A scheduler over 150 bars of one instrument: too few to train on, so that a retrain is quick and reports it. */
function house(start: string, options: Partial<SchedulerOptions> = {}, change: TestParts = {}) {
  const time = seoulClock(start);
  const store = change.store ?? memoryStore();
  const { prices } = arrayPrices({ '005930': bars });
  const context = referenceOf({
    prices,
    chronos: fakeChronos(),
    clock: time.clock,
    lgbm: { trainingBars: 60 },
    ...change,
    store,
  });
  const scheduler = (owner: string) => createScheduler(context, { codes: ['005930'], owner, ...options });
  return { time, store, scheduler, context };
}

const asked = arrayPrices({ '005930': bars, user: bars, nobody: bars }).prices;

const names = (runs: { job: string }[]) => runs.map(({ job }) => job);

describe('createScheduler', () => {
  it('runs each job at its time in Seoul, once', async () => {
    const { time, scheduler, store } = house('2024-04-01T15:59:00');
    const only = scheduler('a');
    await only.runDue(); // catches up what it never ran
    expect(await only.runDue()).toEqual([]);
    time.set('2024-04-01T16:00:00');
    const [batch] = await only.runDue();
    expect(batch).toMatchObject({ job: 'dailyBatch', status: 'done', summary: '1 stored, 0 failed' });
    expect(batch.scheduledFor).toEqual(new Date('2024-04-01T16:00:00+09:00'));
    expect(await only.runDue()).toEqual([]);
    time.set('2024-04-01T16:30:00');
    expect(names(await only.runDue())).toEqual(['matchOutcomes']);
    time.set('2024-04-02T16:31:00');
    expect(names(await only.runDue())).toEqual(['dailyBatch', 'matchOutcomes']);
    expect((await store.listOutcomes()).map(({ baseDate, horizon }) => [baseDate, horizon])).toContainEqual([
      '2024-04-01',
      1,
    ]);
    time.set('2024-04-07T02:00:00');
    expect(names(await only.runDue())).toEqual(['dailyBatch', 'matchOutcomes', 'retrainWeekly']);
  });

  it('does nothing on a weekend but the retrain', async () => {
    const { time, scheduler } = house('2024-04-05T17:00:00');
    const only = scheduler('a');
    await only.runDue();
    time.set('2024-04-06T23:00:00');
    expect(await only.runDue()).toEqual([]);
    time.set('2024-04-07T01:59:59');
    expect(await only.runDue()).toEqual([]);
    time.set('2024-04-07T02:00:00');
    expect(names(await only.runDue())).toEqual(['retrainWeekly']);
  });

  it('catches up once after any number of missed runs, oldest tick first', async () => {
    const { time, scheduler, store } = house('2024-04-01T17:00:00');
    await scheduler('a').runDue();
    time.set('2024-04-12T18:00:00');
    const runs = await scheduler('b').runDue();
    expect(names(runs)).toEqual(['retrainWeekly', 'dailyBatch', 'matchOutcomes']);
    expect(runs.map(({ scheduledFor }) => scheduledFor.toISOString())).toEqual([
      '2024-04-06T17:00:00.000Z',
      '2024-04-12T07:00:00.000Z',
      '2024-04-12T07:30:00.000Z',
    ]);
    expect(await scheduler('c').runDue()).toEqual([]);
    expect(await store.listJobRuns({ job: 'dailyBatch' })).toHaveLength(2);
  });

  it('lets one of many schedulers on a store run a tick', async () => {
    const { scheduler } = house('2024-04-01T16:40:00');
    const all = await Promise.all(['a', 'b', 'c', 'd'].map((owner) => scheduler(owner).runDue()));
    expect(names(all.flat()).sort()).toEqual(['dailyBatch', 'matchOutcomes', 'retrainWeekly']);
  });

  it('hands each tick on once where the host says so, weights learned here before the retrain', async () => {
    const ticks: object[] = [];
    const store = memoryStore();
    const order: string[] = [];
    const telling = {
      ...store,
      models: store.models,
      listMatched: (query: Parameters<typeof store.listMatched>[0]) => {
        order.push('learn');
        return store.listMatched(query);
      },
    };
    const fanOut: SchedulerOptions['fanOut'] = async ({ signal, ...tick }) => {
      ticks.push(tick);
      order.push(tick.job);
      expect(signal.aborted).toBe(false);
      return 'handed on';
    };
    // caught up on a Tuesday: the Sunday's tick keeps its day, so that every machine makes the same items of it
    const { scheduler } = house('2024-04-02T16:40:00', { fanOut }, { store: telling });
    const runs = await Promise.all(['a', 'b', 'c'].map((owner) => scheduler(owner).runDue()));
    expect(runs.flat()).toHaveLength(3);
    expect(runs.flat().every(({ status, summary }) => status === 'done' && summary === 'handed on')).toBe(true);
    expect(ticks).toContainEqual({
      job: 'retrainWeekly',
      day: '2024-03-31',
      scheduledFor: new Date('2024-03-31T02:00:00+09:00'),
      codes: ['005930'],
    });
    expect(ticks).toContainEqual({
      job: 'dailyBatch',
      day: '2024-04-02',
      scheduledFor: new Date('2024-04-02T16:00:00+09:00'),
      codes: ['005930'],
    });
    expect(ticks).toContainEqual({
      job: 'matchOutcomes',
      day: '2024-04-02',
      scheduledFor: new Date('2024-04-02T16:30:00+09:00'),
      codes: ['005930'],
    });
    expect(order.indexOf('learn')).toBeGreaterThanOrEqual(0);
    expect(order.indexOf('learn')).toBeLessThan(order.indexOf('retrainWeekly'));
    expect(await store.listPredictions()).toEqual([]);
    expect(await store.models.list()).toEqual([]);
  });

  it("hands on what is due of instruments that nobody watches, too: users' forecasts are matched by workers as they are here", async () => {
    const ticks: { job: string; codes: readonly string[] }[] = [];
    const fanOut: SchedulerOptions['fanOut'] = async ({ job, codes }) => {
      ticks.push({ job, codes });
      return 'handed on';
    };
    const { time, scheduler, context, store } = house('2024-04-01T16:00:00', { fanOut }, { prices: asked });
    for (const [code, userTriggered] of [
      ['user', true],
      ['nobody', false],
    ] as const)
      await predictAndStore(code, context, { userTriggered, horizons: [1] });
    time.set('2024-04-02T16:30:00');
    const only = scheduler('a');
    await only.runDue();
    expect(ticks).toContainEqual({ job: 'matchOutcomes', codes: ['005930', 'nobody', 'user'] });
    expect(ticks).toContainEqual({ job: 'dailyBatch', codes: ['005930'] });
    const usersOnly = createScheduler(context, { codes: ['005930'], scope: 'user', fanOut });
    time.set('2024-04-03T16:30:00');
    await usersOnly.runDue();
    expect(ticks).toContainEqual({ job: 'matchOutcomes', codes: ['005930', 'user'] });
    // and here, without workers
    const here = createScheduler(context, { codes: ['005930'] });
    time.set('2024-04-04T16:30:00');
    await here.runDue();
    expect((await store.listOutcomes()).map(({ code }) => code).sort()).toEqual(['nobody', 'user']);
  });

  it('retrains here what is learned from all codes together, and hands on what is learned apart', async () => {
    const retrained: string[] = [];
    const learner = (name: string, learnsTogether: boolean): Member => ({
      name,
      prior: 1,
      learnsTogether,
      forecast: async (batch) => batch.map(() => new Map()),
      async retrain({ codes, horizons, report }) {
        retrained.push(`${name} of ${codes.join()}`);
        report(codes.flatMap((code) => horizons.map((horizon) => ({ code, horizon, status: 'published' as const }))));
      },
    });
    const retrainAt = async (members: Member[]) => {
      const handed: string[] = [];
      const { clock } = seoulClock('2024-04-07T02:00:00');
      const { prices } = arrayPrices({ '005930': bars });
      const context = createContext({ market: krx, prices, store: memoryStore(), members, clock });
      const scheduler = createScheduler(context, {
        codes: ['005930', '000660'],
        horizons: [1],
        schedule: { dailyBatch: false, matchOutcomes: false },
        fanOut: async ({ job }) => {
          handed.push(job);
          return '2 handed on';
        },
      });
      const [{ status, summary }] = await scheduler.runDue();
      return { status, summary, handed };
    };
    expect(await retrainAt([learner('pool', true), learner('own', false)])).toEqual({
      status: 'done',
      summary: '2 published, 0 kept, 0 resumed, 0 failed; 2 handed on',
      handed: ['retrainWeekly'],
    });
    expect(retrained).toEqual(['pool of 005930,000660']);
    expect(await retrainAt([learner('pool', true)])).toMatchObject({ status: 'done', handed: [] });
    expect(await retrainAt([learner('own', false)])).toMatchObject({ handed: ['retrainWeekly'] });
    expect(retrained).toHaveLength(2);
  });

  it('records a job that fails, reports it and goes on with the next', async () => {
    const onRun = vi.fn();
    const { scheduler, store } = house('2024-04-01T16:40:00', { horizons: [0], onRun });
    const runs = await scheduler('a').runDue();
    const failed = runs.find(({ job }) => job === 'dailyBatch');
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'INVALID_HORIZON' } });
    expect(runs.find(({ job }) => job === 'matchOutcomes')).toMatchObject({ status: 'done' });
    expect(onRun).toHaveBeenCalledTimes(3);
    const [row] = await store.listJobRuns({ job: 'dailyBatch' });
    expect(row).toMatchObject({ status: 'failed', owner: 'a', summary: expect.stringContaining('horizon') });
  });

  it('takes over a run whose process died, after its lease', async () => {
    const { time, scheduler, store } = house('2024-04-01T16:40:00');
    const scheduledFor = new Date('2024-04-01T16:00:00+09:00');
    await store.claimJobRun({ job: 'dailyBatch', scheduledFor, owner: 'dead', now: time.clock(), leaseMs: 600_000 });
    expect(names(await scheduler('a').runDue())).not.toContain('dailyBatch');
    time.set('2024-04-01T16:50:01');
    expect(names(await scheduler('a').runDue())).toEqual(['dailyBatch']);
  });

  it('follows the host in schedule and time zone, and leaves out what is false', async () => {
    const { scheduler } = house(
      '2024-04-02T05:30:00', // in New York it is 16:30 on April 1st
      { schedule: { dailyBatch: '15 16 * * *', retrainWeekly: false, matchOutcomes: false } },
      { market: us },
    );
    const only = scheduler('a');
    const [run, ...others] = await only.runDue();
    expect(others).toEqual([]);
    expect(run.scheduledFor).toEqual(new Date('2024-04-01T16:15:00-04:00'));
    expect(only.nextRun('dailyBatch')).toEqual(new Date('2024-04-02T16:15:00-04:00'));
    expect(only.nextRun('retrainWeekly')).toBeUndefined();
  });

  it("keeps the market's pattern of a job whose own is undefined", () => {
    const { scheduler } = house('2024-04-01T15:00:00', { schedule: { dailyBatch: undefined, matchOutcomes: false } });
    const only = scheduler('a');
    expect(only.nextRun('dailyBatch')).toEqual(new Date('2024-04-01T16:00:00+09:00'));
    expect(only.nextRun('matchOutcomes')).toBeUndefined();
  });

  it('refuses a pattern or zone that cannot be read, and a missing store', () => {
    const { store } = house('2024-04-01T16:40:00');
    const make =
      (options: object, change: TestParts = {}) =>
      () =>
        createScheduler(referenceOf({ store, ...change }), { codes: ['x'], ...options });
    expect(make({ schedule: { dailyBatch: 'whenever' } })).toThrowError(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    const mars = { market: { ...krx, timeZone: 'Mars/Olympus' } };
    expect(make({}, mars)).toThrowError(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(make({}, { store: undefined })).toThrowError(expect.objectContaining({ field: 'context.store' }));
  });

  it('watches the clock from start to stop, and stop aborts what runs', async () => {
    let entered: () => void = () => {};
    const running = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const refreshPrices = (_: readonly string[], signal?: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        entered();
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    const schedule = { retrainWeekly: false, matchOutcomes: false } as const;
    const { scheduler, store } = house('2024-04-01T16:40:00', { refreshPrices, schedule });
    const only = scheduler('a');
    only.start();
    only.start();
    await running;
    await only.stop();
    const [row] = await store.listJobRuns({ job: 'dailyBatch' });
    expect(row.status).toBe('running'); // its lease runs out, and whoever comes then takes it over
    expect(await store.listPredictions()).toEqual([]);
  });

  it('goes on watching when the store does not answer for a while', async () => {
    const inner = memoryStore();
    let down = true;
    const claimJobRun: Store['claimJobRun'] = (claim) =>
      down ? Promise.reject(new Error('down')) : inner.claimJobRun(claim);
    const warnings: string[] = [];
    let wake: () => void = () => {};
    const ran = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const logger = {
      info() {},
      warn(message: string) {
        warnings.push(message);
        down = false;
      },
    };
    const { scheduler } = house(
      '2024-04-01T16:40:00',
      { pollMs: 1, schedule: { retrainWeekly: false, matchOutcomes: false }, onRun: () => wake() },
      { store: { ...inner, models: inner.models, claimJobRun } as Store, logger },
    );
    const only = scheduler('a');
    only.start();
    await ran;
    await only.stop();
    expect(warnings).toContain('scheduler: the store does not answer');
  });

  it('takes a pollMs beyond 2^31 for a long one, not for 1 ms', async () => {
    const inner = memoryStore();
    let claims = 0;
    const claimJobRun: Store['claimJobRun'] = (...claim) => {
      claims++;
      return inner.claimJobRun(...claim);
    };
    const { scheduler } = house(
      '2024-04-01T16:40:00',
      { pollMs: 3e9, schedule: { retrainWeekly: false, matchOutcomes: false } },
      { store: { ...inner, models: inner.models, claimJobRun } as Store },
    );
    const only = scheduler('a');
    only.start();
    await expect.poll(() => claims).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await only.stop();
    expect(claims).toBe(1);
  });
});

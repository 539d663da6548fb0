import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import type { Member } from '../../src/ensemble/index.js';
import { ForecastError } from '../../src/errors.js';
import { type TracedWork, traced, tracedMethods } from '../../src/host/traced.js';
import { krx } from '../../src/markets/index.js';
import { har } from '../../src/members/index.js';
import { createScheduler, dailyBatch, predict, retrain } from '../../src/pipeline/index.js';
import { createContext } from '../../src/setup/index.js';
import { arrayPrices, seoulClock, simulateBars } from './simulated-market.js';

const NAMES = ['forecast', 'member', 'prices', 'store', 'job', 'retrain'] as const;
type Event = Record<string, unknown> & { error?: unknown; result?: unknown };

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** Listens to every channel; returns what came, in the order in which it began, and what has ended. */
function listen(names: readonly (keyof TracedWork)[] = NAMES) {
  const began: { name: string; event: Event }[] = [];
  const ended = new Set<Event>();
  for (const name of names) {
    const channel = tracingChannel<Event, Event>(`chronolight:${name}`);
    const listener = {
      start: (event: Event) => void began.push({ name, event }),
      asyncEnd: (event: Event) => void ended.add(event),
    };
    channel.subscribe(listener as never);
    ends.push(() => channel.unsubscribe(listener as never));
  }
  return { began, ended, of: (name: string) => began.filter((one) => one.name === name).map(({ event }) => event) };
}

function host(members: readonly Member[] = [har()]) {
  const { prices } = arrayPrices({ A: simulateBars(1), B: simulateBars(2) });
  const { clock } = seoulClock('2024-03-29T18:00:00');
  return createContext({ market: krx, prices, members, clock, store: memoryStore() });
}

describe('events on diagnostics_channel', () => {
  it('tell of a forecast, its prices, its members and its reads of the store, with what failed', async () => {
    const failing: Member = {
      name: 'failing',
      prior: 1,
      forecast: async () => {
        throw new ForecastError('TIMEOUT', 'too slow');
      },
    };
    const context = host([har(), failing]);
    const { began, ended, of } = listen();
    const forecast = await predict('A', context, { horizons: [1, 5] });
    expect(of('forecast')).toMatchObject([{ codes: ['A'], horizons: [1, 5], result: [{ code: 'A', forecast }] }]);
    expect(of('prices')).toMatchObject([{ code: 'A', to: '2024-03-29', limit: 400 }]);
    expect(of('member').map(({ member }) => member)).toEqual(['har', 'failing', 'naive']);
    expect(of('member')[1]).toMatchObject({ codes: ['A'], horizons: [1, 5], error: { code: 'TIMEOUT' } });
    expect(of('store').map(({ method }) => method)).toContain('getManyWeights');
    expect(began.filter(({ event }) => !ended.has(event))).toEqual([]);
  });

  it('tell of prices that cannot be had, once', async () => {
    const { of } = listen(['prices', 'forecast']);
    await expect(predict('C', host())).rejects.toMatchObject({ code: 'UNKNOWN_CODE' });
    expect(of('prices')).toMatchObject([{ code: 'C', error: { code: 'UNKNOWN_CODE' } }]);
    // the call found its answer: one instrument's failure is its result's
    expect(of('forecast')[0].error).toBeUndefined();
  });

  it('tell of a batch, of jobs with what they did, and of retraining', async () => {
    const learning: Member = { ...har(), retrain: async ({ report }) => report([]) };
    const context = host([learning]);
    const { of } = listen();
    await dailyBatch(context, { codes: ['A', 'B'], horizons: [1], chunkSize: 1 });
    expect(of('forecast').map(({ codes }) => codes)).toEqual([['A'], ['B']]);
    expect(of('store').filter(({ method }) => method === 'upsertPredictions')).toHaveLength(2);
    await retrain(context, { codes: ['A'], horizons: [1] });
    expect(of('retrain')).toMatchObject([{ member: 'har', codes: ['A'], horizons: [1] }]);
    const scheduler = createScheduler(context, { codes: ['A'], owner: 'me' });
    const runs = await scheduler.runDue();
    expect(of('job')).toMatchObject(
      runs.map(({ job, scheduledFor, summary }) => ({ job, scheduledFor, owner: 'me', result: { summary } })),
    );
    expect(runs.length).toBeGreaterThan(1);
  });

  it('keep a span around what it caused, however deep', async () => {
    const current = new AsyncLocalStorage<string>();
    const parents: [string, string | undefined][] = [];
    for (const name of ['forecast', 'prices'] as const) {
      const { start } = tracingChannel(`chronolight:${name}`);
      // a channel's type takes what is stored for what is published
      const store = current as AsyncLocalStorage<unknown>;
      start.bindStore(store, () => {
        parents.push([name, current.getStore()]);
        return name;
      });
      ends.push(() => void start.unbindStore(store));
    }
    await predict('A', host());
    expect(parents).toEqual([
      ['forecast', undefined],
      ['prices', 'forecast'],
    ]);
  });
});

describe('where nobody listens', () => {
  it('nothing is put together, and the work is what is returned', () => {
    const work = Promise.resolve(1);
    const about = () => {
      throw new Error('asked for');
    };
    expect(traced('store', about, () => work)).toBe(work);
  });

  it('a store keeps its own this, its absent methods and what it holds', async () => {
    class Own {
      #rows = 2;
      readonly kind = 'own';
      async count() {
        return this.#rows;
      }
    }
    const own = tracedMethods(Object.freeze(new Own())) as Own & { now?(): void };
    expect(await own.count()).toBe(2);
    expect([own.kind, own.now, 'now' in own, 'count' in own]).toEqual(['own', undefined, false, true]);
    expect(tracedMethods(own)).toBe(own);
    expect({ ...tracedMethods({ a: 1, async b() {} }) }).toMatchObject({ a: 1, b: expect.any(Function) });
  });
});

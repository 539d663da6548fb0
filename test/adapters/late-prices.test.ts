import { describe, expect, test } from 'vitest';
import { fanOutTo, workForecastJobs } from '../../adapters/jobs/forecast-jobs.js';
import { inProcessJobs } from '../../adapters/jobs/in-process.js';
import { memoryStore } from '../../adapters/store/memory.js';
import { createScheduler } from '../../src/pipeline/index.js';
import type { PriceSource } from '../../src/prices/price-source.js';
import { arrayPrices, fakeChronos, referenceOf, seoulClock, simulateBars } from '../pipeline/simulated-market.js';
import { settled, until } from './queue-waits.js';

describe('prices that are down or late when a tick is handed on', () => {
  const bars = Object.fromEntries(
    ['A', 'B'].map((code, i) => [code, simulateBars(i + 1, { count: 150, last: '2024-04-19' })]),
  );
  const whole = arrayPrices(bars).prices;
  const upTo = (to: string): PriceSource => ({ getBars: (code, range) => whole.getBars(code, { ...range, to }) });

  /** A worker of what a scheduler hands on at 16:00; `source` says what there is of an instrument's prices at a time. */
  function house(source: (code: string, now: Date) => PriceSource, codes: string[], batchSize = 16) {
    const time = seoulClock('2024-04-17T16:00:00');
    const prices: PriceSource = { getBars: (code, range) => source(code, time.clock()).getBars(code, range) };
    const store = memoryStore();
    const context = referenceOf({ prices, store, chronos: fakeChronos(), clock: time.clock });
    const jobs = inProcessJobs({ attempts: 2 });
    const schedule = { matchOutcomes: false, retrainWeekly: false } as const;
    const scheduler = createScheduler(context, { codes, horizons: [1], schedule, fanOut: fanOutTo(jobs) });
    const stop = new AbortController();
    const worker = { context, dailyBatch: { horizons: [1] }, retryMs: 20 };
    const working = workForecastJobs(jobs, 'daily-batch', worker, { batchSize, signal: stop.signal });
    const end = async () => {
      stop.abort();
      await working;
    };
    const forecasts = async (baseDate: string) =>
      (await store.listPredictions({ fromBaseDate: baseDate, toBaseDate: baseDate })).map(({ code }) => code);
    return { time, scheduler, jobs, forecasts, end };
  }
  const at = (instant: string) => new Date(`${instant}+09:00`);

  test.each([
    ['fail', { getBars: () => Promise.reject(new Error('ECONNREFUSED')) }],
    ['end the day before', upTo('2024-04-16')],
  ] as const)(
    'that %s until 16:20: the items wait beyond their tries, and the day has its forecasts',
    async (_, down) => {
      let asked = 0;
      const { time, scheduler, jobs, forecasts, end } = house(
        (code, now) => {
          if (code === 'A') asked++;
          return now < at('2024-04-17T16:20:00') ? down : whole;
        },
        ['A', 'B'],
      );
      await scheduler.runDue();
      await until(async () => asked > 4);
      expect(await forecasts('2024-04-17')).toEqual([]);
      expect(await jobs.count('daily-batch')).toMatchObject({ failed: 0 });
      time.set('2024-04-17T16:20:00');
      await until(() => settled(jobs, 'daily-batch'));
      expect(await jobs.count('daily-batch')).toEqual({ waiting: 0, active: 0, failed: 0 });
      expect(await forecasts('2024-04-17')).toEqual(['A', 'B']);
      await end();
    },
  );

  test('for good: they wait until the next session has closed, and no longer', async () => {
    const down = { getBars: () => Promise.reject(new Error('ECONNREFUSED')) };
    const late = upTo('2024-04-16');
    let asked = 0;
    const { time, scheduler, jobs, end } = house(
      (code) => {
        asked++;
        return code === 'A' ? down : late;
      },
      ['A', 'B'],
    );
    await scheduler.runDue();
    await until(async () => asked > 6);
    time.set('2024-04-18T15:29:00');
    const before = asked;
    await until(async () => asked > before + 6);
    time.set('2024-04-18T15:31:00');
    await until(() => settled(jobs, 'daily-batch'));
    expect(await jobs.count('daily-batch')).toEqual({ waiting: 0, active: 0, failed: 1 });
    await end();
  });

  test('of one instrument that does not trade, where another of the tick has its bar: it is not waited for', async () => {
    const { scheduler, jobs, forecasts, end } = house(
      (code) => (code === 'B' ? upTo('2024-04-16') : whole),
      ['A', 'B'],
      1,
    );
    await scheduler.runDue();
    await until(() => settled(jobs, 'daily-batch'));
    expect([await forecasts('2024-04-17'), await forecasts('2024-04-16')]).toEqual([['A'], ['B']]);
    await end();
  });
});

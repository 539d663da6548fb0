import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import {
  createScheduler,
  matchOutcomes,
  predictAndStore,
  type SchedulerOptions,
  scorecard,
  updateWeights,
} from '../../src/pipeline/index.js';
import { fromEpochDay, toEpochDay } from '../../src/series/index.js';
import type { OutcomeRecord, PredictionRecord } from '../../src/store/records.js';
import { arrayPrices, fakeChronos, referenceOf, seoulClock, simulateBars } from './simulated-market.js';

const bars = simulateBars(1, { count: 120, last: '2024-04-12' });
const daysBefore = (day: string, days: number) => fromEpochDay(toEpochDay(day) - days);

/** A store with one forecast of each day of nine hundred, matched the day after, and some that never were. */
async function house() {
  const time = seoulClock('2024-04-11T16:00:00');
  const store = memoryStore();
  const { prices } = arrayPrices({ a: bars });
  const context = referenceOf({ prices, store, chronos: fakeChronos(), clock: time.clock });
  await predictAndStore('a', context, { userTriggered: true, horizons: [1] });
  time.set('2024-04-12T17:00:00');
  await matchOutcomes('2024-04-12', context);
  const [{ prediction, outcome }] = await store.listMatched();
  const predictions: PredictionRecord[] = [];
  const outcomes: OutcomeRecord[] = [];
  for (let days = 1; days <= 900; days++) {
    const baseDate = daysBefore('2024-04-11', days);
    const targetDate = daysBefore(baseDate, -1);
    predictions.push({ ...prediction, baseDate, targetDate });
    if (days % 100 !== 0) outcomes.push({ ...outcome, baseDate, actualDate: targetDate });
  }
  // made long before the days that are kept, and met in them
  const far = { baseDate: '2022-10-03', horizon: 130 };
  predictions.push({ ...prediction, ...far, targetDate: '2023-04-20' });
  outcomes.push({ ...outcome, ...far, actualDate: '2023-04-20' });
  await store.upsertPredictions(predictions);
  await store.recordOutcomes(outcomes);
  await store.voidPredictions([
    { ...predictions[799], reason: 'no-close', voidedAt: time.clock() },
    { ...predictions[99], reason: 'no-close', voidedAt: time.clock() },
  ]);
  const weights = { code: 'a', weights: { naive: 1 }, hitRates: {}, sampleCount: 1 };
  await store.putWeights([
    { ...weights, horizon: 1, asOf: '2022-01-03' },
    { ...weights, horizon: 1, asOf: '2024-04-01' },
    { ...weights, horizon: 20, asOf: '2022-01-03' },
  ]);
  time.set('2024-04-14T06:00:00');
  const scheduler = (options: Partial<SchedulerOptions> = {}) =>
    createScheduler(context, { codes: ['a'], horizons: [1], retention: { keepDays: 400 }, ...options });
  return { store, context, time, scheduler };
}

const ONLY_PRUNING = { dailyBatch: false, matchOutcomes: false, retrainWeekly: false } as const;

describe('retention', () => {
  it('is run once a week by one of many schedulers, and says what went', async () => {
    const { scheduler, store, time } = await house();
    const four = Array.from({ length: 4 }, () => scheduler({ schedule: ONLY_PRUNING }));
    expect(four[0].nextRun('pruneWeekly')).toEqual(new Date('2024-04-21T06:00:00+09:00'));
    const before = (await store.listPredictions({ limit: 5000 })).length;
    const runs = (await Promise.all(four.map((one) => one.runDue()))).flat();
    expect(runs).toHaveLength(1);
    const [run] = await store.listJobRuns({ job: 'pruneWeekly' });
    const left = (await store.listPredictions({ limit: 5000 })).length;
    expect(run).toMatchObject({ status: 'done', figures: { predictions: before - left, weights: 1, jobRuns: 0 } });
    expect(run.figures!.outcomes).toBeGreaterThan(300);
    expect(run.summary).toContain('before 2022-10-03');
    expect(await four[1].runDue()).toEqual([]);
    time.set('2024-04-21T06:00:00');
    expect(await four[1].runDue()).toHaveLength(1);
  });

  it('leaves what learning, the scorecard and open forecasts need, and the newest weights of each horizon', async () => {
    const { scheduler, store, context } = await house();
    const card = await scorecard(context);
    const learned = await updateWeights(context);
    const due = await store.listPredictions({ state: 'due', limit: 5000 });
    await scheduler({ schedule: ONLY_PRUNING }).runDue();
    expect(await scorecard(context)).toEqual(card);
    expect(await updateWeights(context)).toEqual(learned);
    expect(await store.listPredictions({ state: 'due', limit: 5000 })).toEqual(due);
    expect(due.map(({ baseDate }) => baseDate)).toContain(daysBefore('2024-04-11', 900));
    expect(await store.getWeights('a', 20)).toMatchObject({ asOf: '2022-01-03' });
    expect(await store.getPrediction({ code: 'a', baseDate: '2022-10-03', horizon: 130 })).toBeDefined();
    expect(await store.listOutcomes({ toBaseDate: '2022-10-02' })).toEqual([]);
    expect(await store.listPredictions({ state: 'void' })).toHaveLength(1);
  });

  it('leaves what a longer learning reads, and is refused where it keeps less than that', async () => {
    const { scheduler, store, context } = await house();
    const learned = await updateWeights(context, { windowDays: 500 });
    const retention = { keepDays: 500 };
    await scheduler({ schedule: ONLY_PRUNING, learningDays: 500, retention }).runDue();
    expect(await updateWeights(context, { windowDays: 500 })).toEqual(learned);
    expect((await store.listJobRuns({ job: 'pruneWeekly' }))[0].figures!.outcomes).toBeGreaterThan(200);
    const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'retention.keepDays' });
    expect(() => scheduler({ learningDays: 501, retention })).toThrow(refused);
  });

  it('keeps what was matched where asked to', async () => {
    const { scheduler, store } = await house();
    const retention = { keepDays: 400, keepMatched: true };
    await scheduler({ schedule: ONLY_PRUNING, retention }).runDue();
    const [run] = await store.listJobRuns({ job: 'pruneWeekly' });
    expect(run.figures).toEqual({ predictions: 1, outcomes: 0, weights: 1, performance: 0, jobRuns: 0 });
  });

  it('deletes nothing under a clock that is ahead, and says so', async () => {
    const { scheduler, store, time } = await house();
    const before = await store.listPredictions({ limit: 5000 });
    time.set('2027-04-18T06:30:00');
    const [run] = await scheduler({ schedule: ONLY_PRUNING }).runDue();
    expect(run).toMatchObject({ status: 'failed', error: { code: 'INVALID_DATE', field: 'today' } });
    expect(await store.listPredictions({ limit: 5000 })).toEqual(before);
  });

  it('never forgets that the newest tick of a job was done', async () => {
    const { scheduler, store, time } = await house();
    const onLeapDays = { ...ONLY_PRUNING, retrainWeekly: '0 0 29 2 *' };
    const names = async () => (await scheduler({ schedule: onLeapDays }).runDue()).map(({ job }) => job);
    expect(await names()).toEqual(['retrainWeekly', 'pruneWeekly']);
    const [row] = await store.listPredictions({ fromBaseDate: '2024-04-11' });
    await store.upsertPredictions([{ ...row, baseDate: '2026-02-26', targetDate: '2026-02-27' }]);
    time.set('2026-03-01T06:00:00');
    expect(await names()).toEqual(['pruneWeekly']);
    expect(await store.listJobRuns({ job: 'pruneWeekly' })).toHaveLength(2);
    expect(await store.listJobRuns({ job: 'retrainWeekly' })).toHaveLength(1);
    expect(await names()).toEqual([]);
  });

  it('is not run unless asked for, and an undefined time leaves the usual one', async () => {
    const { scheduler } = await house();
    expect(scheduler({ retention: undefined }).nextRun('pruneWeekly')).toBeUndefined();
    expect(scheduler({ schedule: { pruneWeekly: false } }).nextRun('pruneWeekly')).toBeUndefined();
    const usual = scheduler({ schedule: { pruneWeekly: undefined, dailyBatch: undefined } });
    expect(usual.nextRun('pruneWeekly')).toEqual(new Date('2024-04-21T06:00:00+09:00'));
    expect(usual.nextRun('dailyBatch')).toEqual(new Date('2024-04-15T16:00:00+09:00'));
  });

  it.each([
    [{ retention: { keepDays: 364 } }, 'retention.keepDays'],
    [{ retention: { keepDays: 400.5 } }, 'retention.keepDays'],
    [{ retention: { keepDays: Number.POSITIVE_INFINITY } }, 'retention.keepDays'],
    [{ retention: {} }, 'retention.keepDays'],
    [{ retention: 400 }, 'retention'],
    [{ retention: null }, 'retention'],
    [{ retention: { keepDays: 400, keepMatched: 'yes' } }, 'retention.keepMatched'],
    [{ retention: { keepDays: 400, keepModels: 3 } }, 'keepModels'],
    [{ retention: undefined, schedule: { pruneWeekly: '0 6 * * 0' } }, 'retention'],
  ])('refuses %j', async (options, field) => {
    const { scheduler } = await house();
    expect(() => scheduler(options as never)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field }));
  });
});

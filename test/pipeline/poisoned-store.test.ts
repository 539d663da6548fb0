import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { sqliteStore } from '../../adapters/store/sqlite.js';
import { createScheduler, dailyBatch, predict } from '../../src/pipeline/index.js';
import { arrayPrices, fakeChronos, pooledOf, referenceOf, seoulClock, simulateBars } from './simulated-market.js';

const bars = { a: simulateBars(1), b: simulateBars(2) };

describe('a row of weights that cannot be read back', () => {
  async function house() {
    const database = new Database(':memory:');
    const store = await sqliteStore({ database });
    const warned: string[] = [];
    const logger = { info() {}, warn: (message: string) => void warned.push(message) };
    const { clock } = seoulClock('2024-03-29T17:00:00');
    const context = referenceOf({ prices: arrayPrices(bars).prices, store, chronos: fakeChronos(), clock, logger });
    const row = { horizon: 1, hitRates: {}, sampleCount: 9 };
    const weights = (naive: number) => ({ chronos: 1 - naive, lgbm: 0, naive });
    await store.putWeights([
      { ...row, code: 'a', asOf: '2024-03-26', weights: weights(0.25) },
      { ...row, code: 'a', asOf: '2024-03-27', weights: weights(0.5) },
      { ...row, code: 'a', asOf: '2024-03-28', weights: weights(0.75) },
      { ...row, code: 'b', asOf: '2024-03-28', weights: weights(0.75) },
    ]);
    const damage = (where: string) =>
      database.exec(`UPDATE ensemble_weights SET weights = '{"chronos": -3}' WHERE ${where}`);
    return { store, context, damage, warned };
  }

  it('is left out and named by its key: the newest that can be read counts', async () => {
    const { context, damage, warned } = await house();
    damage("code = 'a' AND as_of >= '2024-03-27'");
    const { steps, warnings } = await predict('a', context, { horizons: [1] });
    expect(steps[0].weights.naive).toBe(0.25);
    expect(warnings).toMatchObject([{ kind: 'weights', message: expect.stringContaining('those of 2024-03-26') }]);
    expect(warnings[0].message).toContain('2024-03-28');
    expect(warned).toHaveLength(1);
    const other = await predict('b', context, { horizons: [1] });
    expect([other.steps[0].weights.naive, other.warnings]).toEqual([0.75, []]);
  });

  it('leaves the priors where none can be read, and takes no instrument of a batch along', async () => {
    const { context, damage, store } = await house();
    damage("code = 'a'");
    const { warnings, steps } = await predict('a', context, { horizons: [1] });
    expect(steps[0].weights.naive).toBe(0);
    expect(warnings).toMatchObject([{ kind: 'weights', message: expect.stringContaining('the priors') }]);
    const { stored, failures } = await dailyBatch(context, { codes: ['a', 'b'], horizons: [1] });
    expect([stored, failures]).toEqual([['a', 'b'], []]);
    expect(await store.listPredictions()).toHaveLength(2);
  });
});

describe('models that a clock ahead has dated', () => {
  it('are trained anew at the next retrain: a future trainedAt is not the mark of a run that was cut off', async () => {
    const time = seoulClock('2024-03-31T02:00:00');
    const store = memoryStore();
    const training = { trainingBars: 300, params: { num_iterations: 5 } };
    const parts = { prices: arrayPrices(bars).prices, store, clock: time.clock, lgbm: training };
    const schedule = { dailyBatch: false, matchOutcomes: false } as const;
    const options = { codes: ['a', 'b'], horizons: [1], schedule };
    const retrainAt = async (instant: string) => {
      time.set(instant);
      const [run] = await createScheduler(pooledOf(parts), options).runDue();
      return run?.figures;
    };
    const published = { published: 2, kept: 0, resumed: 0, failed: 0 };
    expect(await retrainAt('2026-03-29T02:00:00')).toEqual(published);
    const again = { ...published, judged: 1, refused: 0 };
    expect(await retrainAt('2024-03-31T02:00:00')).toEqual(again);
    expect(await retrainAt('2024-04-07T02:00:00')).toEqual(again);
    const meta = (await store.models.getMeta('_pooled_h1_scale')) as { trainedAt: string };
    expect(meta.trainedAt).toBe('2024-04-06T17:00:00.000Z');
  });
});

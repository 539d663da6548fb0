import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { dailyBatch, matchOutcomes, predict, updateWeights } from '../../src/pipeline/index.js';
import { arrayPrices, fakeChronos, referenceOf, seoulClock, simulateBars } from './simulated-market.js';

/** Sixty days of forecasts by a Chronos that is always 2 % too high, matched day by day. */
async function sixtyDays() {
  const codes = ['a', 'b', 'c'];
  const bars = Object.fromEntries(codes.map((code, i) => [code, simulateBars(i + 1, { count: 260 })]));
  const time = seoulClock('2024-01-01T16:00:00');
  const store = memoryStore();
  const parts = { prices: arrayPrices(bars).prices, store, chronos: fakeChronos({ drift: 0.02 }), clock: time.clock };
  const context = referenceOf(parts);
  for (const { date } of bars.a.slice(-60)) {
    time.set(`${date}T16:00:00`);
    await dailyBatch(context, { codes, horizons: [1, 3] });
    await matchOutcomes(date, context);
  }
  return { store, parts, context, codes, time };
}

describe('updateWeights', () => {
  it('turns from a biased Chronos to the random walk, for every instrument of the horizon', async () => {
    const { store, context, codes } = await sixtyDays();
    const rows = await updateWeights(context);
    expect(rows.map(({ code, horizon }) => `${code}${horizon}`).sort()).toEqual(['a1', 'a3', 'b1', 'b3', 'c1', 'c3']);
    for (const row of rows) {
      expect(row.weights.naive).toBeGreaterThan(row.weights.chronos);
      expect(row.weights.chronos + row.weights.lgbm + row.weights.naive).toBeCloseTo(1, 12);
      expect(row.sampleCount).toBe(60 - row.horizon);
      expect(row.asOf).toBe('2024-03-29');
      expect(row.hitRates.lgbm).toBeUndefined();
      expect(row.calibration!.low).toBeCloseTo(row.calibration!.high, 12);
    }
    const outcomes = await store.listOutcomes({ code: 'b', horizon: 1 });
    const hits = outcomes.filter(({ members }) => members.chronos?.directionHit).length;
    const b1 = rows.find(({ code, horizon }) => code === 'b' && horizon === 1);
    expect(b1?.hitRates.chronos).toBeCloseTo(hits / outcomes.length, 12);
    expect(b1?.hitRates.ensemble).toBeDefined();
    const { steps } = await predict(codes[0], context, { horizons: [1] });
    expect(steps[0].weights.naive).toBeGreaterThan(0.3);
    expect(steps[0].calibration).toEqual(rows.find(({ code, horizon }) => code === 'a' && horizon === 1)?.calibration);
  });

  it('learns the same from the same outcomes, and nothing from none', async () => {
    const { context, parts } = await sixtyDays();
    expect(await updateWeights(context)).toEqual(await updateWeights(context));
    expect(await updateWeights(referenceOf({ ...parts, store: memoryStore() }))).toEqual([]);
  });

  it('learns the raw interval again after calibration was in force', async () => {
    const { store, context, codes, time } = await sixtyDays();
    const [first] = await updateWeights(context);
    time.set('2024-03-29T17:00:00');
    await dailyBatch(context, { codes, horizons: [1, 3] });
    const [row] = await store.listPredictions({ code: first.code, horizon: first.horizon, fromBaseDate: '2024-03-29' });
    expect(row.calibration).toEqual(first.calibration);
    expect(await updateWeights(context)).toContainEqual(first);
  });
});

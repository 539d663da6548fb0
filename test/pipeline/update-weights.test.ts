import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { dailyBatch, matchOutcomes, predict, updateWeights } from '../../src/pipeline/index.js';
import type { Bar } from '../../src/series/index.js';
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

/** What an odd instrument's price may do. */
const ODD = {
  'a money-market fund': (bars: Bar[]) => bars.map((bar, i) => flat(bar, 100_000 * 1.0001 ** i)),
  'a fund with a blip': (bars: Bar[]) =>
    bars.map((bar, i) => flat(bar, 100_000 * 1.00005 ** i + (i % 7 === 0 ? 3 : 0))),
  'a frozen price': (bars: Bar[]) => bars.map((bar, i) => flat(bar, i < 150 ? bar.close : 5_000)),
  'a wild coin': (bars: Bar[]) => bars.map((bar, i) => flat(bar, 10 * (bar.close / 50_000) ** 12 * (i % 2 ? 1.3 : 1))),
  'one that jumps each week': (bars: Bar[]) => bars.map((bar, i) => flat(bar, bar.close * (i % 5 === 0 ? 2 : 1))),
};

function flat(bar: Bar, close: number): Bar {
  return { ...bar, open: close, high: close, low: close, close };
}

/** The weights learned from twenty-five days of twenty stocks, and what else is watched. */
async function weightsOf(seed: number, others: Record<string, Bar[]>) {
  const stocks = Array.from({ length: 20 }, (_, i) => [`s${i}`, simulateBars(100 * seed + i, { count: 160 })] as const);
  const bars = { ...Object.fromEntries(stocks), ...others };
  const codes = Object.keys(bars);
  const time = seoulClock('2024-01-01T16:00:00');
  const chronos = fakeChronos({ drift: 0.002 });
  const parts = { prices: arrayPrices(bars).prices, store: memoryStore(), chronos, clock: time.clock };
  const context = referenceOf(parts);
  for (const { date } of bars.s0.slice(-25)) {
    time.set(`${date}T16:00:00`);
    await dailyBatch(context, { codes, horizons: [1] });
    await matchOutcomes(date, context);
  }
  const rows = await updateWeights(context);
  return rows.find(({ code }) => code === 's0')!.weights;
}

describe('one odd instrument among twenty', () => {
  const alone = new Map<number, ReturnType<typeof weightsOf>>();

  it.each(Object.keys(ODD) as (keyof typeof ODD)[])('%s moves no weight by more than its share', async (kind) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1000 }), async (seed) => {
        if (!alone.has(seed)) alone.set(seed, weightsOf(seed, {}));
        const usual = await alone.get(seed)!;
        const beside = await weightsOf(seed, { odd: ODD[kind](simulateBars(seed, { count: 160 })) });
        for (const name of Object.keys(usual)) expect(Math.abs(beside[name] - usual[name])).toBeLessThan(1 / 21);
      }),
      { numRuns: 1, seed: 11 },
    );
  });
});

describe('forecasts issued before the open', () => {
  it('are learned from as what was issued at the close, and left out without it', async () => {
    const plain = await sixtyDays();
    const expected = await updateWeights(plain.context);
    const store = memoryStore();
    const rows = await plain.store.listPredictions();
    await store.upsertPredictions(rows);
    // Anew before the open: other numbers on the same keys; and a row that was never issued at the close.
    const anew = rows.map((row) => ({ ...row, issue: 'open' as const, members: { naive: row.members.naive } }));
    await store.upsertPredictions(anew);
    await store.upsertPredictions([{ ...anew[0], code: 'only-open' }]);
    const outcomes = await plain.store.listOutcomes();
    const lost = ({ directionHit, absError, covered, members }: (typeof outcomes)[number]) => {
      return { directionHit, absError, covered, members };
    };
    await store.recordOutcomes(
      [...outcomes, { ...outcomes[0], code: 'only-open' }].map((outcome) => ({
        ...outcome,
        ...(outcome.code === 'only-open' ? {} : { earlier: lost(outcome) }),
        directionHit: !outcome.directionHit,
      })),
    );
    expect(await updateWeights(referenceOf({ ...plain.parts, store }))).toEqual(expected);
  });
});

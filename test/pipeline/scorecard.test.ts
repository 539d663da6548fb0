import { expect, it, describe as suite } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { krx } from '../../src/markets/index.js';
import { har } from '../../src/members/index.js';
import { backtest, scorecard } from '../../src/pipeline/index.js';
import { wilsonInterval } from '../../src/scoring/wilson-interval.js';
import { createContext } from '../../src/setup/index.js';
import type { Store } from '../../src/store/store.js';
import { arrayPrices, seoulClock, simulateBars } from './simulated-market.js';

const codes = ['005930', '000660'];
const { prices } = arrayPrices({ '005930': simulateBars(1), '000660': simulateBars(2) });

function contextOf(store: Store | undefined, today = '2024-03-29T18:00:00') {
  return createContext({ market: krx, prices, store, members: [har()], clock: seoulClock(today).clock });
}

/** A store with the forecasts of a quarter and their outcomes. */
async function lived() {
  const store = memoryStore();
  await backtest(contextOf(store), {
    codes,
    from: '2023-12-01',
    to: '2024-03-29',
    horizons: [1, 5],
    retrainEvery: false,
  });
  return store;
}
const store = await lived();
const context = contextOf(store);

suite('scorecard', () => {
  it('counts what was issued, matched and still waits, and adds up', async () => {
    const card = await scorecard(context, { from: '2023-12-01', to: '2024-03-29' });
    const outcomes = await store.listOutcomes({ limit: 10_000 });
    const predictions = await store.listPredictions({ limit: 10_000 });
    expect(card.issued).toBe(predictions.length);
    expect(card.matched).toBe(outcomes.length);
    expect(card.matched + card.waiting + card.overdue + Object.values(card.void).reduce((a, b) => a + b)).toBe(
      card.issued,
    );
    expect(card).toMatchObject({ unreadable: 0, newestClose: '2024-03-29', lastBaseDate: '2024-03-29' });
    expect(card.horizons.map(({ horizon }) => horizon)).toEqual([1, 5]);
    // One forecast of each instrument waits for the next day, five for the next five.
    expect(card.waiting).toBe(2 * (1 + 5));
  });

  it('states coverage, hits and weights as the stored rows have them, with n and interval', async () => {
    const card = await scorecard(context, { from: '2023-12-01', to: '2024-03-29', horizons: [1] });
    const [one] = card.horizons;
    const outcomes = await store.listOutcomes({ horizon: 1, limit: 10_000 });
    const share = (holds: (row: (typeof outcomes)[number]) => boolean) =>
      outcomes.filter(holds).length / outcomes.length;
    expect(one.coverage.overall).toMatchObject({ estimate: share(({ covered }) => covered), count: outcomes.length });
    expect(one.direction!.hitRate.estimate).toBe(share(({ directionHit }) => directionHit));
    const { calm, middle, wild, lately } = one.coverage;
    expect(calm!.count + middle!.count + wild!.count).toBe(outcomes.length);
    expect(lately).toMatchObject({ dates: 20, count: 40 });
    expect(one.calibration.up.reduce((sum, { count }) => sum + count, 0)).toBe(outcomes.length);
    const members = Object.fromEntries(one.members.map(({ member, weight }) => [member, weight]));
    expect(members['har']).toEqual({ mean: 1, least: 1, largest: 1, count: one.issued });
    expect(one.members.find(({ member }) => member === 'naive')!.skill).toBeUndefined();
  });

  it('never states a share without count and interval, nor a skill without its interval', async () => {
    for (const from of ['2024-03-20', '2024-01-02', '2023-12-01']) {
      const card = await scorecard(context, { from, to: '2024-03-29' });
      const visit = (value: unknown): void => {
        if (typeof value !== 'object' || value === null) return;
        if ('estimate' in value) {
          const { estimate, low, high, count, dates } = value as Record<string, number>;
          expect(low).toBeLessThanOrEqual(estimate);
          expect(high).toBeGreaterThanOrEqual(estimate);
          // only forecasts that are the yardstick's own differ from it by nothing at all
          if (estimate !== 0) expect(low).toBeLessThan(high);
          expect(count).toBeGreaterThanOrEqual(dates);
          expect(dates).toBeGreaterThan(0);
        }
        if ('mean' in value) expect((value as unknown as { count: number }).count).toBeGreaterThan(0);
        Object.values(value).forEach(visit);
      };
      visit(card);
      const days = card.horizons[0].skill!.pinball.dates;
      expect(card.horizons[0].skill!.pinball.verdict === 'too few days').toBe(days < 40);
      expect(JSON.stringify(card)).not.toMatch(/null|NaN/);
    }
  });

  it('leaves a bucket of fewer than 20 rows without a share', async () => {
    const card = await scorecard(context, { from: '2023-12-01', to: '2024-03-29' });
    for (const { calibration } of card.horizons) {
      for (const bucket of Object.values(calibration).flat()) {
        expect(bucket.came !== undefined).toBe(bucket.count >= 20);
        expect(bucket.forecast !== undefined).toBe(bucket.count >= 20);
        if (bucket.forecast !== undefined) expect(bucket.forecast).toBeGreaterThanOrEqual(bucket.from);
      }
    }
  });

  it('says what is new since last week', async () => {
    const { sinceLastWeek } = await scorecard(context, { from: '2023-12-01', to: '2024-03-29' });
    // 22 March 2024 was a Friday: five sessions of two instruments and two horizons followed.
    expect(sinceLastWeek).toMatchObject({ since: '2024-03-22', issued: 20, matched: 20, void: 0 });
    expect(sinceLastWeek.horizons[0].coverage).toMatchObject({ count: 10, dates: 5 });
    expect(sinceLastWeek.horizons[0].weights).toContainEqual({
      member: 'har',
      before: { mean: 1, count: 10 },
      now: { mean: 1, count: 10 },
    });
  });

  it('an earlier window looks the same before and after later outcomes, forecasts and voids', async () => {
    for (const to of ['2024-01-15', '2024-02-01', '2024-02-29']) {
      const then = memoryStore();
      const early = contextOf(then, `${to}T18:00:00`);
      await backtest(early, { codes, from: '2023-12-01', to, horizons: [1, 5], retrainEvery: false });
      const options = { from: '2023-12-01', to };
      expect(await scorecard(context, options)).toEqual(await scorecard(early, options));
      const waiting = await then.listPredictions({ state: 'due' });
      await then.voidPredictions(
        waiting.map(({ code, baseDate, horizon }) => ({
          ...{ code, baseDate, horizon, reason: 'no-close' as const },
          voidedAt: new Date('2024-05-01T00:00:00Z'),
        })),
      );
      expect(await scorecard(context, options)).toEqual(await scorecard(early, options));
      const later = await scorecard(early, { ...options, to: '2024-05-02' });
      expect(later.void['no-close']).toBe(waiting.length);
    }
  });

  it('an empty store has an empty card', async () => {
    const card = await scorecard(contextOf(memoryStore()), {});
    expect(card).toMatchObject({ from: '2023-03-30', to: '2024-03-29', issued: 0, matched: 0, horizons: [] });
    expect(card.newestClose).toBeUndefined();
  });

  it('counts rows that cannot be read back', async () => {
    const { ForecastError } = await import('../../src/errors.js');
    const spoiled: Store = {
      ...store,
      async listPredictions(query = {}) {
        const rows = await store.listPredictions(query);
        const lost = rows.filter(
          ({ code, baseDate, horizon }) => `${code} ${baseDate} ${horizon}` === '005930 2024-01-02 1',
        );
        for (const _ of lost)
          query.onCorruptRow?.(new ForecastError('CORRUPT_ROW', 'spoiled', { actual: '005930 2024-01-02 1' }));
        return rows.filter((row) => !lost.includes(row));
      },
    };
    expect((await scorecard(contextOf(spoiled), { from: '2023-12-01' })).unreadable).toBe(1);
  });

  it('refuses what it cannot answer', async () => {
    await expect(scorecard(contextOf(undefined))).rejects.toMatchObject({ field: 'context.store' });
    await expect(scorecard(context, { from: '2024-02-30' })).rejects.toMatchObject({
      code: 'INVALID_DATE',
      field: 'from',
    });
    await expect(scorecard(context, { from: '2024-03-02', to: '2024-03-01' })).rejects.toMatchObject({ field: 'from' });
    await expect(scorecard(context, { code: ['x'] } as never)).rejects.toMatchObject({ field: 'code' });
    await expect(scorecard(context, { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
  });
});

suite('wilsonInterval', () => {
  it('is the published one', () => {
    // Newcombe 1998, Statistics in Medicine 17, table I: 81 of 263 and 15 of 148, method 3
    expect(wilsonInterval(81 / 263, 263)).toMatchObject({
      low: expect.closeTo(0.2553, 4),
      high: expect.closeTo(0.3662, 4),
    });
    expect(wilsonInterval(15 / 148, 148)).toMatchObject({
      low: expect.closeTo(0.0624, 4),
      high: expect.closeTo(0.1605, 4),
    });
    expect(wilsonInterval(0, 20)).toMatchObject({ low: 0, high: expect.closeTo(0.1611, 4) });
    expect(() => wilsonInterval(0.5, 0)).toThrow(/count must be a number > 0/);
  });
});

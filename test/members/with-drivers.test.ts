import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import type { Member } from '../../src/ensemble/index.js';
import { ForecastError } from '../../src/errors.js';
import { defineMarket, krx, us } from '../../src/markets/index.js';
import { type Driver, har, randomWalk, withDrivers } from '../../src/members/index.js';
import {
  backtest,
  createScheduler,
  dailyBatch,
  openingBatch,
  predict,
  predictAndStore,
  retrain,
} from '../../src/pipeline/index.js';
import { addTradingDays, type Bar } from '../../src/series/index.js';
import { createContext } from '../../src/setup/index.js';
import { createRandom } from '../../src/stats/index.js';
import { arrayPrices, seoulClock } from '../pipeline/simulated-market.js';

const SLOPE = 0.8;

/** New York's bars, and Seoul's that follow each session that ended before their open by SLOPE of its log return, with noise. */
function twoMarkets({ days = 420, noise = 0.004, seed = 1, last = '2024-03-29' } = {}) {
  const random = createRandom(seed);
  const newYork: Bar[] = [];
  const moves = new Map<string, number>();
  let price = 400;
  for (let date = addTradingDays(last, 1 - days - 80, us.calendar); date <= '2024-04-05'; ) {
    const move = 0.012 * random.normal();
    price *= Math.exp(move);
    newYork.push(barOf(date, price));
    moves.set(date, move);
    date = addTradingDays(date, 1, us.calendar);
  }
  const seoul: Bar[] = [];
  let close = 50_000;
  let before = '';
  for (let date = addTradingDays(last, 1 - days, krx.calendar); date <= last; ) {
    let driven = 0;
    // A session of New York ends the next morning in Seoul: those dated from the bar before up to the day before this one.
    if (before !== '') for (const [day, move] of moves) if (day >= before && day < date) driven += SLOPE * move;
    close *= Math.exp(driven + noise * random.normal());
    seoul.push(barOf(date, close));
    before = date;
    date = addTradingDays(date, 1, krx.calendar);
  }
  return { newYork, seoul };
}

function barOf(date: string, close: number): Bar {
  return { date, open: close, high: close * 1.002, low: close * 0.998, close, volume: 1e6 };
}

const plain = (): Member => ({ ...randomWalk({ name: 'walk', prior: 1 }) });

function house(
  { newYork, seoul }: ReturnType<typeof twoMarkets>,
  change: Partial<Driver> = {},
  start = '2024-03-30T08:30:00',
) {
  const store = memoryStore();
  const time = seoulClock(start);
  const driver: Driver = { code: 'IVV', prices: arrayPrices({ IVV: newYork }).prices, market: us, ...change };
  const contextWith = (drivers: readonly Driver[]) =>
    createContext({
      market: krx,
      prices: arrayPrices({ a: seoul }).prices,
      store,
      clock: time.clock,
      members: [withDrivers(plain(), { drivers })],
    });
  return { store, time, driver, contextWith, context: contextWith([driver]) };
}

const world = twoMarkets();
const codes = ['a'];

describe('withDrivers', () => {
  it('learns how far an instrument follows another market, and moves and narrows its forecast by that', async () => {
    const { context, time, store } = house(world, {}, '2024-03-29T15:30:00');
    const { items } = await retrain(context, { codes, horizons: [1] });
    expect(items.map(({ status }) => status)).toEqual(['published']);
    expect(items[0].lossRatios!.drivers).toBeLessThan(0.7);
    expect(await store.models.list()).toEqual(['_walk__pooled_h1_drivers', '_walk_a_h1_drv']);
    // 2024-03-29 is Good Friday: New York is closed, and Thursday's session ended before Seoul's Friday.
    time.set('2024-04-01T08:30:00');
    const monday = await predict('a', context, { horizons: [1] });
    expect(monday.steps[0].members.walk.notes).toEqual(['IVV left out: no session since the close']);
    const cut = { newYork: world.newYork, seoul: world.seoul.filter(({ date }) => date <= '2024-03-27') };
    const earlier = house(cut, {}, '2024-03-28T08:30:00');
    await retrain(earlier.context, { codes, horizons: [1] });
    const [moved] = (await predict('a', earlier.context, { horizons: [1] })).steps;
    earlier.time.set('2024-03-27T15:30:00');
    const [before] = (await predict('a', earlier.context, { horizons: [1] })).steps;
    expect(before.members.walk.notes).toBeUndefined();
    const closes = new Map(world.newYork.map(({ date, close }) => [date, close]));
    const move = Math.log(closes.get('2024-03-27')! / closes.get('2024-03-26')!);
    // Drawn to zero by the pool's and the instrument's priors, so a little less than what the bars were made with.
    const shift = Math.log(moved.members.walk.pointClose / before.members.walk.pointClose);
    expect(shift / move).toBeGreaterThan(0.3 * SLOPE);
    expect(shift / move).toBeLessThan(1.2 * SLOPE);
    const width = ({ ciLow, ciHigh }: typeof moved) => Math.log(ciHigh / ciLow);
    expect(width(moved)).toBeLessThan(0.8 * width(before));
    expect(moved.members.walk.notes).toEqual([
      expect.stringMatching(/^IVV [+-]\d\.\d+ %: point moved by [+-]\d\.\d+ %$/),
    ]);
  });

  it('looks at no session that ends after the clock or after the open, whatever the zones and hours', async () => {
    const zones = ['America/New_York', 'Europe/London', 'Asia/Tokyo', 'Australia/Sydney', 'Pacific/Auckland', 'UTC'];
    const time = (minutes: number) =>
      `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
    const { context, store } = house(world, {}, '2024-03-29T15:30:00');
    await retrain(context, { codes, horizons: [1] });
    const [effect, pooled] = await Promise.all(
      ['_walk_a_h1_drv', '_walk__pooled_h1_drivers'].map((key) => store.models.get(key)),
    );
    let counted = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 30, max: 430 }),
        fc.integer({ min: 0, max: 80 }),
        fc.integer({ min: 0, max: 5 }),
        async (timeZone, opens, length, halfHours, shiftDays) => {
          const market = defineMarket({
            ...us,
            timeZone,
            opensAt: time(opens),
            closesAt: time(Math.min(1439, opens + length)),
            specialHours: {},
          });
          const base = addTradingDays('2024-03-21', shiftDays, krx.calendar);
          const seoul = world.seoul.filter(({ date }) => date <= base);
          const now = new Date(new Date(`${base}T15:30:00+09:00`).getTime() + halfHours * 1_800_000);
          const opensNext = new Date(`${addTradingDays(base, 1, krx.calendar)}T09:00:00+09:00`);
          const limit = Math.min(now.getTime(), opensNext.getTime() - 1);
          const said = async (newYork: Bar[]) => {
            const one = house({ newYork, seoul }, { market });
            await one.store.models.put('_walk_a_h1_drv', effect!);
            await one.store.models.put('_walk__pooled_h1_drivers', pooled!);
            const clocked = await predict('a', one.context, { horizons: [1], clock: () => now });
            return clocked.steps[0].members.walk.quantiles;
          };
          // The instants of the closes, by another road than the library's: the offset that the zone's name for the day shows.
          const closedAt = (date: string) => instantIn(timeZone, `${date}T${market.closesAt}:00`);
          const [well, far] = [-5, 5].map((days) => addTradingDays(base, days, us.calendar));
          const isLater = (date: string) => date > far || (date >= well && closedAt(date) > limit);
          const later = world.newYork.map((bar) => (isLater(bar.date) ? barOf(bar.date, 7 * bar.close) : bar));
          const usual = await said(world.newYork);
          expect(await said(later)).toEqual(usual);
          const isBetween = (date: string) =>
            date >= well && !isLater(date) && closedAt(date) > Date.parse(`${base}T15:30:00+09:00`);
          const between = world.newYork.map((bar) => (isBetween(bar.date) ? barOf(bar.date, 7 * bar.close) : bar));
          if (world.newYork.some(({ date }) => isBetween(date))) {
            counted++;
            expect(await said(between)).not.toEqual(usual);
          }
        },
      ),
      { numRuns: 8, seed: 3 },
    );
    expect(counted).toBeGreaterThan(1);
  });

  it('learns from no session that ends after its day is over, nor from bars after the clock', async () => {
    const cut = '2024-02-15';
    const texts = [];
    for (const factor of [1, 5]) {
      const change = (bars: Bar[], from: string) =>
        bars.map((bar) => (bar.date > from ? barOf(bar.date, factor * bar.close) : bar));
      const { context, store } = house(
        { newYork: change(world.newYork, '2024-02-13'), seoul: change(world.seoul, cut) },
        {},
        `${cut}T15:30:00`,
      );
      // Seoul's 15th ends before New York's: only sessions up to the 14th have ended, and that of the 14th is the last a known outcome saw.
      await retrain(context, { codes, horizons: [1] });
      texts.push(await store.models.get('_walk_a_h1_drv'));
    }
    expect(texts[0]).not.toBe(texts[1]);
    const { context, store } = house(
      {
        newYork: world.newYork.map((bar) => (bar.date > '2024-02-14' ? barOf(bar.date, 5 * bar.close) : bar)),
        seoul: world.seoul.map((bar) => (bar.date > cut ? barOf(bar.date, 5 * bar.close) : bar)),
      },
      {},
      `${cut}T15:30:00`,
    );
    await retrain(context, { codes, horizons: [1] });
    expect(await store.models.get('_walk_a_h1_drv')).toBe(texts[0]);
  });

  it.each([
    ['stale', (bars: Bar[]) => bars.filter(({ date }) => date < '2024-03-26'), /IVV left out: no bar of 2024-03-26/],
    ['missing', () => [], /IVV left out: .*EMPTY|IVV left out: .*bar/i],
    ['in the future', (bars: Bar[]) => [...bars, barOf('2030-01-02', 500)], /IVV left out: .*2030-01-02/],
    [
      'constant',
      (bars: Bar[]) => bars.filter(({ date }) => date < '2024-03-28').map(({ date }) => barOf(date, 400)),
      /IVV left out: has not moved in 20 sessions/,
    ],
  ])('goes on without a driver that is %s, and says so', async (_, change, note) => {
    const seoul = world.seoul.filter(({ date }) => date <= '2024-03-27');
    const trained = house({ ...world, seoul }, {}, '2024-03-28T08:30:00');
    await retrain(trained.context, { codes, horizons: [1] });
    // A source that hands over whatever it has, without regard to the range.
    const faulty = { getBars: async () => change(world.newYork) };
    const context = trained.contextWith([{ ...trained.driver, prices: faulty }]);
    const { steps, failures } = await predict('a', context, { horizons: [1] });
    expect(failures).toEqual([]);
    expect(steps[0].members.walk.notes).toEqual([expect.stringMatching(note)]);
    const without = createContext({
      market: krx,
      prices: arrayPrices({ a: seoul }).prices,
      clock: trained.time.clock,
      members: [plain()],
    });
    const alone = await predict('a', without, { horizons: [1] });
    expect(steps[0].members.walk.quantiles).toEqual(alone.steps[0].members.walk.quantiles);
  });

  it('goes on without a source that fails or hangs, and counts a driver named twice once', async () => {
    const seoul = world.seoul.filter(({ date }) => date <= '2024-03-27');
    const { context, contextWith, driver } = house({ ...world, seoul }, {}, '2024-03-28T08:30:00');
    await retrain(context, { codes, horizons: [1] });
    const broken = {
      getBars: async () => Promise.reject(new ForecastError('PRICE_SOURCE_FAILED', 'down for repairs')),
    };
    const said = async (of: typeof context) => (await predict('a', of, { horizons: [1] })).steps[0].members.walk;
    expect((await said(contextWith([{ ...driver, prices: broken }]))).notes).toEqual([
      'IVV left out: down for repairs',
    ]);
    const twice = await said(contextWith([driver, driver]));
    expect(twice.notes).toEqual(['IVV named twice: counted once', expect.stringContaining('point moved')]);
    expect(twice.quantiles).toEqual((await said(context)).quantiles);
    const hanging = { getBars: () => new Promise<Bar[]>(() => {}) };
    const members = [withDrivers(plain(), { drivers: [{ ...driver, prices: hanging }], timeoutMs: 20 })];
    const patient = createContext({
      market: krx,
      prices: arrayPrices({ a: seoul }).prices,
      models: (context.models ?? undefined) as never,
      clock: context.clock,
      members,
    });
    expect((await said(patient)).notes).toEqual([expect.stringContaining('no answer within 20 ms')]);
  });

  it('learns nothing from too few days, or from a market that it does not follow', async () => {
    const short = house({ ...world, seoul: world.seoul.slice(-150) }, {}, '2024-03-29T15:30:00');
    await retrain(short.context, { codes, horizons: [1] });
    expect(JSON.parse((await short.store.models.get('_walk_a_h1_drv'))!)).toMatchObject({ slopes: [0], narrowing: 1 });
    const stranger = house({ newYork: twoMarkets({ seed: 5 }).newYork, seoul: world.seoul }, {}, '2024-03-29T15:30:00');
    await retrain(stranger.context, { codes, horizons: [1] });
    const { slopes, narrowing } = JSON.parse((await stranger.store.models.get('_walk_a_h1_drv'))!);
    expect(Math.abs(slopes[0])).toBeLessThan(0.1);
    expect(narrowing).toBeGreaterThan(0.98);
  });

  it.each([
    [[], 'drivers'],
    [[{ code: '', prices: { getBars: async () => [] }, market: us }], 'drivers[0].code'],
    [[{ code: 'IVV', prices: {}, market: us }], 'drivers[0].prices'],
  ])('refuses %j', (drivers, field) => {
    expect(() => withDrivers(har(), { drivers: drivers as never })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', field }),
    );
  });
});

describe('openingBatch', () => {
  const seoul = world.seoul.filter(({ date }) => date <= '2024-03-28');

  it('forecasts anew on the same key before the open, and keeps what was issued at the close', async () => {
    const known = world.seoul.filter(({ date }) => date <= '2024-03-27');
    const { context, time, store } = house({ ...world, seoul: known }, {}, '2024-03-27T15:30:00');
    await retrain(context, { codes, horizons: [1] });
    await dailyBatch(context, { codes, horizons: [1] });
    time.set('2024-03-28T08:30:00');
    expect(await openingBatch(context, { codes, horizons: [1] })).toEqual({ stored: ['a'], failures: [] });
    const [row, ...others] = await store.listPredictions();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ baseDate: '2024-03-27', issue: 'open' });
    expect(row.members.walk.notes).toHaveLength(1);
    expect(row.earlier!.members.walk.notes).toBeUndefined();
    expect(row.earlier!.issuedAt).toEqual(new Date('2024-03-27T15:30:00+09:00'));
    expect(row.earlier!.members.walk.pointClose).not.toBe(row.members.walk.pointClose);
    // Asked for by a user once New York has closed, it is no forecast of the close either.
    await predictAndStore('a', context, { horizons: [3] });
    expect((await store.listPredictions({ horizon: 3 }))[0].issue).toBe('open');
  });

  it('does nothing on a day without a session, or once it has opened', async () => {
    const { context, time } = house({ ...world, seoul }, {}, '2024-03-30T08:30:00');
    const skippedAt = async (instant: string) => {
      time.set(instant);
      return (await openingBatch(context, { codes })).skipped;
    };
    expect(await skippedAt('2024-03-30T08:30:00')).toBe('no session on 2024-03-30');
    expect(await skippedAt('2024-03-29T09:00:00')).toBe('the session of 2024-03-29 has opened');
    expect(await skippedAt('2024-03-29T08:59:00')).toBeUndefined();
  });

  it('is run by the scheduler at 08:30 in Seoul, for members with drivers only', async () => {
    const { context, time, store } = house({ ...world, seoul }, {}, '2024-03-28T16:00:00');
    const scheduler = createScheduler(context, { codes, horizons: [1] });
    await scheduler.runDue();
    expect(scheduler.nextRun('openingBatch')).toEqual(new Date('2024-03-29T08:30:00+09:00'));
    time.set('2024-03-29T08:30:00');
    expect(await scheduler.runDue()).toContainEqual(
      expect.objectContaining({ job: 'openingBatch', status: 'done', figures: { stored: 1, failed: 0 } }),
    );
    expect((await store.listPredictions({ fromBaseDate: '2024-03-28' }))[0].issue).toBe('open');
    const without = createContext({ ...contextParts(seoul), store: memoryStore(), clock: time.clock });
    expect(createScheduler(without, { codes }).nextRun('openingBatch')).toBeUndefined();
  });

  it('takes part in a backtest, where it beats what was issued at the close', async () => {
    const { context, store } = house(world);
    await backtest(context, { codes, from: '2024-03-04', to: '2024-03-29', horizons: [1], learnWeights: false });
    const rows = (await store.listOutcomes()).filter(({ earlier }) => earlier);
    expect(rows.length).toBeGreaterThan(14);
    const loss = (of: (row: (typeof rows)[number]) => number | undefined) =>
      rows.reduce((sum, row) => sum + of(row)!, 0) / rows.length;
    expect(loss(({ members }) => members.walk.pinball)).toBeLessThan(
      0.8 * loss(({ earlier }) => earlier!.members.walk.pinball),
    );
  });
});

function contextParts(seoul: Bar[]) {
  return { market: krx, prices: arrayPrices({ a: seoul }).prices, members: [plain()] };
}

/** The instant of a local time, by trial: the one whose local reading is the time asked for. */
function instantIn(timeZone: string, local: string): number {
  const wanted = Date.parse(`${local}Z`);
  const reading = (instant: number) =>
    Date.parse(`${new Date(instant).toLocaleString('sv-SE', { timeZone }).replace(' ', 'T')}Z`);
  for (let hours = -14; hours <= 14; hours++) {
    const guess = wanted + hours * 3_600_000;
    if (reading(guess) === wanted) return guess;
  }
  throw new Error(`no such time: ${local} in ${timeZone}`);
}

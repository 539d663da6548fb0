import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chronos2Model, isChronos2, loadChronos } from '../../src/chronos/index.js';
import { ForecastError } from '../../src/errors.js';
import { krx, us } from '../../src/markets/index.js';
import { type ChronosCovariates, chronosMember, type Driver } from '../../src/members/index.js';
import { predict } from '../../src/pipeline/index.js';
import { addTradingDays, type Bar } from '../../src/series/index.js';
import { createContext } from '../../src/setup/index.js';
import { createRandom } from '../../src/stats/index.js';
import { fixture } from '../chronos/fixtures.js';
import { arrayPrices, fakeChronos, seoulClock, simulateBars } from '../pipeline/simulated-market.js';

/** Seoul's bars up to Wednesday, 2024-03-27. New York's session of that day ends on Thursday at 05:00 in Seoul; Friday, the 29th, is a holiday there. */
const seoul = simulateBars(1, { count: 60, last: '2024-03-27' });
const BEFORE_THE_OPEN = '2024-03-28T08:30:00';
const AT_THE_CLOSE = '2024-03-27T16:00:00';

function newYorkBars(): Bar[] {
  const random = createRandom(5);
  let close = 400;
  const bars: Bar[] = [];
  for (let date = '2023-12-01'; date <= '2024-04-05'; date = addTradingDays(date, 1, us.calendar)) {
    close *= Math.exp(0.01 * random.normal());
    bars.push({ date, open: close, high: 1.01 * close, low: 0.99 * close, close, volume: 1e6 });
  }
  return bars;
}
const newYork = newYorkBars();
const driverOf = (bars: Bar[], code = 'IVV'): Driver => ({
  code,
  prices: arrayPrices({ [code]: bars }).prices,
  market: us,
});

describe('chronosMember with covariates', () => {
  let model: Chronos2Model;
  beforeAll(async () => {
    const loaded = await loadChronos(fixture('chronos2-wide-heads'));
    if (!isChronos2(loaded)) throw new Error('not a Chronos-2 model');
    model = loaded;
  });
  afterAll(() => model.dispose());

  async function said(covariates: ChronosCovariates | undefined, { bars = seoul, at = BEFORE_THE_OPEN } = {}) {
    const { clock } = seoulClock(at);
    const members = [chronosMember(model, { covariates })];
    const context = createContext({ market: krx, prices: arrayPrices({ a: bars }).prices, members, clock });
    return (await predict('a', context, { horizons: [1, 3] })).steps[1].members.chronos;
  }
  /** What the model itself says with covariates made by hand. */
  async function byHand(pastCovariates: Record<string, readonly number[]>) {
    const targets = [seoul.map(({ close }) => close)];
    const [[{ quantiles, levels }]] = await model.forecastTasks([{ targets, pastCovariates }], { horizon: 3 });
    return Array.from(quantiles.subarray(2 * levels.length));
  }
  const columns = () => {
    const column = (field: 'open' | 'high' | 'low' | 'volume') => seoul.map((bar) => bar[field]);
    return { open: column('open'), high: column('high'), low: column('low'), volume: column('volume') };
  };
  /** New York's newest close by the open of Seoul's session after each bar, by its date alone: a session ends in the night after it. */
  const sessions = () =>
    seoul.map(({ date }) => {
      const next = addTradingDays(date, 1, krx.calendar);
      return newYork.filter((bar) => bar.date < next).at(-1)!.close;
    });

  it('hands the network open, high, low and volume', async () => {
    const { quantiles } = await said({ bars: true });
    expect(quantiles).toEqual(await byHand(columns()));
    expect(quantiles).not.toEqual((await said(undefined)).quantiles);
  });

  it("hands it other markets' newest close before the next open", async () => {
    const { quantiles, notes } = await said({ bars: true, drivers: [driverOf(newYork)] });
    expect(quantiles).toEqual(await byHand({ ...columns(), driver_IVV: sessions() }));
    expect(notes).toBeUndefined();
  });

  it('leaves the newest one out while its session has not ended', async () => {
    const { quantiles } = await said({ drivers: [driverOf(newYork)] }, { at: AT_THE_CLOSE });
    expect(quantiles).toEqual(await byHand({ driver_IVV: [...sessions().slice(0, -1), Number.NaN] }));
  });

  it('looks at no session that ends after the clock, or after the next open', async () => {
    const instants = [
      AT_THE_CLOSE,
      '2024-03-28T04:59:00',
      '2024-03-28T05:00:00',
      '2024-03-29T04:30:00',
      '2024-04-01T12:00:00',
    ];
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...instants),
        fc.integer({ min: 0, max: newYork.length - 1 }),
        async (at, first) => {
          const changed = newYork.map((bar, i) =>
            i < first ? bar : { ...bar, close: bar.close * (1 + 0.001 * (i - first)) },
          );
          const ends = new Date(`${newYork[first + 1]?.date ?? '2024-04-08'}T20:00:00Z`);
          const limit = Math.min(
            new Date(`${at}+09:00`).getTime(),
            new Date('2024-03-28T09:00:00+09:00').getTime() - 1,
          );
          const [before, after] = [
            await said({ drivers: [driverOf(newYork)] }, { at }),
            await said({ drivers: [driverOf(changed)] }, { at }),
          ];
          // The first of the changed closes is changed by nothing, the one after it by a thousandth.
          if (ends.getTime() > limit) expect(after.quantiles).toEqual(before.quantiles);
          else if (first + 1 >= newYork.findIndex(({ date }) => date >= seoul[0].date)) {
            seen++;
            expect(after.quantiles).not.toEqual(before.quantiles);
          }
        },
      ),
      { numRuns: 20, seed: 7 },
    );
    expect(seen).toBeGreaterThan(3);
  });

  it('goes on without a driver that cannot be read, or has no session of these days, and says so', async () => {
    const prices = { getBars: async () => Promise.reject(new ForecastError('UNKNOWN_CODE', 'no such fund')) };
    const without = await said({ bars: true });
    const failing = await said({ bars: true, drivers: [{ code: 'IVV', prices, market: us }] });
    expect(failing.notes).toEqual(['IVV left out: no such fund']);
    expect(failing.quantiles).toEqual(without.quantiles);
    const stale = await said({ bars: true, drivers: [driverOf(newYork.slice(0, 1))] });
    expect(stale.quantiles).toEqual(without.quantiles);
    expect(stale.notes).toEqual(['IVV left out: no session of these days']);
  });

  it('leaves out bars whose wicks foretell the next return', async () => {
    const leaking = simulateBars(2, { count: 200, last: '2024-03-27' });
    for (const [t, bar] of leaking.slice(0, -1).entries()) {
      const next = leaking[t + 1].close / bar.close;
      const [top, bottom] = [Math.max(bar.open, bar.close), Math.min(bar.open, bar.close)];
      Object.assign(bar, { high: top * Math.max(1, next), low: bottom * Math.min(1, next) });
    }
    const { quantiles } = await said({ bars: true }, { bars: leaking });
    expect(quantiles).toEqual((await said(undefined, { bars: leaking })).quantiles);
  });

  it('tells the pipeline of its drivers, so that a forecast before the open counts as one', () => {
    expect(chronosMember(model, { covariates: { drivers: [driverOf(newYork)] } }).drivers).toEqual([
      { code: 'IVV', market: expect.objectContaining({ timeZone: 'America/New_York' }) },
    ]);
    expect(chronosMember(model, { covariates: { bars: true } }).drivers).toBeUndefined();
  });

  it.each<[string, () => unknown, string]>([
    ['another family', () => chronosMember(fakeChronos(), { covariates: { bars: true } }), 'covariates'],
    ['the default checkpoint', () => chronosMember(undefined, { covariates: { bars: true } }), 'covariates'],
    ['nothing at all', () => chronosMember(model, { covariates: {} }), 'covariates'],
    ['bars that are no flag', () => chronosMember(model, { covariates: { bars: 1 as never } }), 'covariates.bars'],
    [
      'a driver without prices',
      () => chronosMember(model, { covariates: { drivers: [{} as never] } }),
      'drivers[0].code',
    ],
    [
      'a driver twice',
      () => chronosMember(model, { covariates: { drivers: [driverOf(newYork), driverOf(newYork)] } }),
      'covariates.drivers',
    ],
    ['no time', () => chronosMember(model, { covariates: { bars: true, timeoutMs: 0 } }), 'covariates.timeoutMs'],
    ['an unknown key', () => chronosMember(model, { covariates: { bars: true, volume: true } as never }), 'volume'],
  ])('refuses %s', (_, make, field) => {
    expect(make).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(field) }),
    );
  });
});

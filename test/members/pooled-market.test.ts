import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { DEFAULT_FEATURES } from '../../src/features/index.js';
import { krx } from '../../src/markets/index.js';
import { pooledLgbm } from '../../src/members/index.js';
import { MARKET_INPUTS, marketStates } from '../../src/members/pooled/market-state.js';
import { OWN_INPUTS, ownInputs } from '../../src/members/pooled/own-inputs.js';
import { instrumentHistory, pooledInstrument } from '../../src/members/pooled/pooled-rows.js';
import { explain, predict, predictMany, retrain } from '../../src/pipeline/index.js';
import { type Bar, type PriceSeries, parseSeries } from '../../src/series/index.js';
import { createContext } from '../../src/setup/index.js';
import { createRandom } from '../../src/stats/index.js';
import { arrayPrices, seoulClock } from '../pipeline/simulated-market.js';
import { clusteredBars } from './simulated-instruments.js';

const { clock } = seoulClock('2024-03-29T20:00:00');
const NAMES = ['ewma_vol_94', 'rv_5', 'ret_1', 'weekday'];
const features = DEFAULT_FEATURES.filter(({ name }) => NAMES.includes(name));

/** Instruments of one market: a storm that all share, and ranges so noisy that each one alone hardly shows it. */
function stormyMarket(count: number, bars: number): Record<string, Bar[]> {
  const weather = createRandom(99);
  let storm = 0;
  const storms = Array.from({ length: bars }, () => {
    storm = 0.93 * storm + 0.3 * weather.normal();
    return storm;
  });
  const market: Record<string, Bar[]> = {};
  for (let i = 0; i < count; i++) {
    const random = createRandom(i + 1);
    let close = 50_000;
    market[`m${String(i).padStart(2, '0')}`] = clusteredBars(1, { count: bars }).map(({ date }, t) => {
      const sigma = 0.012 * Math.exp(storms[t] + 0.6 * random.normal());
      const open = close * Math.exp(0.3 * sigma * random.normal());
      close *= Math.exp(sigma * random.normal());
      const high = Math.max(open, close) * Math.exp(0.3 * sigma * Math.abs(random.normal()));
      const low = Math.min(open, close) * Math.exp(-0.3 * sigma * Math.abs(random.normal()));
      return { date, open, high, low, close, volume: 1e6 };
    });
  }
  return market;
}

function house(market: Record<string, Bar[]>) {
  const store = memoryStore();
  const source = arrayPrices(market);
  const members = [pooledLgbm({ features, params: { num_iterations: 20 }, threads: 0 })];
  const context = createContext({ market: krx, prices: source.prices, store, clock, members });
  const stored = async (horizon: number) => JSON.parse((await store.models.get(`_pooled_h${horizon}_quantiles`))!);
  return { context, store, source, codes: Object.keys(market), stored };
}

describe("the market's inputs of the pooled member", () => {
  const market = stormyMarket(16, 520);

  it('earn their place where instruments share their storms, and come from a dozen reference instruments', async () => {
    const { context, codes, stored, store, source } = house(market);
    const { items } = await retrain(context, { codes, horizons: [1] });
    expect(items[0].lossRatios!.pinball).toBeLessThan(0.99);
    const { references, linear } = await stored(1);
    expect(references).toHaveLength(12);
    expect(linear.names).toEqual([...OWN_INPUTS, ...MARKET_INPUTS]);
    const { losses, chosen } = (await store.models.getMeta!('_pooled_h1_scale')) as {
      losses: Record<string, number>;
      chosen: string;
    };
    expect(losses.market).toBeLessThan(losses.falls);
    expect(['market', 'both']).toContain(chosen);
    // One code asks for its own prices and those of the references, each once.
    source.calls.length = 0;
    await predict('m01', context, { horizons: [1] });
    expect(source.calls.map(({ code }) => code).sort()).toEqual([...new Set(['m01', ...references])].sort());
  });

  it("leave one code's forecast as it is in any batch, to the bit", async () => {
    const { context, codes } = house(market);
    await retrain(context, { codes, horizons: [1, 3] });
    const [whole, part] = await Promise.all(
      [codes, codes.slice(5, 9)].map((batch) => predictMany(batch, context, { horizons: [1, 3] })),
    );
    for (const code of codes.slice(5, 9)) {
      const alone = await predict(code, context, { horizons: [1, 3] });
      const said = alone.steps.map(({ members }) => members.lgbm);
      for (const batch of [whole, part]) {
        const result = batch.find((one) => one.code === code)!;
        if ('error' in result) throw result.error;
        expect(result.forecast.steps.map(({ members }) => members.lgbm)).toEqual(said);
      }
    }
  });

  it('do without a reference that has no prices, and say so; and without a market where half of them are missing', async () => {
    const bars = { ...market };
    const { context, codes, stored } = house(bars);
    await retrain(context, { codes, horizons: [1] });
    const { references } = await stored(1);
    const code = codes.find((one) => !references.includes(one))!;
    const saidNow = async () => (await predict(code, context, { horizons: [1] })).steps[0].members.lgbm;
    const full = await saidNow();
    expect(full.notes).toBeUndefined();
    delete bars[references[3]];
    const fewer = await saidNow();
    expect(fewer.notes).toEqual([`${references[3]} left out of the market: no ${references[3]}`]);
    expect(fewer.quantiles).not.toEqual(full.quantiles);
    for (const reference of references.slice(0, 7)) delete bars[reference];
    const none = await saidNow();
    expect(none.notes!.at(-1)).toBe(
      'market left out: fewer than half of its reference instruments have a bar of 2024-03-29',
    );
    expect(none.ciHigh).toBeGreaterThan(none.ciLow);
  });

  it('are taken apart by explain, which tells of a reference that has no prices', async () => {
    const bars = { ...market };
    const { context, codes, stored } = house(bars);
    await retrain(context, { codes, horizons: [1] });
    const { references } = await stored(1);
    const code = codes.find((one) => !references.includes(one))!;
    const warn = vi.fn();
    const explained = async () => {
      const logged = createContext({ ...context, logger: { info() {}, warn } });
      const [{ total, expected, contributions }] = (await explain(code, logged, { horizon: 1 })).numbers;
      expect(expected + contributions.reduce((sum, { adds }) => sum + adds, 0)).toBeCloseTo(total, 12);
      const { ciHigh, ciLow } = (await predict(code, context, { horizons: [1] })).steps[0].members.lgbm;
      return {
        width: Math.log(ciHigh / ciLow) / Math.exp(total / 2),
        told: contributions.map(({ feature }) => feature),
      };
    };
    const full = await explained();
    expect(full.told).toEqual(expect.arrayContaining(['market_range_1', 'range_1']));
    expect(warn).not.toHaveBeenCalled();
    delete bars[references[3]];
    // The width in EWMA volatilities is the same: what explain tells is what the forecast is scaled by.
    expect((await explained()).width).toBeCloseTo(full.width, 9);
    expect(warn.mock.calls).toEqual([[`lgbm: ${references[3]} left out of the market: no ${references[3]}`]]);
    for (const reference of references.slice(0, 7)) delete bars[reference];
    const none = await explained();
    expect(none.width).toBeCloseTo(full.width, 9);
    expect(none.told.filter((feature) => feature.startsWith('market_'))).toEqual([]);
  });

  it.each([1, 2])('are no obstacle to a pool of %s', async (count) => {
    const { context, codes, stored } = house(Object.fromEntries(Object.entries(market).slice(0, count)));
    const { items } = await retrain(context, { codes, horizons: [1, 5] });
    expect(items.map(({ status }) => status)).toEqual(items.map(() => 'published'));
    if (count === 1) expect((await stored(1)).references).toBeUndefined();
    const { steps } = await predict(codes[0], context, { horizons: [1, 5] });
    for (const { members } of steps) expect(members.lgbm.ciHigh).toBeGreaterThan(members.lgbm.ciLow);
  });
});

describe('what the regression sees', () => {
  const market = Object.values(stormyMarket(5, 260)).map((bars) => parseSeries(bars));
  const statesOf = (series: readonly PriceSeries[]) =>
    marketStates(series.map((one) => ({ dates: one.dates, ...instrumentHistory(one) })));
  const whole = statesOf(market);
  /** The bars up to `last`, and after it wild ones, or none. */
  const changed = (series: PriceSeries, last: number, factor: number) =>
    parseSeries(
      series.dates.slice(0, factor === 0 ? last + 1 : series.length).map((date, t) => {
        const by = t > last ? factor ** ((t % 3) + 1) : 1;
        const { open, high, low, close, volume } = series;
        return {
          date,
          open: open[t] * by,
          high: high[t] * by,
          low: low[t] * by,
          close: close[t] * by,
          volume: volume[t],
        };
      }),
    );

  it('of the market on a date ignores every later bar of every instrument', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 258 }), fc.constantFrom(0, 0.5, 3), fc.nat(4), (last, factor, only) => {
        const date = market[0].dates[last];
        for (const series of [
          market.map((one) => changed(one, last, factor)),
          market.map((one, i) => (i === only && factor > 0 ? changed(one, last, factor) : one)),
        ]) {
          const states = statesOf(series);
          for (const [day, state] of whole) if (day <= date) expect(states.get(day)).toEqual(state);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('of an instrument at a bar ignores every later bar', () => {
    const inputsOf = (series: PriceSeries) => pooledInstrument(series, { features }).inputs;
    const expected = inputsOf(market[0]);
    for (const last of [1, 5, 66, 100, 255]) {
      for (const factor of [0, 3]) {
        const inputs = inputsOf(changed(market[0], last, factor));
        const end = (last + 1) * OWN_INPUTS.length;
        expect(inputs.subarray(0, end)).toEqual(expected.subarray(0, end));
      }
    }
  });

  it('is the same of the newest bar whether 400 bars or more are known, up to the volatility that forgets', () => {
    const long = parseSeries(clusteredBars(3, { count: 1000 }));
    const short = parseSeries(clusteredBars(3, { count: 1000 }).slice(-400));
    const newest = (series: PriceSeries) => {
      const { history, sigma } = instrumentHistory(series);
      return ownInputs(history, sigma).subarray(-OWN_INPUTS.length);
    };
    const [a, b] = [newest(long), newest(short)];
    for (const [k, name] of OWN_INPUTS.entries()) expect(a[k], name).toBeCloseTo(b[k], 6);
    const last = long.dates.at(-1)!;
    const [c, d] = [long, short].map((series) => statesOf([series, series]).get(last)!);
    for (const [k, name] of MARKET_INPUTS.entries()) expect(c[k], name).toBeCloseTo(d[k], 6);
  });
});

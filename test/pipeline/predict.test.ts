import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { harRangeForecast } from '../../src/baselines/index.js';
import type { Member } from '../../src/ensemble/index.js';
import { ForecastError } from '../../src/errors.js';
import { krx, type Market, weekdays } from '../../src/markets/index.js';
import { chronosMember, har } from '../../src/members/index.js';
import { predict, predictMany } from '../../src/pipeline/index.js';
import { addTradingDays, parseSeries } from '../../src/series/index.js';
import { createContext } from '../../src/setup/index.js';
import { arrayPrices, fakeChronos, pooledOf, referenceOf, seoulClock, simulateBars } from './simulated-market.js';

const bars = simulateBars(1);
const { clock } = seoulClock('2024-03-29T16:00:00');
const base = () => ({ prices: arrayPrices({ '005930': bars, '000660': simulateBars(2) }).prices, clock });

describe('predict', () => {
  it('forecasts from prices and Chronos alone, with default weights and the base bar named', async () => {
    const prediction = await predict('005930', referenceOf({ ...base(), chronos: fakeChronos({ drift: 0.02 }) }));
    const close = bars[bars.length - 1].close;
    expect(prediction).toMatchObject({ code: '005930', baseDate: '2024-03-29', baseClose: close, horizons: [1, 3, 5] });
    expect(prediction.issuedAt).toEqual(clock());
    expect(prediction.sourcesUsed).toEqual(['chronos']);
    expect(prediction.failures).toEqual([]);
    for (const step of prediction.steps) {
      expect(step.pointClose).toBeCloseTo(close * 1.02, 6);
      expect(step.ciLow).toBeLessThan(step.pointClose);
      expect(step.ciHigh).toBeGreaterThan(step.pointClose);
      expect(step.expectedReturn).toBeCloseTo(0.02, 10);
      expect(step.probUp + step.probFlat + step.probDown).toBeCloseTo(1, 12);
      expect(step.weights).toEqual({ chronos: 1, lgbm: 0, naive: 0 });
      expect(step.members.naive.pointClose).toBeCloseTo(close, 6);
      expect(step.targetDate).toBe(addTradingDays('2024-03-29', step.horizon, krx.calendar));
    }
    // 2024-04-10, the day of the general election, lies between: eight trading days on is the 11th.
    const [far] = (await predict('005930', referenceOf({ ...base(), chronos: fakeChronos() }), { horizons: [8] }))
      .steps;
    expect(far.targetDate).toBe('2024-04-11');
  });

  it("takes the host's naive member, reports its failure, and goes on without it", async () => {
    const members = [chronosMember(fakeChronos()), har({ name: 'naive' })];
    const context = { ...base(), market: krx, members };
    const [step] = (await predict('005930', createContext(context), { horizons: [3] })).steps;
    const alone = harRangeForecast(parseSeries(bars.slice(-400)), { horizon: 3 });
    expect(step.members.naive).toMatchObject({
      pointClose: alone.median[2],
      ciLow: alone.q10[2],
      ciHigh: alone.q90[2],
    });
    expect(step.members.naive.quantiles).toEqual(Array.from(alone.quantiles.subarray(2 * alone.levels.length)));
    const young = await predict('005930', createContext({ ...context, historyBars: 100 }), { horizons: [3] });
    expect(young.failures).toMatchObject([{ member: 'naive', horizons: [3], code: 'SERIES_TOO_SHORT' }]);
    expect(young.steps[0].members.naive).toBeUndefined();
  });

  it('sorts horizons and drops repeats', async () => {
    const prediction = await predict('005930', referenceOf({ ...base(), chronos: fakeChronos() }), {
      horizons: [5, 1, 5],
    });
    expect(prediction.horizons).toEqual([1, 5]);
    expect(prediction.steps.map(({ horizon }) => horizon)).toEqual([1, 5]);
  });

  it('reads learned weights and calibration, none of them newer than the base date', async () => {
    const store = memoryStore();
    const row = { code: '005930', horizon: 1, hitRates: {}, sampleCount: 10 };
    const weights = { chronos: 0.5, lgbm: 0, naive: 0.5 };
    await store.putWeights([
      { ...row, asOf: '2024-03-28', weights, calibration: { low: 2, high: 1 } },
      { ...row, asOf: '2024-04-05', weights: { chronos: 0, lgbm: 1, naive: 0 } },
    ]);
    const context = referenceOf({ ...base(), store, chronos: fakeChronos({ drift: 0.02 }) });
    const prediction = await predict('005930', context, { horizons: [1] });
    const [step] = prediction.steps;
    const close = bars[bars.length - 1].close;
    expect(step.weights).toEqual(weights);
    expect(step.pointClose).toBeCloseTo(close * 1.01, 6);
    expect(step.calibration).toEqual({ low: 2, high: 1 });
    const raw = (step.members.chronos.ciLow + step.members.naive.ciLow) / 2;
    expect(Math.log(step.pointClose / step.ciLow)).toBeCloseTo(2 * Math.log(step.pointClose / raw), 9);
    expect(prediction.sourcesUsed).toEqual(['chronos', 'naive']);
  });

  it('names both causes when no member has a forecast', async () => {
    const failing = fakeChronos({ fail: () => new ForecastError('MODEL_DISPOSED', 'chronos was disposed') });
    const store = memoryStore();
    await expect(
      predict('005930', referenceOf({ ...base(), chronos: failing, models: store.models })),
    ).rejects.toMatchObject({
      code: 'NO_FORECAST',
      message: expect.stringMatching(/chronos was disposed.*lgbm: nothing trained yet/),
    });
  });

  it.each([
    [{ horizons: [0] }, 'INVALID_HORIZON'],
    [{ horizons: [1.5] }, 'INVALID_HORIZON'],
    [{ horizons: [] }, 'INVALID_HORIZON'],
    [{ horizons: [Number.NaN] }, 'INVALID_HORIZON'],
  ])('refuses %j with %s', async (options, code) => {
    await expect(predict('005930', referenceOf({ ...base(), chronos: fakeChronos() }), options)).rejects.toMatchObject({
      code,
    });
  });

  it('refuses an empty code, and passes an unknown one on as such', async () => {
    await expect(predict(' ', referenceOf({ ...base(), chronos: fakeChronos() }))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await expect(predict('999999', referenceOf({ ...base(), chronos: fakeChronos() }))).rejects.toMatchObject({
      code: 'UNKNOWN_CODE',
    });
  });

  it.each([
    ['no bar at all', [], 'EMPTY_SERIES'],
    ['a NaN price', [{ ...bars[0], close: Number.NaN }], 'INVALID_BAR'],
    ['a price of zero', [{ ...bars[0], low: 0 }], 'INVALID_BAR'],
    ['a date twice', [bars[0], bars[0]], 'DUPLICATE_DATE'],
    ['dates in the wrong order', [bars[1], bars[0]], 'UNSORTED_DATES'],
  ])('refuses %s', async (_, faulty, code) => {
    const { prices } = arrayPrices({ x: faulty });
    await expect(predict('x', referenceOf({ prices, clock, chronos: fakeChronos() }))).rejects.toMatchObject({ code });
  });

  it('refuses a bar from after today', async () => {
    const prices = { getBars: async () => bars };
    const early = seoulClock('2024-03-28T23:59:59');
    await expect(
      predict('x', referenceOf({ prices, clock: early.clock, chronos: fakeChronos() })),
    ).rejects.toMatchObject({
      code: 'FUTURE_BAR',
      actual: '"2024-03-29"',
    });
  });

  it('never asks a source for bars after today', async () => {
    const { prices, calls } = arrayPrices({ x: bars });
    const early = seoulClock('2024-03-20T16:00:00');
    const prediction = await predict('x', referenceOf({ prices, clock: early.clock, chronos: fakeChronos() }));
    expect(calls).toEqual([expect.objectContaining({ to: '2024-03-20', limit: 400 })]);
    expect(prediction.baseDate).toBe('2024-03-20');
  });

  it('wraps what a price source throws, and gives up on one that hangs', async () => {
    const cause = new Error('ECONNRESET');
    const throwing = { getBars: () => Promise.reject(cause) };
    await expect(predict('x', referenceOf({ prices: throwing, clock, chronos: fakeChronos() }))).rejects.toMatchObject({
      code: 'PRICE_SOURCE_FAILED',
      cause,
    });
    const lazy = simulateBars(1, { count: 60 }).map((bar) => ({
      ...bar,
      get close(): number {
        throw cause;
      },
    }));
    const unread = predict('x', referenceOf({ prices: { getBars: async () => lazy }, clock, chronos: fakeChronos() }));
    await expect(unread).rejects.toMatchObject({ code: 'PRICE_SOURCE_FAILED', cause });
    const hanging = { getBars: () => new Promise<never>(() => {}) };
    const call = predict('x', referenceOf({ prices: hanging, clock, chronos: fakeChronos(), priceTimeoutMs: 20 }));
    await expect(call).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('takes a limit beyond 2^31 ms for a long one, not for 1 ms', async () => {
    const { prices } = base();
    const slow: typeof prices = {
      async getBars(code, range) {
        await new Promise((resolve) => setTimeout(resolve, 30));
        return prices.getBars(code, range);
      },
    };
    for (const ms of [Number.POSITIVE_INFINITY, 3e9]) {
      const limits = { priceTimeoutMs: ms, memberTimeoutMs: ms };
      const context = referenceOf({ ...base(), prices: slow, chronos: fakeChronos(), ...limits });
      expect((await predict('005930', context)).failures).toEqual([]);
    }
  });

  it('rejects with the reason of an aborted signal, also while a source hangs', async () => {
    const controller = new AbortController();
    const hanging = { getBars: () => new Promise<never>(() => {}) };
    const call = predict('x', referenceOf({ prices: hanging, clock }), { signal: controller.signal });
    controller.abort('enough');
    await expect(call).rejects.toBe('enough');
    await expect(predict('x', referenceOf(base()), { signal: AbortSignal.abort('before') })).rejects.toBe('before');
  });

  it('passes on a store that fails instead of taking default weights', async () => {
    const store = memoryStore();
    await store.close();
    await expect(predict('005930', referenceOf({ ...base(), store, chronos: fakeChronos() }))).rejects.toMatchObject({
      code: 'STORE_CLOSED',
    });
  });
});

describe('predictMany', () => {
  it('forecasts each instrument as predict does, and keeps failures apart', async () => {
    const context = referenceOf({ ...base(), chronos: fakeChronos() });
    const results = await predictMany(['000660', 'nobody', '005930'], context);
    expect(results.map(({ code }) => code)).toEqual(['000660', 'nobody', '005930']);
    expect(results[1]).toMatchObject({ error: { code: 'UNKNOWN_CODE' } });
    expect(results[2]).toEqual({ code: '005930', forecast: await predict('005930', context) });
  });

  it('tries one by one after a failing batch', async () => {
    let calls = 0;
    const chronos = fakeChronos({ fail: () => (calls++ === 0 ? new Error('out of memory') : undefined) });
    const results = await predictMany(['005930', '000660'], referenceOf({ ...base(), chronos }));
    expect(results.every((result) => 'forecast' in result)).toBe(true);
    expect(calls).toBe(3);
  });
});

describe("a host's own member", () => {
  const quantiles = (close: number) => ({ levels: [0.1, 0.5, 0.9], quantiles: [0.98 * close, close, 1.02 * close] });
  const own = (change: Partial<Member> = {}): Member => ({
    name: 'my_model',
    prior: 1,
    forecast: async (batch, { horizons }) =>
      batch.map(({ series }) => new Map(horizons.map((h) => [h, quantiles(series.close[series.length - 1])]))),
    ...change,
  });
  const contextWith = (member: Member, memberTimeoutMs = 60_000) =>
    createContext({ ...base(), market: krx, members: [chronosMember(fakeChronos()), member], memberTimeoutMs });

  it('takes part by its name, at its prior share', async () => {
    const { steps, sourcesUsed } = await predict('005930', contextWith(own()), { horizons: [1] });
    expect(sourcesUsed).toEqual(['chronos', 'my_model']);
    expect(steps[0].weights).toEqual({ chronos: 0.6 / 1.6, my_model: 1 / 1.6, naive: 0 });
    const { chronos, my_model } = steps[0].members;
    expect(steps[0].ciLow).toBe((0.6 / 1.6) * chronos.ciLow + (1 / 1.6) * my_model.ciLow);
  });

  it.each<[string, Partial<Member>, string]>([
    ['throws', { forecast: () => Promise.reject(new Error('no service')) }, 'UNEXPECTED'],
    [
      'throws before it awaits anything',
      {
        forecast: () => {
          throw new Error('at once');
        },
      },
      'UNEXPECTED',
    ],
    ['hangs', { forecast: () => new Promise(() => {}) }, 'TIMEOUT'],
    [
      'answers for other horizons',
      { forecast: async (batch) => batch.map(() => new Map([[7, quantiles(100)]])) },
      'INVALID_FORECAST',
    ],
    [
      'gives NaN',
      { forecast: async (batch) => batch.map(() => new Map([[1, quantiles(Number.NaN)]])) },
      'INVALID_FORECAST',
    ],
    ['answers for fewer instruments', { forecast: async () => [] }, 'INVALID_FORECAST'],
    ['gives no Map', { forecast: async (batch) => batch.map(() => null as never) }, 'INVALID_FORECAST'],
    [
      'gives an error of its own',
      { forecast: async (batch) => batch.map(() => ({ error: new ForecastError('SERIES_TOO_SHORT', 'young') })) },
      'SERIES_TOO_SHORT',
    ],
  ])('that %s is reported, and in nobody’s way', async (_, change, code) => {
    const plain = await predict('005930', referenceOf({ ...base(), chronos: fakeChronos() }), { horizons: [1] });
    const { steps, failures } = await predict('005930', contextWith(own(change), 50), { horizons: [1] });
    expect(failures).toEqual([expect.objectContaining({ member: 'my_model', code })]);
    expect(steps[0].ciLow).toBe(plain.steps[0].ciLow);
  });

  it('whose answer is bad for one instrument is heard for the others of the batch', async () => {
    const forecast: Member['forecast'] = async (batch) =>
      batch.map(({ code }) => new Map([[1, quantiles(code === '005930' ? Number.NaN : 100)]]));
    const results = await predictMany(['005930', '000660'], contextWith(own({ forecast })), { horizons: [1] });
    const told = results.map((result) => ('forecast' in result ? result.forecast : undefined));
    expect(told.map((one) => one?.sourcesUsed)).toEqual([['chronos'], ['chronos', 'my_model']]);
    expect(told[0]?.failures).toEqual([expect.objectContaining({ member: 'my_model', code: 'INVALID_FORECAST' })]);
    expect(told[1]?.failures).toEqual([]);
  });

  it.each([
    ['two members of one name', [own(), own()], 'members[1].name'],
    ['a name that no column can have', [own({ name: 'My Model' })], 'members[0].name'],
    ['a negative prior', [own({ prior: -1 })], 'members[0].prior'],
    ['no forecast()', [{ name: 'x', prior: 1 } as Member], 'members[0]'],
  ])('refuses %s', (_, members, field) => {
    expect(() => createContext({ ...base(), market: krx, members })).toThrowError(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', field }),
    );
  });
});

describe('createContext', () => {
  it.each([
    [{ market: undefined }, 'market'],
    [{ market: { ...krx, flatBand: -1 } }, 'flatBand'],
    [{ market: { ...krx, flatBand: Number.NaN } }, 'flatBand'],
    [{ market: { ...krx, flatBand: '0.003' } }, 'flatBand'],
    [{ prices: {} }, 'prices'],
    [{ prices: undefined }, 'prices'],
    [{ store: {} }, 'store'],
    [{ models: {} }, 'models'],
    [{ members: 'chronos' }, 'members'],
    [{ clock: new Date() }, 'clock'],
    [{ logger: {} }, 'logger'],
    [{ historyBars: 0 }, 'historyBars'],
    [{ repair: 'ignore' }, 'repair'],
    [{ priceTimeoutMs: -1 }, 'priceTimeoutMs'],
    [{ pricess: 1 }, 'pricess'],
  ])('refuses %j, naming the field', (change, field) => {
    const parts = { ...base(), market: krx, members: [chronosMember(fakeChronos())], ...change };
    expect(() => createContext(parts as never)).toThrowError(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', field }),
    );
  });

  it('names the nearest known key of a misspelt one, in the context and in a call', async () => {
    expect(() => createContext({ ...base(), market: krx, memberz: [] } as never)).toThrowError(
      /did you mean 'members'/,
    );
    const context = pooledOf({ ...base(), chronos: fakeChronos() });
    const call = predict('005930', context, { horizonz: [1] } as never);
    await expect(call).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'horizonz', message: /'horizons'/ });
  });

  it('is frozen, and nothing else passes for it', async () => {
    expect(Object.isFrozen(pooledOf(base()))).toBe(true);
    await expect(predict('005930', undefined as never)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: 'context',
    });
    await expect(predict('005930', { ...base() } as never)).rejects.toMatchObject({ field: 'context' });
  });
});

describe('warnings', () => {
  const warned = async (changed: typeof bars, now = clock) =>
    (
      await predict(
        'x',
        referenceOf({ prices: arrayPrices({ x: changed }).prices, clock: now, chronos: fakeChronos() }),
      )
    ).warnings;

  it('is silent over fresh, moving, sound bars', async () => {
    expect(await warned(bars)).toEqual([]);
  });

  it('tells of stale, frozen, thin and mended prices, with dates', async () => {
    expect(await warned(bars.slice(0, -10))).toEqual([
      expect.objectContaining({ kind: 'stale', dates: [bars[489].date] }),
    ]);
    const last = bars[bars.length - 1];
    const frozen = bars.map((bar, i) =>
      i < 480 ? bar : { ...last, date: bar.date, open: last.close, high: last.close, low: last.close, volume: 0 },
    );
    expect((await warned(frozen)).map(({ kind }) => kind)).toEqual(['frozen']);
    expect((await warned(bars.slice(-30))).map(({ kind }) => kind)).toEqual(['thin']);
    const odd = bars.map((bar, i) => (i === 450 ? { ...bar, high: Math.max(bar.open, bar.close) * 0.9999 } : bar));
    expect(await warned(odd)).toEqual([expect.objectContaining({ kind: 'repaired', dates: [bars[450].date] })]);
    const strict = referenceOf({
      prices: arrayPrices({ x: odd }).prices,
      clock,
      chronos: fakeChronos(),
      repair: 'refuse',
    });
    await expect(predict('x', strict)).rejects.toMatchObject({
      code: 'INVALID_BAR',
      field: expect.stringContaining(`high (${bars[450].date})`),
    });
  });

  it('tells that target dates may move, and whether any holidays are known', async () => {
    const { prices } = arrayPrices({ x: bars });
    const told = async (market: Market) => {
      const members = [chronosMember(fakeChronos())];
      const { warnings } = await predict('x', createContext({ market, prices, members, clock }));
      return warnings.filter(({ kind }) => kind === 'projected').map(({ message }) => message);
    };
    expect(await told(weekdays)).toEqual(['the calendar knows no holidays: target dates may move']);
    const calendar = { ...krx.calendar, projectedFrom: bars[10].date };
    expect(await told({ ...krx, calendar })).toEqual([
      `the trading days from ${bars[10].date} on are not announced yet: target dates may move`,
    ]);
    expect(await told(krx)).toEqual([]);
  });

  it('refuses to forecast from a handful of bars', async () => {
    await expect(warned(bars.slice(-6))).rejects.toMatchObject({ code: 'SERIES_TOO_SHORT', actual: '6 bars' });
  });
});

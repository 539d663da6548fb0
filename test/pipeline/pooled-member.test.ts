import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { randomWalkForecast } from '../../src/baselines/index.js';
import { parseModel } from '../../src/lgbm/index.js';
import { krx } from '../../src/markets/index.js';
import type { PooledLgbmOptions } from '../../src/members/index.js';
import { causalVolatility } from '../../src/members/pooled/causal-volatility.js';
import { backtest, predict, predictMany, predictMember, retrain } from '../../src/pipeline/index.js';
import { addTradingDays, type Bar } from '../../src/series/index.js';
import { createRandom } from '../../src/stats/index.js';
import type { ModelStore } from '../../src/store/model-store.js';
import { arrayPrices, fakeChronos, pooledOf, seoulClock, simulateBars, type TestParts } from './simulated-market.js';

const params = { num_iterations: 8, num_leaves: 7, min_data_in_leaf: 20 };
const clock = seoulClock('2024-03-29T20:00:00').clock;
const SOUND = '"levels":[0.1,0.5,0.9],"values":[-1,0,1]';
const codes = ['000660', '005930', '035420'];
const market = () => Object.fromEntries(codes.map((code, i) => [code, simulateBars(i + 1, { count: 320 })]));

function house(bars: Record<string, Bar[]> = market()) {
  const store = memoryStore();
  const source = arrayPrices(bars);
  const contextWith = (change: TestParts = {}, lgbm: PooledLgbmOptions = {}) =>
    pooledOf({ prices: source.prices, store, clock, lgbm: { params, ...lgbm }, ...change });
  const context = contextWith();
  const saidOf = (code: string, horizon: number, of = context) => predictMember(code, of, { member: 'lgbm', horizon });
  return { store, bars: source.bars, context, contextWith, saidOf };
}

describe('retrain with the pooled member', () => {
  it('trains one pair of models a horizon for all codes, which predict then uses', async () => {
    const { context, store } = house();
    const progress: string[] = [];
    const report = await retrain(context, {
      codes,
      horizons: [1, 3],
      onProgress: ({ done, total, item }) => void progress.push(`${done}/${total} ${item}`),
    });
    expect(report.items.map(({ code, horizon, status }) => `${code} h${horizon} ${status}`)).toEqual([
      ...codes.map((code) => `${code} h1 published`),
      ...codes.map((code) => `${code} h3 published`),
    ]);
    expect(progress.at(-1)).toBe('6/6 035420 h3');
    expect(await store.models.list()).toEqual([
      '_pooled_h1_quantiles',
      '_pooled_h1_scale',
      '_pooled_h3_quantiles',
      '_pooled_h3_scale',
    ]);
    const prediction = await predict('005930', context, { horizons: [1, 3] });
    expect(prediction.sourcesUsed).toEqual(['lgbm_h1', 'lgbm_h3']);
    const { lgbm } = prediction.steps[0].members;
    expect(JSON.parse((await store.models.get('_pooled_h1_quantiles'))!)).not.toHaveProperty('randomWalk');
    expect(lgbm.levels).toEqual([0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]);
    expect([lgbm.ciLow, lgbm.pointClose, lgbm.ciHigh]).toEqual([2, 6, 10].map((i) => lgbm.quantiles[i]));
    // No view on which way: the median is the last close, and the quantiles are symmetric about it in log price.
    expect(lgbm.pointClose).toBe(prediction.baseClose);
    for (const i of [0, 2, 5]) {
      expect(lgbm.quantiles[i] * lgbm.quantiles[12 - i]).toBeCloseTo(prediction.baseClose ** 2, 2);
    }
    expect(lgbm.probUp + lgbm.probFlat + lgbm.probDown).toBeCloseTo(1, 12);
  });

  it('says beside the models what they were trained on, up to which bar', async () => {
    const { context, store } = house();
    await retrain(context, { codes, horizons: [3] });
    // 320 bars each on the same days; rows 60 to 316 have a target, the newest fifth of these 257 dates validates, from the
    // 206th on, and the 3 rows before it are purged.
    expect(await store.models.getMeta?.('_pooled_h3_scale')).toMatchObject({
      codes,
      horizon: 3,
      trainRows: 3 * 202,
      validationRows: 3 * 52,
      trainedThrough: '2024-03-29',
      trainedAt: clock().toISOString(),
    });
  });

  it('no bar after the cutoff changes a model', async () => {
    const now = seoulClock('2024-02-29T20:00:00').clock;
    const texts = [];
    for (const factor of [1, 3]) {
      const bars = market();
      for (const code of codes)
        bars[code] = bars[code].map((bar) => (bar.date > '2024-02-29' ? times(bar, factor) : bar));
      const { contextWith, store } = house(bars);
      await retrain(contextWith({ clock: now }), { codes, horizons: [3] });
      texts.push([await store.models.get('_pooled_h3_scale'), await store.models.get('_pooled_h3_quantiles')]);
    }
    expect(texts[1]).toEqual(texts[0]);
  });

  it('purges by date: no bar from the first validation date on changes a tree, of whatever instrument', async () => {
    // One instrument misses every fifth day, so that its third bar ahead may lie further away than the others'.
    const sparse = market();
    sparse[codes[1]] = sparse[codes[1]].filter((_, row) => row % 5 !== 0);
    const dates = [...new Set(codes.flatMap((code) => labelledDates(sparse[code], 3)))].sort();
    const first = dates[Math.floor(dates.length * 0.8)];
    const before = dates[dates.indexOf(first) - 1];
    const treesWith = async (change: (bar: Bar) => Bar) => {
      const bars = Object.fromEntries(codes.map((code) => [code, sparse[code].map(change)]));
      const { contextWith, store } = house(bars);
      const context = contextWith({}, { earlyStoppingRounds: 0, gateTolerance: 1e9 });
      await retrain(context, { codes, horizons: [3] });
      return trees((await store.models.get('_pooled_h3_scale'))!);
    };
    const plain = await treesWith((bar) => bar);
    expect(await treesWith((bar) => (bar.date >= first ? times(bar, 2) : bar))).toBe(plain);
    expect(await treesWith((bar) => (bar.date === before ? times(bar, 2) : bar))).not.toBe(plain);
  });

  it('learns when the days ahead will be wild', async () => {
    // Volatility is five times as high on Fridays; nothing but the weekday foretells it.
    const { contextWith, bars, saidOf } = house(Object.fromEntries(codes.map((code, i) => [code, wildFridays(i + 1)])));
    const lgbm = { params: { min_data_in_leaf: 20 } };
    const { items } = await retrain(contextWith({}, lgbm), { codes, horizons: [1] });
    expect(items[0].lossRatios!.pinball).toBeLessThan(0.95);
    const widthOn = async (date: string) => {
      const now = seoulClock(`${date}T20:00:00`).clock;
      const step = (await saidOf(codes[0], 1, contextWith({ clock: now })))!;
      return Math.log(step.ciHigh / step.ciLow);
    };
    expect(bars[codes[0]].at(-1)!.date).toBe('2024-03-29');
    // A Thursday before a wild Friday, and the Tuesday of that week.
    const ratio = (await widthOn('2024-03-28')) / (await widthOn('2024-03-26'));
    // Without weekdays it is the ratio of two EWMA volatilities of the same week, at most sqrt(0.94^-2) = 1.06.
    expect(ratio).toBeGreaterThan(2.5);
    expect(ratio).toBeLessThan(7);
  });

  it('leaves out a code without prices and reports it', async () => {
    const { context } = house();
    const report = await retrain(context, { codes: ['nobody', ...codes], horizons: [1] });
    expect(report.items.map(({ code, status }) => [code, status])).toEqual([
      ['nobody', 'failed'],
      ...codes.map((code) => [code, 'published']),
    ]);
    expect(report.items[0].error).toMatchObject({ code: 'UNKNOWN_CODE' });
  });

  it('fails every code of a pool that is too young, and keeps the old models', async () => {
    const { context, store, bars } = house();
    await retrain(context, { codes, horizons: [1] });
    const before = await store.models.get('_pooled_h1_scale');
    for (const code of codes) bars[code] = bars[code].slice(-70);
    const { items } = await retrain(context, { codes, horizons: [1] });
    expect(items.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
    expect(items[0].error).toMatchObject({ code: 'SERIES_TOO_SHORT' });
    expect(await store.models.get('_pooled_h1_scale')).toBe(before);
  });

  it('publishes both parts at once, and neither when the gate turns them down', async () => {
    const { contextWith, store } = house();
    const writes: string[][] = [];
    const models: ModelStore = {
      get: (key) => store.models.get(key),
      put: async (key) => void writes.push([key]),
      list: (prefix) => store.models.list(prefix),
      putMany: async (entries) => void writes.push(entries.map(({ key }) => key)),
    };
    await retrain(contextWith({ models }), { codes, horizons: [1] });
    expect(writes).toEqual([['_pooled_h1_scale', '_pooled_h1_quantiles']]);
    writes.length = 0;
    const turned = house(Object.fromEntries(codes.map((code, i) => [code, turningBars(i + 1)])));
    const { items } = await retrain(turned.contextWith({ models }, { ...wild, gateTolerance: 0 }), {
      codes,
      horizons: [1],
    });
    expect(items.map(({ status }) => status)).toEqual(['kept', 'kept', 'kept']);
    expect(items[0].lossRatios!.pinball).toBeGreaterThan(1);
    expect(writes).toEqual([]);
  });

  it('publishes all horizons or, aborted before, none, and goes on where it stopped', async () => {
    const { context, contextWith, store, bars } = house();
    const job = { codes, horizons: [1, 3] };
    const statuses = async () => {
      const { items } = await retrain(context, { ...job, resumeFrom: clock() });
      return items.map(({ horizon, status }) => `${horizon} ${status}`);
    };
    const early = new AbortController();
    const { prices } = arrayPrices(bars);
    const aborting: typeof prices = {
      getBars(code, range) {
        if (code === codes[2]) early.abort('early');
        return prices.getBars(code, range);
      },
    };
    await expect(retrain(contextWith({ prices: aborting }), { ...job, signal: early.signal })).rejects.toBe('early');
    expect(await store.models.list()).toEqual([]);
    const late = new AbortController();
    const onProgress = () => late.abort('late');
    await expect(retrain(context, { ...job, signal: late.signal, onProgress })).rejects.toBe('late');
    expect(await store.models.list()).toEqual([
      '_pooled_h1_quantiles',
      '_pooled_h1_scale',
      '_pooled_h3_quantiles',
      '_pooled_h3_scale',
    ]);
    expect(await statuses()).toEqual([...codes.map(() => '1 resumed'), ...codes.map(() => '3 resumed')]);
  });
});

describe('predict with pooled models', () => {
  it('scales the pooled quantiles by the forecast volatility', async () => {
    const { context, store, bars, saidOf } = house();
    await retrain(context, { codes, horizons: [3] });
    const levels = [0.1, 0.5, 0.9];
    await store.models.put('_pooled_h3_quantiles', JSON.stringify({ levels, values: [-1.5, 0.02, 1.25] }));
    // Trees that say 0 everywhere: the variance ahead is the EWMA's.
    const text = (await store.models.get('_pooled_h3_scale'))!;
    await store.models.put(
      '_pooled_h3_scale',
      text.replace(/leaf_value=.*/g, (line) => line.replace(/[^=\s]+(?=\s|$)/g, '0')),
    );
    const step = (await saidOf(codes[0], 3))!;
    const close = Float64Array.from(bars[codes[0]], (bar) => bar.close);
    const unit = causalVolatility(close)[319] * Math.sqrt(3);
    expect(step.ciLow).toBeCloseTo(close[319] * Math.exp(-1.5 * unit), 6);
    expect(step.pointClose).toBeCloseTo(close[319] * Math.exp(0.02 * unit), 6);
    expect(step.ciHigh).toBeCloseTo(close[319] * Math.exp(1.25 * unit), 6);
    expect(step.expectedReturn).toBeCloseTo(Math.exp(0.02 * unit) - 1, 12);
  });

  it('is undefined before there is a model, and forecasts codes that were not in the pool', async () => {
    const { context, saidOf } = house({ ...market(), newcomer: simulateBars(9, { count: 320 }) });
    expect(await saidOf('newcomer', 1)).toBeUndefined();
    await expect(predict('newcomer', context)).rejects.toThrow('lgbm: nothing trained yet');
    await retrain(context, { codes, horizons: [1] });
    expect(await saidOf('newcomer', 1)).toMatchObject({ levels: expect.any(Array) });
  });

  it('reports one part without the other, and corrupt texts, and lets Chronos stand alone', async () => {
    const { contextWith, context, store } = house();
    await retrain(context, { codes, horizons: [1, 3, 5] });
    const broken = memoryStore();
    const copy = async (key: string, change: (text: string) => string = (text) => text) =>
      broken.models.put(key, change((await store.models.get(key))!));
    await copy('_pooled_h1_scale');
    await copy('_pooled_h3_scale', (text) => text.slice(0, text.length / 2));
    await copy('_pooled_h3_quantiles');
    await copy('_pooled_h5_scale');
    await copy('_pooled_h5_quantiles', (text) => text.replace('0.99', '0.09'));
    const withChronos = contextWith({ models: broken.models, chronos: fakeChronos() });
    const prediction = await predict(codes[0], withChronos);
    expect(prediction.sourcesUsed).toEqual(['chronos']);
    expect(prediction.failures).toEqual([
      expect.objectContaining({ member: 'lgbm', horizons: [1], code: 'MODEL_INCOMPLETE' }),
      expect.objectContaining({ member: 'lgbm', horizons: [3], code: 'INVALID_MODEL' }),
      expect.objectContaining({ member: 'lgbm', horizons: [5], code: 'INVALID_MODEL' }),
    ]);
  });

  it.each([
    ['no JSON', '{"levels"'],
    ['null', 'null'],
    ['no level 0.5', '{"levels":[0.1,0.9],"values":[-1,1]}'],
    ['too few values', '{"levels":[0.1,0.5,0.9],"values":[-1,1]}'],
    ['crossing values', '{"levels":[0.1,0.5,0.9],"values":[-1,2,1]}'],
    ['a level of 0', '{"levels":[0,0.1,0.5,0.9],"values":[-2,-1,0,1]}'],
    ['a value that is no number', '{"levels":[0.1,0.5,0.9],"values":[-1,null,1]}'],
    ['a random walk that is a number', `{${SOUND},"randomWalk":1}`],
    ['references that are no codes', `{${SOUND},"references":[1]}`],
    ['a lean that is no number', `{${SOUND},"lean":"up"}`],
    [
      'a regression of unknown inputs',
      `{${SOUND},"linear":{"names":["moon"],"intercept":0,"weights":[1],"centres":[0]}}`,
    ],
    ['too few weights', `{${SOUND},"linear":{"names":["range_1"],"intercept":0,"weights":[],"centres":[0]}}`],
    ['no intercept', `{${SOUND},"linear":{"names":["range_1"],"weights":[1],"centres":[0]}}`],
  ])('refuses stored quantiles with %s', async (_, text) => {
    const { context, store, saidOf } = house();
    await retrain(context, { codes, horizons: [1] });
    await store.models.put('_pooled_h1_quantiles', text);
    await expect(saidOf(codes[0], 1)).rejects.toMatchObject({ code: 'INVALID_MODEL' });
  });

  it('lives through a backtest', async () => {
    const { context, store } = house();
    const span = { from: '2024-03-18', to: '2024-03-26', horizons: [1, 3] };
    const report = await backtest(context, { codes, ...span });
    expect(report.failures).toEqual([]);
    expect(report.retrainFailures).toEqual([]);
    const outcomes = await store.listOutcomes({});
    expect(outcomes.length).toBeGreaterThan(0);
    // A member with a distribution of its own is scored on it.
    for (const { members } of outcomes) expect(members.lgbm.pinball).toBeGreaterThan(0);
    expect(await store.models.list()).toContain('_pooled_h3_scale');
  });
});

describe('the pooled scale model', () => {
  it('is a LightGBM text on the features', async () => {
    const { context, store } = house();
    await retrain(context, { codes, horizons: [1] });
    const booster = parseModel((await store.models.get('_pooled_h1_scale'))!);
    expect(booster.objective).toBe('regression');
    expect(booster.featureNames).toContain('ewma_vol_94');
  });
});

describe('causalVolatility', () => {
  const close = Float64Array.from(simulateBars(4, { count: 700 }), (bar) => bar.close);

  it('entry t ignores every close after t', () => {
    const whole = causalVolatility(close);
    for (const bars of [2, 20, 21, 22, 251, 252, 500, 501]) {
      expect(causalVolatility(close.slice(0, bars))).toEqual(whole.slice(0, bars));
    }
  });

  it('is the mean square of the first 20 returns, then 0.94 of itself and 0.06 of the newest square', () => {
    const squares = Array.from({ length: 25 }, (_, t) => Math.log(close[t + 1] / close[t]) ** 2);
    let variance = squares.slice(0, 20).reduce((sum, square) => sum + square, 0) / 20;
    const sigma = causalVolatility(close);
    expect(sigma[20]).toBeCloseTo(Math.sqrt(variance), 12);
    for (const square of squares.slice(20)) variance = 0.94 * variance + 0.06 * square;
    expect(sigma[25]).toBeCloseTo(Math.sqrt(variance), 12);
  });

  it('forgets where the series starts', () => {
    expect(causalVolatility(close.slice(-400)).at(-1)).toBeCloseTo(causalVolatility(close).at(-1)!, 10);
  });

  it('stays above a tenth of the last year while the close stands still, and is 0 if it never moved', () => {
    const halted = Float64Array.from({ length: 400 }, (_, t) => close[Math.min(t, 300)]);
    const squares = Array.from({ length: 250 }, (_, i) => Math.log(halted[399 - i] / halted[398 - i]) ** 2);
    const year = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / 250);
    expect(causalVolatility(halted)[399]).toBeCloseTo(year / 10, 12);
    expect(causalVolatility(new Float64Array(30).fill(7))[29]).toBe(0);
  });
});

function times(bar: Bar, factor: number): Bar {
  return { ...bar, close: bar.close * factor, high: bar.high * factor * 1.01 };
}

/** The dates of rows with a target, warm-up left out. */
function labelledDates(bars: readonly Bar[], horizon: number): string[] {
  return bars.slice(60, bars.length - horizon).map(({ date }) => date);
}

/** The trees of a model text, without the parameters and importances after them. */
function trees(text: string): string {
  return text.slice(0, text.indexOf('end of trees'));
}

/** Trees of two-row leaves that do not stop early. */
const wild: PooledLgbmOptions = {
  params: { num_iterations: 60, num_leaves: 63, learning_rate: 0.5, min_data_in_leaf: 2, lambda_l2: 0 },
  earlyStoppingRounds: 0,
};

const wildFridays = (seed: number) =>
  barsOfSigma(seed, 500, ({ date }) => (new Date(`${date}T00:00:00Z`).getUTCDay() === 5 ? 0.05 : 0.01));

/** Wild and calm days by turns, then, on the days that validate, wild and calm months: what was learned before is wrong there. */
const turningBars = (seed: number) =>
  barsOfSigma(seed, 420, ({ day }) => ((day < 345 ? day % 2 : Math.floor(day / 20) % 2) === 0 ? 0.01 : 0.05));

function barsOfSigma(seed: number, count: number, sigmaOn: (when: { date: string; day: number }) => number): Bar[] {
  const random = createRandom(seed);
  let date = addTradingDays('2024-03-29', 1 - count, krx.calendar);
  let close = 50_000;
  return Array.from({ length: count }, (_, day) => {
    const sigma = sigmaOn({ date, day });
    const open = close;
    close *= Math.exp(sigma * random.normal());
    const high = Math.max(open, close) * Math.exp(0.5 * sigma * Math.abs(random.normal()));
    const low = Math.min(open, close) * Math.exp(-0.5 * sigma * Math.abs(random.normal()));
    const bar = { date, open, high, low, close, volume: 1e6 };
    date = addTradingDays(date, 1, krx.calendar);
    return bar;
  });
}

describe('the gate of the pooled member', () => {
  it('is the random walk to the bit where all else loses to it on validation, within the tolerance', async () => {
    const bars = Object.fromEntries(codes.map((code, i) => [code, turningBars(i + 1)]));
    const { contextWith, store, saidOf } = house(bars);
    const { items } = await retrain(contextWith({}, { ...wild, gateTolerance: 1e9 }), { codes, horizons: [3] });
    expect(items[0].status).toBe('published');
    expect(items[0].lossRatios!.pinball).toBeGreaterThan(1);
    expect(JSON.parse((await store.models.get('_pooled_h3_quantiles'))!)).toMatchObject({ randomWalk: true });
    // As many bars as a context fetches for a forecast.
    const close = bars[codes[0]].slice(-400).map((bar) => bar.close);
    const { levels, quantiles } = randomWalkForecast(close, { horizon: 3 });
    const step = (await saidOf(codes[0], 3))!;
    expect(step.quantiles).toEqual(Array.from(quantiles.subarray(-levels.length)));
    expect(step.pointClose).toBe(close.at(-1));
  });

  it('forecasts one code as it does in a batch', async () => {
    const { context } = house();
    await retrain(context, { codes, horizons: [1, 3] });
    const together = await predictMany(codes, context, { horizons: [1, 3] });
    for (const [i, code] of codes.entries()) {
      const alone = await predict(code, context, { horizons: [1, 3] });
      const result = together[i];
      if ('error' in result) throw result.error;
      expect(result.forecast.steps.map(({ members }) => members.lgbm)).toEqual(
        alone.steps.map(({ members }) => members.lgbm),
      );
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import type { Member } from '../../src/ensemble/index.js';
import { ForecastError } from '../../src/errors.js';
import { createTrainPool, parseModel, type TrainPool } from '../../src/lgbm/index.js';
import { krx } from '../../src/markets/index.js';
import { instrumentLgbm, type PooledLgbmOptions } from '../../src/members/index.js';
import { modelKey } from '../../src/members/lgbm/model-key.js';
import { matchOutcomes, predict, predictAndStore, predictMember, retrain } from '../../src/pipeline/index.js';
import { createContext } from '../../src/setup/index.js';
import type { ModelStore } from '../../src/store/model-store.js';
import { type BundledWorker, bundleWorker } from '../lgbm/bundled-worker.js';
import {
  arrayPrices,
  fakeChronos,
  pooledOf,
  referenceOf,
  seoulClock,
  simulateBars,
  type TestParts,
} from './simulated-market.js';

const params = { num_iterations: 8, num_leaves: 7 };
const bars = simulateBars(1, { count: 320 });
const clock = seoulClock('2024-03-29T20:00:00').clock;

function house(codes: Record<string, ReturnType<typeof simulateBars>> = { '005930': bars }) {
  const store = memoryStore();
  const source = arrayPrices(codes);
  const contextWith = (change: TestParts = {}, lgbm: PooledLgbmOptions = {}) =>
    referenceOf({ prices: source.prices, store, clock, lgbm: { params, ...lgbm }, ...change });
  return { ...source, store, contextWith, context: contextWith() };
}

describe('retrain', () => {
  it('trains a regressor and a classifier for each horizon, which predict then uses', async () => {
    const { context, store } = house();
    const progress: string[] = [];
    const report = await retrain(context, {
      codes: ['005930'],
      horizons: [1, 3],
      onProgress: ({ done, total, item }) => void progress.push(`${done}/${total} ${item}`),
    });
    expect(report.items.map(({ horizon, status }) => [horizon, status])).toEqual([
      [1, 'published'],
      [3, 'published'],
    ]);
    expect(progress).toEqual(['1/2 005930 h1', '2/2 005930 h3']);
    expect(await store.models.list()).toEqual(['005930_h1_cls', '005930_h1_reg', '005930_h3_cls', '005930_h3_reg']);
    const prediction = await predict('005930', context, { horizons: [1, 3] });
    expect(prediction.sourcesUsed).toEqual(['lgbm_h1', 'lgbm_h3']);
    const own = await predictMember('005930', context, { member: 'lgbm', horizon: 3 });
    const { pointClose } = prediction.steps[1];
    expect(pointClose).toBe(own!.pointClose);
    expect([own!.ciLow, own!.ciHigh]).toEqual([pointClose * (1 - 0.03), pointClose * (1 + 0.03)]);
    expect(own!.probUp + own!.probFlat + own!.probDown).toBeCloseTo(1, 12);
  });

  it('is undefined before there is a model', async () => {
    expect(await predictMember('005930', house().context, { member: 'lgbm', horizon: 1 })).toBeUndefined();
  });

  it('says beside each model what it was trained on, up to which bar', async () => {
    const { context, store } = house();
    await retrain(context, { codes: ['005930'], horizons: [3] });
    const meta = (await store.models.getMeta('005930_h3_reg')) as { trainedAt: string; validationLoss: number };
    // 320 bars, 317 with a target; the newest fifth validates, and 3 rows before it are purged.
    expect(meta).toMatchObject({
      code: '005930',
      horizon: 3,
      trainedThrough: '2024-03-29',
      trainRows: 250,
      validationRows: 64,
    });
    expect(meta.validationLoss).toBeGreaterThan(0);
    expect(new Date(meta.trainedAt)).toEqual(clock());
  });

  it('purges the training rows whose target reaches into validation: their closes change no tree', async () => {
    // Rows 0..249 train (see above); the target of row 249 is the close of row 252, validation starts at row 253.
    const texts = [];
    for (const changed of [undefined, 253, 252]) {
      const moved = bars.map((bar, row) =>
        row === changed ? { ...bar, close: bar.close * 1.001, high: bar.high * 1.01 } : bar,
      );
      const { contextWith, store } = house({ '005930': moved });
      const context = contextWith({}, { earlyStoppingRounds: 0, gateTolerance: 10 });
      await retrain(context, { codes: ['005930'], horizons: [3] });
      texts.push(trees((await store.models.get('005930_h3_reg'))!));
    }
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).not.toBe(texts[0]);
  });

  it('isolates an item that fails and keeps its old models', async () => {
    const { context, store, bars: source } = house({ '005930': bars, '000660': simulateBars(2, { count: 320 }) });
    await retrain(context, { codes: ['000660', '005930'], horizons: [1] });
    const before = await store.models.get('000660_h1_reg');
    source['000660'] = source['000660'].slice(-100);
    const report = await retrain(context, { codes: ['000660', 'nobody', '005930'], horizons: [1] });
    expect(report.items.map(({ status }) => status)).toEqual(['failed', 'failed', 'published']);
    expect(report.items[0].error).toMatchObject({ code: 'SERIES_TOO_SHORT' });
    expect(report.items[1].error).toMatchObject({ code: 'UNKNOWN_CODE' });
    expect(await store.models.get('000660_h1_reg')).toBe(before);
  });

  it('reports a member that throws for each item that it had not told of, and trains the others', async () => {
    const { prices, store } = house();
    const failing: Member = {
      name: 'failing',
      prior: 1,
      forecast: async (batch) => batch.map(() => new Map()),
      async retrain({ report }) {
        report([{ code: '005930', horizon: 1, status: 'published' }]);
        throw new Error('no service');
      },
    };
    const members = [failing, instrumentLgbm({ params, threads: 0 })];
    const context = createContext({ market: krx, prices, store, clock, members });
    const { items } = await retrain(context, { codes: ['005930'], horizons: [1, 3] });
    expect(items.map(({ member, horizon, status }) => [member, horizon, status])).toEqual([
      ['failing', 1, 'published'],
      ['failing', 3, 'failed'],
      ['lgbm', 1, 'published'],
      ['lgbm', 3, 'published'],
    ]);
    expect(items[1].error).toMatchObject({ message: 'no service' });
  });

  it('ends when aborted, also where a member goes on for longer than a member may take', async () => {
    const { prices, store } = house();
    const controller = new AbortController();
    const hanging: Member = {
      name: 'hanging',
      prior: 1,
      forecast: async (batch) => batch.map(() => new Map()),
      retrain() {
        controller.abort('enough');
        return new Promise(() => {});
      },
    };
    const context = createContext({ market: krx, prices, store, clock, members: [hanging], memberTimeoutMs: 20 });
    const training = retrain(context, { codes: ['005930'], horizons: [1], signal: controller.signal });
    await expect(training).rejects.toBe('enough');
  });

  it('publishes both models of a pair at once', async () => {
    const { contextWith, store } = house();
    const writes: string[][] = [];
    const models: ModelStore = {
      get: (key) => store.models.get(key),
      put: async (key) => void writes.push([key]),
      list: (prefix) => store.models.list(prefix),
      putMany: async (entries) => void writes.push(entries.map(({ key }) => key)),
    };
    await retrain(contextWith({ models }), { codes: ['005930'], horizons: [1] });
    expect(writes).toEqual([['005930_h1_reg', '005930_h1_cls']]);
    const { putMany, ...plain } = models;
    writes.length = 0;
    await retrain(contextWith({ models: plain }), { codes: ['005930'], horizons: [1] });
    expect(writes).toEqual([['005930_h1_reg'], ['005930_h1_cls']]);
  });

  it('keeps the old models when the new ones lose to a constant by more than the gate allows', async () => {
    const { contextWith, context, store } = house();
    await retrain(context, { codes: ['005930'], horizons: [1] });
    const before = await store.models.get('005930_h1_reg');
    // Thirty leaves on noise, no early stopping: worse than the mean of the training returns.
    const wild = { num_iterations: 30, num_leaves: 31, learning_rate: 0.5, min_data_in_leaf: 2 };
    const strict = contextWith({}, { params: wild, earlyStoppingRounds: 0, gateTolerance: 0 });
    const report = await retrain(strict, { codes: ['005930'], horizons: [1] });
    expect(report.items[0].status).toBe('kept');
    expect(report.items[0].lossRatios!.reg).toBeGreaterThan(1);
    expect(await store.models.get('005930_h1_reg')).toBe(before);
  });

  it('stops when aborted, and goes on where it stopped', async () => {
    const { context, store } = house({ '005930': bars, '000660': simulateBars(2, { count: 320 }) });
    const controller = new AbortController();
    const onProgress = () => controller.abort('enough');
    const job = { codes: ['005930', '000660'], horizons: [1] };
    await expect(retrain(context, { ...job, signal: controller.signal, onProgress })).rejects.toBe('enough');
    expect(await store.models.list()).toEqual(['005930_h1_cls', '005930_h1_reg']);
    const report = await retrain(context, { ...job, resumeFrom: clock() });
    expect(report.items.map(({ code, status }) => [code, status])).toEqual([
      ['005930', 'resumed'],
      ['000660', 'published'],
    ]);
  });

  it('records how the forecasts of the last 30 days did', async () => {
    const { store, prices, bars: source } = house({ '005930': bars });
    const time = seoulClock('2024-02-26T16:00:00');
    const context = referenceOf({ prices, store, chronos: fakeChronos(), clock: time.clock, lgbm: { params } });
    for (const { date } of source['005930'].filter((bar) => bar.date >= '2024-02-26')) {
      time.set(`${date}T16:00:00`);
      await predictAndStore('005930', context, { horizons: [1] });
      await matchOutcomes(date, context);
    }
    await retrain(context, { codes: ['005930'], horizons: [1, 3] });
    const [one, three] = await store.listPerformance({ code: '005930' });
    // Outcomes of 2024-02-29 to 03-29: 21 KRX trading days after the one of 03-01, Independence Movement Day.
    const outcomes = await store.listOutcomes({ fromActualDate: '2024-02-29' });
    expect(one).toMatchObject({ horizon: 1, asOf: '2024-03-29', windowDays: 30, sampleCount: outcomes.length });
    expect(outcomes).toHaveLength(21);
    expect(one.hitRate).toBeCloseTo(outcomes.filter(({ directionHit }) => directionHit).length / 21, 12);
    expect(one.coverage).toBeCloseTo(outcomes.filter(({ covered }) => covered).length / 21, 12);
    // This Chronos' median is the last close: it errs exactly as the random walk does.
    expect(one.meanAbsError).toBeCloseTo(one.naiveMeanAbsError!, 12);
    expect(three).toEqual({ code: '005930', horizon: 3, asOf: '2024-03-29', windowDays: 30, sampleCount: 0 });
  });

  it('reports an instrument whose performance cannot be measured, and measures the others', async () => {
    const { contextWith, store } = house({ a: bars, b: bars, c: bars });
    const error = new ForecastError('CORRUPT_ROW', 'an outcome of b cannot be read back');
    const spoiled = {
      ...store,
      models: store.models,
      listOutcomes: (query: Parameters<typeof store.listOutcomes>[0]) =>
        query?.code === 'b' ? Promise.reject(error) : store.listOutcomes(query),
    };
    const report = await retrain(contextWith({ store: spoiled }), { codes: ['a', 'b', 'c'], horizons: [1] });
    expect(report.items.map(({ status }) => status)).toEqual(['published', 'published', 'published']);
    expect(report.performanceFailures).toEqual([{ code: 'b', error }]);
    expect((await store.listPerformance()).map(({ code }) => code)).toEqual(['a', 'c']);
    const closed = { ...spoiled, listOutcomes: () => Promise.reject(new ForecastError('STORE_CLOSED', 'gone')) };
    const call = retrain(contextWith({ store: closed }), { codes: ['a'], horizons: [1] });
    await expect(call).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });
});

describe('retrain on a pool of threads', () => {
  let worker: BundledWorker;
  let trainPool: TrainPool;
  beforeAll(async () => {
    worker = await bundleWorker();
    trainPool = await createTrainPool({ workers: 2, spawn: worker.spawn });
  });
  afterAll(() => {
    trainPool.close();
    worker.remove();
  });
  const codes = ['005930', 'nobody', '000660'];
  const twoCodes = () => house({ '005930': bars, '000660': simulateBars(2, { count: 320 }) });
  const textsOf = async (models: ModelStore) =>
    Promise.all((await models.list()).map(async (key) => [key, await models.get(key)]));

  it.each([
    ['instrument', referenceOf],
    ['pooled', pooledOf],
  ])('publishes the bytes that one thread does (%s)', async (_, contextOf) => {
    const [alone, together] = [twoCodes(), twoCodes()];
    const job = { codes, horizons: [1, 3] };
    const lgbm = { params, gateTolerance: 10 };
    const expected = await retrain(contextOf({ prices: alone.prices, store: alone.store, clock, lgbm }), job);
    const threaded = { prices: together.prices, store: together.store, clock, lgbm: { ...lgbm, trainPool } };
    const report = await retrain(contextOf(threaded), job);
    expect(report.items).toEqual(expected.items);
    expect(report.items.filter(({ status }) => status === 'published')).toHaveLength(4);
    expect(await textsOf(together.store.models)).toEqual(await textsOf(alone.store.models));
  });

  it('leaves this thread to others while it trains, and stops when aborted', async () => {
    const { contextWith, store } = house();
    const controller = new AbortController();
    let turns = 0;
    const timer = setInterval(() => {
      if (++turns === 3) controller.abort('enough');
    }, 10);
    // a training that would take minutes
    const slow = contextWith({}, { trainPool, params: { num_iterations: 100_000 }, earlyStoppingRounds: 0 });
    const running = retrain(slow, { codes: ['005930'], signal: controller.signal });
    await expect(running).rejects.toBe('enough');
    clearInterval(timer);
    expect(await store.models.list()).toEqual([]);
  });
});

describe('predict with stored models', () => {
  it('reports one model without its pair, and a corrupt text, and lets Chronos stand alone', async () => {
    const { contextWith, context, store } = house();
    await retrain(context, { codes: ['005930'], horizons: [1, 3] });
    const text = (await store.models.get(modelKey('lgbm', { code: '005930', horizon: 1, kind: 'reg' })))!;
    const broken = memoryStore();
    await broken.models.put('005930_h1_reg', text);
    await broken.models.put('005930_h3_reg', text.slice(0, text.length / 2));
    await broken.models.put('005930_h3_cls', 'tree\nno tree');
    const models = broken.models;
    const withChronos = contextWith({ models, chronos: fakeChronos() });
    const prediction = await predict('005930', withChronos, { horizons: [1, 3] });
    expect(prediction.sourcesUsed).toEqual(['chronos']);
    expect(prediction.failures).toEqual([
      expect.objectContaining({ member: 'lgbm', horizons: [1], code: 'MODEL_INCOMPLETE' }),
      expect.objectContaining({ member: 'lgbm', horizons: [3], code: 'INVALID_MODEL' }),
    ]);
    await expect(predict('005930', contextWith({ models }))).rejects.toMatchObject({ code: 'NO_FORECAST' });
  });

  it('refuses a model that asks for a feature which is not built', async () => {
    const { context, store } = house();
    await retrain(context, { codes: ['005930'], horizons: [1] });
    for (const key of await store.models.list()) {
      const text = (await store.models.get(key))!;
      const name = parseModel(text).featureNames[0];
      await store.models.put(key, text.replaceAll(` ${name} `, ' moonphase ').replaceAll(`=${name} `, '=moonphase '));
    }
    await expect(predictMember('005930', context, { member: 'lgbm', horizon: 1 })).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringContaining('"moonphase"'),
    });
  });
});

/** The trees of a model text, without the parameters and importances after them. */
function trees(text: string): string {
  return text.slice(0, text.indexOf('end of trees'));
}

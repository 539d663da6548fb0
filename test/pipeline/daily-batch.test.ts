import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { ForecastError } from '../../src/errors.js';
import { type DailyBatchOptions, dailyBatch } from '../../src/pipeline/index.js';
import { sampleOutcome } from '../../src/testing/samples.js';
import { arrayPrices, fakeChronos, referenceOf, seoulClock, simulateBars, type TestParts } from './simulated-market.js';

const codes = ['a', 'b', 'c', 'd'];

function house() {
  const source = arrayPrices(Object.fromEntries(codes.map((code, i) => [code, simulateBars(i + 1, { count: 120 })])));
  const store = memoryStore();
  const { clock } = seoulClock('2024-03-29T16:00:00');
  const parts = { prices: source.prices, store, chronos: fakeChronos(), clock };
  const batch = (options: Partial<DailyBatchOptions> = {}, change: TestParts = {}) =>
    dailyBatch(referenceOf({ ...parts, ...change }), { codes, ...options });
  return { ...source, store, batch };
}

describe('dailyBatch', () => {
  it('forecasts and stores every instrument, whatever the chunks', async () => {
    const { batch, store } = house();
    const progress: number[] = [];
    const onProgress = ({ done }: { done: number }) => void progress.push(done);
    const report = await batch({ chunkSize: 3, onProgress });
    expect(report).toEqual({ stored: codes, failures: [] });
    expect(progress).toEqual([1, 2, 3, 4]);
    const rows = await store.listPredictions();
    expect(rows).toHaveLength(12);
    expect(rows.every((row) => !row.userTriggered)).toBe(true);
    const whole = house();
    await whole.batch();
    expect(await whole.store.listPredictions()).toEqual(rows);
  });

  it('is idempotent', async () => {
    const { batch, store } = house();
    await batch();
    const before = await store.listPredictions();
    await batch();
    expect(await store.listPredictions()).toEqual(before);
  });

  it('reports a poison instrument and stores the others', async () => {
    const { batch, store, bars } = house();
    bars.b = [{ ...bars.b[0], close: -1 }];
    const report = await batch({ codes: [...codes, 'nobody'] });
    expect(report.stored).toEqual(['a', 'c', 'd']);
    expect(report.failures).toEqual([
      { code: 'b', error: expect.objectContaining({ code: 'INVALID_BAR' }) },
      { code: 'nobody', error: expect.objectContaining({ code: 'UNKNOWN_CODE' }) },
    ]);
    expect(new Set((await store.listPredictions()).map(({ code }) => code))).toEqual(new Set(['a', 'c', 'd']));
  });

  it('refreshes prices first, and reports a refresh that fails', async () => {
    const { batch, prices: source } = house();
    const order: string[] = [];
    const prices = {
      getBars: (...args: Parameters<typeof source.getBars>) => {
        order.push('read');
        return source.getBars(...args);
      },
    };
    await batch({ refreshPrices: async () => void order.push('refresh') }, { prices });
    expect(order[0]).toBe('refresh');
    const error = new Error('offline');
    const report = await batch({ refreshPrices: () => Promise.reject(error) });
    expect(report.refreshError).toBe(error);
    expect(report.stored).toEqual(codes);
  });

  it('stops at once when the store is gone midway; what was stored is still there', async () => {
    const { batch, store } = house();
    let writes = 0;
    const failing = {
      ...store,
      models: store.models,
      upsertPredictions: async (records: Parameters<typeof store.upsertPredictions>[0]) => {
        if (++writes === 3) await store.close();
        return store.upsertPredictions(records);
      },
    };
    const done: string[] = [];
    const onProgress = ({ item }: { item: string }) => void done.push(item);
    const call = batch({ chunkSize: 1, onProgress }, { store: failing });
    await expect(call).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    expect(done).toEqual(['a', 'b']);
    expect(writes).toBe(3);
  });

  it('stops when aborted, and refuses an empty list', async () => {
    const { batch, store } = house();
    const controller = new AbortController();
    const call = batch({
      chunkSize: 1,
      signal: controller.signal,
      onProgress: () => controller.abort('enough'),
    });
    await expect(call).rejects.toBe('enough');
    expect(await store.listPredictions()).toHaveLength(3);
    await expect(batch({ codes: [] })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: 'codes',
    });
  });

  it('lets timers and signals through between instruments, though prices and store never wait', async () => {
    const { batch, store, prices: source } = house();
    const controller = new AbortController();
    const prices: typeof source = {
      getBars(code, range) {
        if (code === 'a') setImmediate(() => controller.abort('enough'));
        return source.getBars(code, range);
      },
    };
    const call = batch({ signal: controller.signal }, { prices });
    await expect(call).rejects.toBe('enough');
    expect(await store.listPredictions()).toEqual([]);
  });

  it('writes a chunk at once; an instrument that the store refuses does not take the others along', async () => {
    const { batch, store } = house();
    await batch({ codes: ['b'] });
    const [{ code, baseDate, horizon }] = await store.listPredictions();
    await store.recordOutcomes([sampleOutcome({ code, baseDate, horizon })]);
    const calls: number[] = [];
    const counting = {
      ...store,
      upsertPredictions(records: Parameters<typeof store.upsertPredictions>[0]) {
        calls.push(records.length);
        return store.upsertPredictions(records);
      },
    };
    const report = await batch({}, { store: counting });
    expect(report.stored).toEqual(['a', 'c', 'd']);
    expect(report.failures).toEqual([{ code: 'b', error: expect.objectContaining({ code: 'ALREADY_MATCHED' }) }]);
    expect(calls).toEqual([12, 3, 3, 3, 3]);
    expect(await store.listPredictions()).toHaveLength(12);
    calls.length = 0;
    await batch({ codes: ['a', 'c', 'd'] }, { store: counting });
    expect(calls).toEqual([9]);
  });

  it('asks a store that stays busy once a chunk', async () => {
    const { batch, store } = house();
    const error = new ForecastError('STORE_BUSY', 'locked');
    let calls = 0;
    const busy = {
      ...store,
      upsertPredictions() {
        calls++;
        return Promise.reject(error);
      },
    };
    const report = await batch({ chunkSize: 2 }, { store: busy });
    expect(report).toEqual({ stored: [], failures: codes.map((code) => ({ code, error })) });
    expect(calls).toBe(2);
  });

  it('reads the weights of a chunk at once; a store that refuses those of one instrument is asked for each', async () => {
    const { batch, store } = house();
    const calls: string[] = [];
    const refusing = (error: unknown) => ({
      ...store,
      getManyWeights(keys: readonly { code: string; horizon: number }[], asOf?: string) {
        calls.push(keys.map(({ code, horizon }) => code + horizon).join(' '));
        return keys.some(({ code }) => code === 'b') ? Promise.reject(error) : store.getManyWeights!(keys, asOf);
      },
      getWeights(code: string, horizon: number, asOf?: string) {
        calls.push(code + horizon);
        return code === 'b' ? Promise.reject(error) : store.getWeights(code, horizon, asOf);
      },
    });
    const error = new ForecastError('INVALID_KEY', 'no such code');
    const options = { horizons: [1, 3], chunkSize: 2 };
    const report = await batch(options, { store: refusing(error) });
    expect(report).toEqual({ stored: ['a', 'c', 'd'], failures: [{ code: 'b', error }] });
    expect(calls).toEqual(['a1 a3 b1 b3', 'a1', 'a3', 'b1', 'c1 c3 d1 d3']);
    calls.length = 0;
    const busy = new ForecastError('STORE_BUSY', 'locked');
    const { failures } = await batch(options, { store: refusing(busy) });
    expect(failures).toEqual([
      { code: 'a', error: busy },
      { code: 'b', error: busy },
    ]);
    expect(calls).toEqual(['a1 a3 b1 b3', 'c1 c3 d1 d3']);
  });

  it('forecasts the same with a store that reads weights one by one', async () => {
    const { batch, store } = house();
    const weights = { chronos: 0.25, lgbm: 0, naive: 0.75 };
    const row = { horizon: 3, asOf: '2024-03-28', weights, hitRates: {}, sampleCount: 9 };
    await store.putWeights(codes.slice(1).map((code) => ({ ...row, code })));
    const { getManyWeights: _, ...plain } = store;
    await batch({}, { store: plain });
    const rows = await store.listPredictions();
    expect(rows.filter((one) => one.weights['naive'] === 0.75)).toHaveLength(3);
    await batch();
    expect(await store.listPredictions()).toEqual(rows);
  });

  it('fetches the next chunk while one is stored', async () => {
    const { batch, store, prices: source } = house();
    const order: string[] = [];
    const prices: typeof source = {
      getBars(code, range) {
        order.push(`fetch ${code}`);
        return source.getBars(code, range);
      },
    };
    const telling = {
      ...store,
      upsertPredictions(records: Parameters<typeof store.upsertPredictions>[0]) {
        order.push(`store ${records[0].code}`);
        return store.upsertPredictions(records);
      },
    };
    await batch({ chunkSize: 1 }, { prices, store: telling });
    const expected = ['fetch a', 'fetch b', 'store a', 'fetch c', 'store b', 'fetch d', 'store c', 'store d'];
    expect(order).toEqual(expected);
  });

  it('leaves no fetch behind when the store is gone', async () => {
    const { batch, store, prices: source } = house();
    let left: AbortSignal | undefined;
    const prices: typeof source = {
      getBars(code, range) {
        if (code === 'a') return source.getBars(code, range);
        left = range.signal;
        return new Promise(() => {}); // never answers
      },
    };
    const failing = { ...store, upsertPredictions: () => Promise.reject(new ForecastError('STORE_CLOSED', 'gone')) };
    const call = batch({ chunkSize: 1 }, { prices, store: failing });
    await expect(call).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    expect(left?.aborted).toBe(true);
  });

  it('leaves out instruments whose prices ended long ago, where asked to, and warns of them otherwise', async () => {
    const { batch, bars, store } = house();
    bars.b = bars.b.slice(0, -10);
    const report = await batch({ maxAgeDays: 5 });
    expect(report.stored).toEqual(['a', 'c', 'd']);
    expect(report.failures).toEqual([{ code: 'b', error: expect.objectContaining({ code: 'STALE_PRICES' }) }]);
    const last = bars.c.length - 10;
    const { close } = bars.c[last];
    bars.c = bars.c.map((bar, i) =>
      i <= last ? bar : { ...bar, open: close, high: close, low: close, close, volume: 0 },
    );
    expect((await batch({ maxAgeDays: 5 })).failures).toEqual([
      { code: 'b', error: expect.objectContaining({ code: 'STALE_PRICES' }) },
      { code: 'c', error: expect.objectContaining({ code: 'STALE_PRICES', actual: bars.c[last].date }) },
    ]);
    expect((await batch()).stored).toEqual(codes);
    expect(await store.listPredictions({ code: 'b' })).toHaveLength(3);
    await expect(batch({ maxAgeDays: -1 })).rejects.toMatchObject({ field: 'maxAgeDays' });
  });

  it('refuses chunks that are none', async () => {
    const { batch } = house();
    for (const chunkSize of [0, 1.5, Number.NaN])
      await expect(batch({ chunkSize })).rejects.toMatchObject({ field: 'chunkSize' });
  });
});

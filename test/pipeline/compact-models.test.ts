import { beforeAll, describe, expect, it, vi } from 'vitest';
import { memoryModels } from '../../adapters/store/memory.js';
import { encodeModel } from '../../src/lgbm/index.js';
import { type Forecast, predictMany, predictMember, retrain } from '../../src/pipeline/index.js';
import type { ModelEntry, ModelStore } from '../../src/store/model-store.js';
import { arrayPrices, fakeChronos, referenceOf, seoulClock, simulateBars } from './simulated-market.js';

const { prices } = arrayPrices({ '005930': simulateBars(1, { count: 320 }) });
const { clock } = seoulClock('2024-03-29T20:00:00');
const lgbm = { params: { num_iterations: 8, num_leaves: 7 } };
const ask = { member: 'lgbm', horizon: 3 };

function contextOf(models: ModelStore, warn = vi.fn()) {
  return { warn, context: referenceOf({ prices, models, clock, lgbm, logger: { info() {}, warn } }) };
}

/** Returns the store and how often texts are read from it. */
function counted(models: ModelStore) {
  const texts = vi.fn();
  const get: ModelStore['get'] = (key) => {
    texts();
    return models.get(key);
  };
  const getMany: ModelStore['getMany'] = (keys) => {
    texts();
    return models.getMany!(keys);
  };
  return { models: { ...models, get, getMany }, texts };
}

describe('models in compact form', () => {
  const entries: ModelEntry[] = [];
  let said: unknown;
  beforeAll(async () => {
    const models = memoryModels();
    const putMany: ModelStore['putMany'] = (put) => {
      entries.push(...put);
      return models.putMany(put);
    };
    await retrain(contextOf({ ...models, putMany }).context, { codes: ['005930'], horizons: [1, 3] });
    const { getCompact: _, ...plain } = models;
    said = await predictMember('005930', contextOf(plain).context, ask);
  });

  it('are put beside the texts that they are, and asked instead', async () => {
    expect(entries).toHaveLength(4);
    for (const { text, compact } of entries) expect(compact).toEqual(encodeModel(text));
    const { models, texts } = counted(memoryModels());
    await models.putMany!(entries);
    const { context, warn } = contextOf(models);
    expect(await predictMember('005930', context, ask)).toEqual(said);
    expect(texts).not.toHaveBeenCalled();
    expect(warn).not.toHaveBeenCalled();
  });

  it.each<[string, (form: Uint8Array) => Uint8Array]>([
    ['damaged', (form) => form.map((byte, at) => (at === form.length >> 1 ? byte ^ 1 : byte))],
    ['cut short', (form) => form.subarray(0, form.length - 8)],
    ['of the version before', (form) => form.map((byte, at) => (at === 4 ? byte - 1 : byte))],
    ['of a later version', (form) => form.map((byte, at) => (at === 4 ? byte + 1 : byte))],
    ['something else', () => new TextEncoder().encode('tree\nversion=v4\n')],
  ])('that are %s are reported once, and their texts read', async (_, change) => {
    const { models, texts } = counted(memoryModels());
    await models.putMany!(entries.map((entry) => ({ ...entry, compact: change(entry.compact!) })));
    const { context, warn } = contextOf(models);
    expect(await predictMember('005930', context, ask)).toEqual(said);
    expect(texts).toHaveBeenCalledTimes(1);
    const told = { key: '005930_h3_reg', error: expect.objectContaining({ code: 'INVALID_MODEL' }) };
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^lgbm: 2 models were read from their texts/), told]]);
  });

  it('are not made for a store that keeps none, nor needed of half a pair', async () => {
    const { getCompact, ...plain } = memoryModels();
    const put: ModelEntry[] = [];
    const putMany: ModelStore['putMany'] = async (given) => void put.push(...given);
    await retrain(contextOf({ ...plain, putMany }).context, { codes: ['005930'], horizons: [3] });
    expect(put.map((entry) => 'compact' in entry)).toEqual([false, false]);
    const half = memoryModels();
    await half.putMany(entries.map(({ compact, ...entry }, i) => (i % 2 === 0 ? entry : { ...entry, compact })));
    expect(await predictMember('005930', contextOf(half).context, ask)).toEqual(said);
  });

  it('are those of the newest texts: one put since is what is asked', async () => {
    const models = memoryModels();
    await models.putMany(entries);
    for (const kind of ['reg', 'cls']) {
      await models.put(`005930_h3_${kind}`, (await models.get(`005930_h1_${kind}`))!);
    }
    const { context } = contextOf(models);
    const first = await predictMember('005930', context, { ...ask, horizon: 1 });
    expect(await predictMember('005930', context, ask)).toEqual(first);
    expect(first).not.toEqual(said);
  });

  it('are read for several instruments at once, and for each where the store refuses one of them', async () => {
    const codes = ['005930', '000660', '035420'];
    const models = memoryModels();
    for (const code of codes) {
      await models.putMany(entries.map((entry) => ({ ...entry, key: entry.key.replace('005930', code) })));
    }
    const asked: number[] = [];
    const refusing = (code: string) => ({
      ...models,
      getCompact(keys: readonly string[]) {
        asked.push(keys.length);
        return keys.some((key) => key.startsWith(code)) ? Promise.reject(new Error('gone')) : models.getCompact(keys);
      },
    });
    const all = arrayPrices(Object.fromEntries(codes.map((code, i) => [code, simulateBars(i + 1, { count: 320 })])));
    const forecasts = async (store: ModelStore) => {
      const context = referenceOf({ prices: all.prices, models: store, chronos: fakeChronos(), clock, lgbm });
      const results = await predictMany(codes, context, { horizons: [1, 3] });
      return results.map((result) => ('error' in result ? result.error : result.forecast));
    };
    const whole = await forecasts(refusing('none'));
    expect(asked).toEqual([12]);
    const { getCompact: _, ...plain } = models;
    expect(whole).toEqual(await forecasts(plain));
    expect(whole.map((one) => (one as Forecast).failures)).toEqual([[], [], []]);
    asked.length = 0;
    const refused = await forecasts(refusing('000660'));
    expect(asked).toEqual([12, 4, 4, 4]);
    expect([refused[0], refused[2]]).toEqual([whole[0], whole[2]]);
    expect((refused[1] as Forecast).failures).toMatchObject([{ member: 'lgbm', horizons: [1, 3], message: 'gone' }]);
  });

  it('fail with the store that reads them', async () => {
    const failing = { ...memoryModels(), getCompact: () => Promise.reject(new Error('gone')) };
    await expect(predictMember('005930', contextOf(failing).context, ask)).rejects.toThrow('gone');
  });
});

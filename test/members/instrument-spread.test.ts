import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { randomWalkForecast } from '../../src/baselines/index.js';
import { newestFeatures } from '../../src/features/build-features.js';
import { DEFAULT_FEATURES } from '../../src/features/index.js';
import { parseModel } from '../../src/lgbm/index.js';
import { krx } from '../../src/markets/index.js';
import { type InstrumentLgbmOptions, instrumentLgbm } from '../../src/members/index.js';
import { parseSpread } from '../../src/members/instrument/instrument-spread.js';
import { modelKey } from '../../src/members/lgbm/model-key.js';
import { predict, predictMember, retrain } from '../../src/pipeline/index.js';
import type { Bar } from '../../src/series/index.js';
import { createContext } from '../../src/setup/index.js';
import type { ModelEntry, ModelStore } from '../../src/store/model-store.js';
import { arrayPrices, seoulClock } from '../pipeline/simulated-market.js';
import { clusteredBars, type InstrumentLaw } from './simulated-instruments.js';

/** Dozens of trainings, on a machine with other work. */
const SLOW_MS = 240_000;

const { clock } = seoulClock('2024-03-29T20:00:00');
const NAMES = ['ret_1', 'ret_2', 'ret_5', 'rsi_5', 'ewma_vol_94', 'weekday'];
const features = DEFAULT_FEATURES.filter(({ name }) => NAMES.includes(name));

function house(bars: Record<string, Bar[]>, options: InstrumentLgbmOptions = {}) {
  const store = memoryStore();
  const { prices } = arrayPrices(bars);
  const members = [instrumentLgbm({ features, prior: 1, threads: 0, ...options })];
  const context = createContext({ market: krx, prices, store, clock, members });
  const spreadOf = async (code: string, horizon: number) => {
    const key = modelKey('lgbm', { code, horizon, kind: 'spr' });
    return parseSpread((await store.models.get(key))!, key);
  };
  return { context, store, spreadOf, codes: Object.keys(bars) };
}

const instruments = (seeds: number, law: InstrumentLaw) =>
  Object.fromEntries(Array.from({ length: seeds }, (_, i) => [`s${i + 1}`, clusteredBars(i + 1, law)]));

describe('instrumentLgbm that learns how far to trust its pair', () => {
  it(
    'is the random walk on nearly all random walks, however clustered their volatility',
    async () => {
      const params = { num_leaves: 7 };
      const { context, spreadOf, codes } = house(instruments(12, { count: 420 }), { params });
      const { items } = await retrain(context, { codes, horizons: [1, 5] });
      expect(items.map(({ status }) => status)).toEqual(items.map(() => 'published'));
      const spreads = await Promise.all(items.map(({ code, horizon }) => spreadOf(code, horizon)));
      // 24 verdicts at 2.5 % each: one of them by chance.
      expect(spreads.filter(({ pull }) => pull > 0).length).toBeLessThanOrEqual(2);
      expect(spreads.filter(({ shares }) => shares).length).toBeLessThanOrEqual(2);
      for (const { pull, narrowing } of spreads) if (pull === 0) expect(narrowing).toBe(1);
    },
    SLOW_MS,
  );

  it(
    'moves and narrows the forecast of an instrument whose returns can be foretold',
    async () => {
      const { context, spreadOf, codes } = house(instruments(3, { count: 1000, momentum: 0.65 }), {
        params: { num_leaves: 7 },
      });
      const { items } = await retrain(context, { codes, horizons: [1] });
      for (const { code, lossRatios } of items) {
        const { pull, narrowing } = await spreadOf(code, 1);
        expect(lossRatios!.pinball).toBeLessThan(0.95);
        expect(pull).toBeGreaterThanOrEqual(0.5);
        expect(narrowing).toBeLessThan(0.97);
        const [{ members }] = (await predict(code, context, { horizons: [1] })).steps;
        const { lgbm, naive } = members;
        expect(lgbm.pointClose).not.toBe(naive.pointClose);
        expect(Math.log(lgbm.ciHigh / lgbm.ciLow)).toBeCloseTo(narrowing * Math.log(naive.ciHigh / naive.ciLow), 12);
        expect(lgbm.ciLow).toBeLessThanOrEqual(lgbm.pointClose);
        expect(lgbm.pointClose).toBeLessThanOrEqual(lgbm.ciHigh);
      }
    },
    SLOW_MS,
  );

  it('answers as the random walk to the bit where it is one', async () => {
    const bars = instruments(1, { count: 300 });
    const { context } = house(bars);
    await retrain(context, { codes: ['s1'], horizons: [1, 3] });
    const close = bars.s1.map((bar) => bar.close);
    const { levels, quantiles } = randomWalkForecast(close, { horizon: 3 });
    const said = (await predictMember('s1', context, { member: 'lgbm', horizon: 3 }))!;
    expect(said.quantiles).toEqual(Array.from(quantiles.subarray(-levels.length)));
    expect(said.pointClose).toBe(close[299]);
  });

  it("states the classifier's shares only where they were found to be better", async () => {
    const bars = instruments(1, { count: 300 });
    const { context, store } = house(bars);
    await retrain(context, { codes: ['s1'], horizons: [1] });
    const saidWith = async (shares: boolean) => {
      await store.models.put('s1_h1_spr', JSON.stringify({ pull: 0, narrowing: 1, shares }));
      return (await predictMember('s1', context, { member: 'lgbm', horizon: 1 }))!;
    };
    const classifier = parseModel((await store.models.get('s1_h1_cls'))!);
    const [down, flat, up] = classifier.predict(newestFeatures(bars.s1, { features }).values, { rows: 1 });
    const [own, implied] = [await saidWith(true), await saidWith(false)];
    for (const [i, share] of [own.probDown, own.probFlat, own.probUp].entries()) {
      expect(share).toBeCloseTo([down, flat, up][i], 12);
    }
    expect(implied.probUp).not.toBeCloseTo(up, 6);
    expect(implied.quantiles).toEqual(own.quantiles);
  });

  it('no bar after the cutoff changes what is published', async () => {
    const texts = [];
    for (const factor of [1, 3]) {
      const bars = clusteredBars(1, { count: 400 }).map((bar) =>
        bar.date > '2024-02-29' ? { ...bar, high: factor * bar.high, close: factor * bar.close } : bar,
      );
      const { context, store } = house({ a: bars });
      await retrain(context, { codes: ['a'], horizons: [3], clock: seoulClock('2024-02-29T20:00:00').clock });
      texts.push(await Promise.all(['reg', 'cls', 'spr'].map((kind) => store.models.get(`a_h3_${kind}`))));
    }
    expect(texts[0].every((text) => text !== undefined)).toBe(true);
    expect(texts[1]).toEqual(texts[0]);
  });

  it('trusts nothing that it has too few days to judge, and says so beside the models', async () => {
    const { context, store, spreadOf } = house(instruments(1, { count: 170, momentum: 0.5 }));
    const { items } = await retrain(context, { codes: ['s1'], horizons: [1] });
    expect(items[0]).toMatchObject({ status: 'published' });
    expect(await spreadOf('s1', 1)).toEqual({ pull: 0, narrowing: 1, shares: false });
    expect(await store.models.getMeta?.('s1_h1_spr')).not.toHaveProperty('gate');
  });

  it('keeps what it had where the candidate is worse than the random walk by more than the tolerance', async () => {
    // Trees that learn their rows by heart and do not stop early.
    const params = { num_iterations: 60, num_leaves: 63, learning_rate: 0.5, min_data_in_leaf: 2 };
    const options = { params, earlyStoppingRounds: 0, gateTolerance: 0 };
    const bars = instruments(6, { count: 400 });
    const { context, store, codes } = house(bars, options);
    const { items } = await retrain(context, { codes, horizons: [1] });
    for (const { code, status, lossRatios } of items) {
      expect(status).toBe(lossRatios!.pinball > 1 ? 'kept' : 'published');
      expect((await store.models.get(`${code}_h1_spr`)) === undefined).toBe(status === 'kept');
    }
    expect(items.some(({ status }) => status === 'kept')).toBe(true);
  });

  it.each([
    ['no JSON', '{"pull"', 'text'],
    ['null', 'null', 'pull'],
    ['a pull beyond 1', '{"pull":1.5,"narrowing":1,"shares":false}', 'pull'],
    ['a narrowing below 0.5', '{"pull":1,"narrowing":0.2,"shares":false}', 'narrowing'],
    ['shares that are a number', '{"pull":1,"narrowing":1,"shares":1}', 'shares'],
  ])('refuses a stored spread with %s', async (_, text, field) => {
    const { context, store } = house(instruments(1, { count: 200 }));
    await retrain(context, { codes: ['s1'], horizons: [1] });
    await store.models.put('s1_h1_spr', text);
    await expect(predictMember('s1', context, { member: 'lgbm', horizon: 1 })).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringContaining(`s1_h1_spr: ${field}`),
    });
  });

  it('reads the spread with its pair at one moment, in compact form or as a text', async () => {
    const { context, store } = house(instruments(1, { count: 300 }));
    const batches: ModelEntry[][] = [];
    const putMany: ModelStore['putMany'] = (entries) => {
      batches.push([...entries]);
      return store.models.putMany!(entries);
    };
    const asked = (models: ModelStore) => createContext({ ...context, models });
    await retrain(asked({ ...store.models, putMany }), { codes: ['s1'], horizons: [1, 3] });
    expect(batches.map((batch) => batch.map(({ key }) => key))).toEqual([
      [1, 3].flatMap((horizon) => ['reg', 'cls', 'spr'].map((kind) => `s1_h${horizon}_${kind}`)),
    ]);
    const reads: string[] = [];
    const watched: ModelStore = {
      ...store.models,
      get(key) {
        reads.push('one text');
        return store.models.get(key);
      },
      getMany(keys) {
        reads.push(`texts of ${keys.length}`);
        return store.models.getMany!(keys);
      },
      getCompact(keys) {
        reads.push(`forms of ${keys.length}`);
        return store.models.getCompact!(keys);
      },
    };
    const said = async () =>
      (await predict('s1', asked(watched), { horizons: [1, 3] })).steps.map(({ members }) => members.lgbm);
    const first = await said();
    expect(reads.splice(0)).toEqual(['forms of 6']);
    const { getCompact: _, ...plain } = watched;
    const texts = await predict('s1', asked(plain), { horizons: [1, 3] });
    expect(reads.splice(0)).toEqual(['texts of 6']);
    expect(texts.steps.map(({ members }) => members.lgbm)).toEqual(first);
    // A form that cannot be used: all six are read anew, as texts.
    const [spread] = batches[0].filter(({ key }) => key === 's1_h3_spr');
    await store.models.putMany!([{ ...spread, compact: Uint8Array.of(123, 255) }]);
    expect(await said()).toEqual(first);
    expect(reads).toEqual(['forms of 6', 'texts of 1', 'texts of 6']);
  });

  it('reports a pair without its spread, and does without a spread where a width is given', async () => {
    const bars = instruments(1, { count: 200 });
    const { context, store } = house(bars, { halfWidth: 0.03, gateTolerance: 10 });
    await retrain(context, { codes: ['s1'], horizons: [1] });
    expect(await store.models.list()).toEqual(['s1_h1_cls', 's1_h1_reg']);
    const { ciLow, ciHigh, pointClose } = (await predictMember('s1', context, { member: 'lgbm', horizon: 1 }))!;
    expect([ciLow, ciHigh]).toEqual([pointClose * 0.97, pointClose * 1.03]);
    const learning = house(bars);
    for (const key of await store.models.list()) {
      await learning.store.models.put(key, (await store.models.get(key))!);
    }
    await expect(predictMember('s1', learning.context, { member: 'lgbm', horizon: 1 })).rejects.toMatchObject({
      code: 'MODEL_INCOMPLETE',
      message: expect.stringContaining('s1_h1_spr'),
    });
  });
});

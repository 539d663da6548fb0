import { beforeAll, describe, expect, it, vi } from 'vitest';
import { contributionTold, numberTold } from '../../adapters/report/explanation-words.js';
import { ENGLISH } from '../../adapters/report/say.js';
import { memoryModels } from '../../adapters/store/memory.js';
import { randomWalkForecast } from '../../src/baselines/index.js';
import type { ExplainedNumber, Member } from '../../src/ensemble/index.js';
import { newestFeatures } from '../../src/features/build-features.js';
import { parseModel } from '../../src/lgbm/index.js';
import { krx } from '../../src/markets/index.js';
import { instrumentLgbm, pooledLgbm, randomWalk, withDrivers } from '../../src/members/index.js';
import { causalVolatility } from '../../src/members/pooled/causal-volatility.js';
import { OWN_INPUTS, ownInputs } from '../../src/members/pooled/own-inputs.js';
import { instrumentHistory } from '../../src/members/pooled/pooled-rows.js';
import { explain, predictMember, retrain } from '../../src/pipeline/index.js';
import { parseSeries } from '../../src/series/index.js';
import { createContext } from '../../src/setup/index.js';
import { arrayPrices, seoulClock, simulateBars } from './simulated-market.js';

const code = '005930';
const bars = simulateBars(1, { count: 320 });
const { prices } = arrayPrices({ [code]: bars });
const { clock } = seoulClock('2024-03-29T20:00:00');
const threads = 0;
const params = { num_iterations: 8, num_leaves: 7, min_data_in_leaf: 20 };
const models = memoryModels();
const contextOf = (members: readonly Member[], parts: object = {}) =>
  createContext({ market: krx, prices, models, clock, members, ...parts });

const own = instrumentLgbm({ name: 'own', params, threads, gateTolerance: 1e9, halfWidth: 0.03 });
const pooled = pooledLgbm({ params, threads, gateTolerance: 1e9 });
const context = contextOf([own]);
/** The features of the newest bar, as the forecast's history of 400 bars has them. */
const { names, values } = newestFeatures(parseSeries(bars, { code }));

/** What a stored model says of the newest bar. */
async function modelOf(key: string) {
  const booster = parseModel((await models.get(key))!);
  const row = Float64Array.from(booster.featureNames, (name) => values[names.indexOf(name)]);
  return { booster, ask: (kind: 'raw' | 'value' | 'contrib') => booster.predict(row, { rows: 1, kind }) };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Expects that the words are what a report tells of the numbers in another language. */
function expectToldByNumbers(numbers: readonly ExplainedNumber[]) {
  const plain = (text: string) => text.replaceAll(' %', '%');
  for (const number of numbers) {
    expect(numberTold(number, numbers, ENGLISH)).toBe(plain(number.text));
    for (const { adds, text } of number.contributions) {
      expect(contributionTold(number.name, adds, ENGLISH)).toBe(plain(text));
    }
  }
}

beforeAll(() => retrain(contextOf([own, pooled]), { codes: [code], horizons: [3] }));

describe('explain', () => {
  it("takes an instrument's return and the weights of its directions apart, largest first", async () => {
    const said = await explain(code, context, { horizon: 3 });
    expect(said).toMatchObject({
      code,
      member: 'own',
      horizon: 3,
      baseDate: '2024-03-29',
      baseClose: bars.at(-1)!.close,
    });
    expect(said.numbers.map(({ name }) => name)).toEqual(['return', 'down', 'flat', 'up']);
    expectToldByNumbers(said.numbers);
    const [reg, cls] = [await modelOf('_own_005930_h3_reg'), await modelOf('_own_005930_h3_cls')];
    expect(said.numbers.map(({ total }) => total)).toEqual([...reg.ask('raw'), ...cls.ask('raw')]);
    const width = reg.booster.numFeatures + 1;
    const parts = [...reg.ask('contrib'), ...cls.ask('contrib')];
    for (const [i, { total, expected, contributions }] of said.numbers.entries()) {
      const row = parts.slice(i * width, (i + 1) * width);
      expect(expected).toBe(row[width - 1]);
      expect(expected + sum(contributions.map(({ adds }) => adds))).toBeCloseTo(total, 12);
      for (const { feature, value, adds } of contributions) {
        expect(value).toBe(values[names.indexOf(feature)]);
        expect(adds).toBe(row[reg.booster.featureNames.indexOf(feature)]);
      }
      const amounts = contributions.map(({ adds }) => Math.abs(adds));
      expect(amounts).toEqual([...amounts].sort((a, b) => b - a));
      expect(contributions).toHaveLength(row.slice(0, -1).filter((adds) => adds !== 0).length);
      expect(contributions.length).toBeGreaterThan(2);
    }
    // a class's share is its weight / the weights of all three
    const weights = said.numbers.slice(1).map(({ total }) => Math.exp(total));
    const forecast = (await predictMember(code, context, { member: 'own', horizon: 3 }))!;
    expect(weights.map((weight) => weight / sum(weights))).toEqual(
      [forecast.probDown, forecast.probFlat, forecast.probUp].map((share) => expect.closeTo(share, 12)),
    );
    expect(bars.at(-1)!.close * (1 + said.numbers[0].total)).toBe(forecast.pointClose);
  });

  it('says it in words', async () => {
    const { numbers } = await explain(code, context, { horizon: 3 });
    const [reg, down] = numbers;
    const percent = (change: number) => `${change < 0 ? '-' : '+'}${Math.abs(100 * change).toFixed(2)} %`;
    expect(reg.text).toBe(`return: ${percent(reg.total)}, on average ${percent(reg.expected)}`);
    const [most] = reg.contributions;
    expect(most.text).toBe(`return ${percent(most.adds)}`);
    expect(down.text).toMatch(/^down: share \d+\.\d %, weight \d+\.\d\d, on average \d+\.\d\d$/);
    expect(down.contributions[0].text).toMatch(/^weight of down × \d+\.\d\d$/);
  });

  it.each([
    { pull: 0.5, shares: true, named: ['return', 'down', 'flat', 'up'] },
    { pull: 0.25, shares: false, named: ['return'] },
    { pull: 0, shares: true, named: ['return', 'down', 'flat', 'up'] },
    { pull: 0, shares: false, named: ['return'] },
  ])(
    'takes apart what is stated of a pair that is kept by $pull, its shares: $shares',
    async ({ named, ...spread }) => {
      const learned = memoryModels();
      for (const kind of ['reg', 'cls']) {
        await learned.put(`005930_h3_${kind}`, (await models.get(`_own_005930_h3_${kind}`))!);
      }
      await learned.put('005930_h3_spr', JSON.stringify({ narrowing: 1, ...spread }));
      const trusting = contextOf([instrumentLgbm({ threads })], { models: learned });
      const { numbers } = await explain(code, trusting, { horizon: 3 });
      expect(numbers.map(({ name }) => name)).toEqual(named);
      expectToldByNumbers(numbers);
      const [{ total, expected, contributions, text }, ...directions] = numbers;
      const [whole, ...weights] = (await explain(code, context, { horizon: 3 })).numbers;
      expect(total).toBe(spread.pull === 0 ? 0 : spread.pull * whole.total);
      expect(expected + sum(contributions.map(({ adds }) => adds))).toBeCloseTo(total, 12);
      expect(directions).toEqual(spread.shares ? weights : []);
      const forecast = (await predictMember(code, trusting, { member: 'lgbm', horizon: 3 }))!;
      expect(bars.at(-1)!.close * (1 + total)).toBe(forecast.pointClose);
      if (spread.pull === 0) {
        expect(contributions).toEqual([]);
        expect(text).toMatch(/random walk/);
      } else {
        expect(contributions.map(({ feature }) => feature)).toEqual(whole.contributions.map(({ feature }) => feature));
        expect(text).toMatch(new RegExp(`, ${100 * spread.pull} % of what the model says$`));
      }
    },
  );

  describe("of the pool's volatility", () => {
    const LINEAR = { names: ['range_1', 'shock_5'], intercept: -0.1, weights: [0.3, 0.2], centres: [-0.4, 0.1] };
    const PLAIN = { levels: [0.1, 0.5, 0.9], values: [-1, 0, 1] };

    async function said(quantiles: object, wrap = (member: Member) => member) {
      const chosen = memoryModels();
      await chosen.put('_pooled_h3_scale', (await models.get('_pooled_h3_scale'))!);
      await chosen.put('_pooled_h3_quantiles', JSON.stringify({ ...PLAIN, ...quantiles }));
      const asked = contextOf([wrap(pooled)], { models: chosen });
      const [number, ...more] = (await explain(code, asked, { horizon: 3 })).numbers;
      expect(more).toEqual([]);
      expectToldByNumbers([number]);
      expect(number.expected + sum(number.contributions.map(({ adds }) => adds))).toBeCloseTo(number.total, 12);
      const forecast = (await predictMember(code, contextOf([pooled], { models: chosen }), {
        member: 'lgbm',
        horizon: 3,
      }))!;
      return { number, forecast };
    }

    /** ln(variance / EWMA variance) of a forecast whose quantile at 0.9 is one volatility. */
    function logRatioOf({ ciHigh }: { ciHigh: number }): number {
      const sigma = causalVolatility(parseSeries(bars, { code }).close).at(-1)!;
      return 2 * Math.log(Math.log(ciHigh / bars.at(-1)!.close) / (sigma * Math.sqrt(3)));
    }

    /** What the regression's inputs add, by name. */
    const terms = Object.fromEntries(
      LINEAR.names.map((name, k) => {
        const { history, sigma } = instrumentHistory(parseSeries(bars, { code }));
        const value = ownInputs(history, sigma).subarray(-OWN_INPUTS.length)[OWN_INPUTS.indexOf(name)];
        return [name, { value, adds: LINEAR.weights[k] * (value - LINEAR.centres[k]) }];
      }),
    );

    it('takes trees apart, also behind drivers', async () => {
      const { number, forecast } = await said({});
      const { ask } = await modelOf('_pooled_h3_scale');
      expect(number.total).toBe(ask('raw')[0]);
      expect(logRatioOf(forecast)).toBeCloseTo(number.total, 9);
      expect(number.contributions.length).toBeGreaterThan(2);
      const ratio = (logVariance: number) => Math.exp(logVariance / 2).toFixed(2);
      expect(number.text).toBe(
        `volatility: ${ratio(number.total)} × the EWMA volatility, on average ${ratio(number.expected)} ×`,
      );
      const drivers = [{ code: 'IVV', prices, market: krx }];
      expect((await said({}, (member) => withDrivers(member, { drivers }))).number).toEqual(number);
    });

    it('takes a linear regression apart: coefficient × (input - mean)', async () => {
      const { number, forecast } = await said({ linear: LINEAR, withoutTrees: true });
      expect(logRatioOf(forecast)).toBeCloseTo(number.total, 9);
      expect(number.expected).toBe(LINEAR.intercept);
      expect(number.contributions).toHaveLength(2);
      for (const { feature, value, adds } of number.contributions) {
        expect(value).toBeCloseTo(terms[feature].value, 12);
        expect(adds).toBeCloseTo(terms[feature].adds, 12);
      }
    });

    it('takes both apart where trees start from a regression, largest first', async () => {
      const { number, forecast } = await said({ linear: LINEAR });
      expect(logRatioOf(forecast)).toBeCloseTo(number.total, 9);
      const { ask } = await modelOf('_pooled_h3_scale');
      expect(number.total).toBeCloseTo(
        ask('raw')[0] + LINEAR.intercept + sum(LINEAR.names.map((name) => terms[name].adds)),
        12,
      );
      const told = number.contributions.map(({ feature }) => feature);
      expect(told).toEqual(expect.arrayContaining(LINEAR.names));
      expect(told.length).toBeGreaterThan(4);
      const amounts = number.contributions.map(({ adds }) => Math.abs(adds));
      expect(amounts).toEqual([...amounts].sort((a, b) => b - a));
    });

    it('tells what the bounds of a regression take away', async () => {
      const { number, forecast } = await said({ linear: { ...LINEAR, intercept: 10 }, withoutTrees: true });
      expect(number.total).toBe(Math.log(64));
      expect(logRatioOf(forecast)).toBeCloseTo(number.total, 9);
      expect(number.contributions[0]).toMatchObject({ feature: 'bounds', value: Number.NaN });
      expect(number.contributions[0].adds).toBeLessThan(-4);
    });

    it('says that the random walk is no model', async () => {
      const { number, forecast } = await said({ linear: LINEAR, randomWalk: true });
      expect(number).toMatchObject({ name: 'scale', total: 0, expected: 0, contributions: [] });
      expect(number.text).toMatch(/random walk/);
      const naive = randomWalkForecast(
        bars.map(({ close }) => close),
        { horizon: 3 },
      );
      expect(forecast.ciHigh).toBe(naive.q90[2]);
    });

    it('takes apart what training chose, whatever it was', async () => {
      const [number] = (await explain(code, contextOf([pooled, randomWalk()]), { horizon: 3 })).numbers;
      const { chosen } = (await models.getMeta!('_pooled_h3_scale')) as { chosen: string };
      expect(number.name).toBe('scale');
      expect(number.contributions.length > 0).toBe(chosen !== 'walk');
    });
  });

  it('is of the horizon that was trained: any other has no model, and nothing trained has none', async () => {
    const missing = { code: 'NO_MODEL', field: 'horizon', actual: '5' };
    await expect(explain(code, context, { horizon: 5 })).rejects.toMatchObject(missing);
    await expect(explain(code, contextOf([pooled]), { horizon: 5 })).rejects.toMatchObject(missing);
    const empty = contextOf([own], { models: memoryModels() });
    await expect(explain(code, empty, { horizon: 3 })).rejects.toMatchObject({ code: 'NO_MODEL' });
  });

  it.each([
    ['a horizon that is none', () => explain(code, context, { horizon: 0 }), 'INVALID_HORIZON', 'horizons'],
    ['no horizon', () => explain(code, context, {} as { horizon: number }), 'INVALID_HORIZON', 'horizons'],
    [
      'a misspelt option',
      () => explain(code, context, { horizon: 3, memebr: 'own' } as { horizon: number }),
      'INVALID_ARGUMENT',
      'memebr',
    ],
    [
      'a member without contributions',
      () => explain(code, contextOf([own, randomWalk()]), { horizon: 3, member: 'naive' }),
      'INVALID_ARGUMENT',
      'member',
    ],
    ['none with them', () => explain(code, contextOf([randomWalk()]), { horizon: 3 }), 'INVALID_ARGUMENT', 'member'],
    [
      'several with them, none named',
      () => explain(code, contextOf([own, pooled]), { horizon: 3 }),
      'INVALID_ARGUMENT',
      'member',
    ],
    [
      'no store of models',
      () => explain(code, contextOf([own], { models: undefined }), { horizon: 3 }),
      'INVALID_ARGUMENT',
      'context.models',
    ],
    ['an instrument that is not there', () => explain('nobody', context, { horizon: 3 }), 'UNKNOWN_CODE', undefined],
  ] as const)('refuses %s', async (_, call, errorCode, field) => {
    await expect(call()).rejects.toMatchObject({ code: errorCode, ...(field && { field }) });
  });

  it('names half a pair and a broken text as predict does, and the member that is meant of several', async () => {
    const half = memoryModels();
    await half.put('_own_005930_h3_reg', (await models.get('_own_005930_h3_reg'))!);
    await expect(explain(code, contextOf([own], { models: half }), { horizon: 3 })).rejects.toMatchObject({
      code: 'MODEL_INCOMPLETE',
    });
    await half.put('_own_005930_h3_cls', 'tree\nno tree');
    await expect(explain(code, contextOf([own], { models: half }), { horizon: 3 })).rejects.toMatchObject({
      code: 'INVALID_MODEL',
    });
    const both = contextOf([own, pooled]);
    expect((await explain(code, both, { horizon: 3, member: 'lgbm' })).member).toBe('lgbm');
    expect((await explain(code, both, { horizon: 3, member: 'own' })).member).toBe('own');
  });

  it('gives up on a member that hangs, and when aborted', async () => {
    const hanging: Member = { ...own, explain: () => new Promise(() => {}) };
    const slow = contextOf([hanging], { memberTimeoutMs: 20 });
    await expect(explain(code, slow, { horizon: 3 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    const signal = AbortSignal.abort('enough');
    await expect(explain(code, context, { horizon: 3, signal })).rejects.toBe('enough');
  });

  it('reports a compact form that cannot be used', async () => {
    const broken = memoryModels();
    for (const key of ['_own_005930_h3_reg', '_own_005930_h3_cls']) {
      await broken.putMany([{ key, text: (await models.get(key))!, compact: Uint8Array.of(1) }]);
    }
    const warn = vi.fn();
    const told = contextOf([own], { models: broken, logger: { info() {}, warn } });
    expect(await explain(code, told, { horizon: 3 })).toEqual(await explain(code, context, { horizon: 3 }));
    expect(warn).toHaveBeenCalledTimes(1);
  });
});

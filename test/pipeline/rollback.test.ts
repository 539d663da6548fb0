import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folderModels } from '../../adapters/models/folder.js';
import { memoryStore } from '../../adapters/store/memory.js';
import { krx } from '../../src/markets/index.js';
import {
  judgeGeneration,
  keptGenerations,
  matchOutcomes,
  predictAndStore,
  retrain,
  rollback,
} from '../../src/pipeline/index.js';
import { addTradingDays } from '../../src/series/index.js';
import { createContext } from '../../src/setup/index.js';
import type { ModelStore } from '../../src/store/model-store.js';
import { arrayPrices, seoulClock, simulateBars } from './simulated-market.js';
import { widthMember } from './width-member.js';

function house(change: { models?: ModelStore } = {}) {
  const store = memoryStore();
  const bars = { A: simulateBars(1), B: simulateBars(2) };
  const time = seoulClock('2023-06-01T20:00:00');
  const { member, next } = widthMember();
  const { prices } = arrayPrices(bars);
  // Whatever is trained comes into force here, also what is worse.
  const parts = { market: krx, prices, store, clock: time.clock, members: [member], judgeModels: false };
  const context = createContext({ ...parts, ...change });
  let runs = 0;
  /** Trains what is given as a generation of its own, a minute after the one before. */
  const train = async (entries: { [key: string]: string }) => {
    for (const key of Object.keys(next)) delete next[key];
    Object.assign(next, entries);
    time.set(`2023-06-01T21:${String(runs++).padStart(2, '0')}:00`);
    return (await retrain(context, { codes: ['A'], horizons: [1] })).generation;
  };
  /** What forecasts would be made with. */
  const inForce = async () => {
    const keys = (await store.models.list()).filter((key) => !key.startsWith('_kept.'));
    return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await store.models.get(key)] as const)));
  };
  return {
    store,
    context,
    time,
    train,
    inForce,
    tick: () => time.set(`2023-06-01T22:${String(runs++).padStart(2, '0')}:00`),
  };
}

const member = 'width';

describe('rollback', () => {
  it('keeps what each of several trainings at once brought into force, also beside a way back', async () => {
    const { store, context, train, inForce, tick } = house();
    const first = await train({ a: '1' });
    const others = [2, 3].map(() => house({ models: store.models }));
    for (const [i, { tick }] of others.entries()) for (let run = 0; run < 5 + i; run++) tick();
    const atOnce = await Promise.all(others.map(({ train }, i) => train({ a: `other ${i}` })));
    const all = async () => new Set((await keptGenerations(context, { member })).map(({ generation }) => generation));
    expect(await all()).toEqual(new Set([first, ...atOnce]));
    tick();
    const [last] = await Promise.all([train({ a: 'last' }), rollback(context, { member, to: first })]);
    expect(await all()).toEqual(new Set([first, ...atOnce, last]));
    expect(['1', 'last']).toContain((await inForce())['a']);
  });

  it('keeps what was in force, and all of one generation in force, where two processes publish at once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chronolight-generations-'));
    // each orders its own calls only, as in a process of its own
    const [one, two] = [house({ models: folderModels(folder) }), house({ models: folderModels(folder) })];
    const first = await one.train({ a: '1', b: '1' });
    for (let run = 0; run < 5; run++) two.tick();
    await Promise.all([one.train({ a: '2', b: '2' }), two.train({ a: '3', b: '3' })]);
    const models = folderModels(folder);
    const [a, b] = await models.getMany(['a', 'b']);
    expect(['2', '3']).toContain(a);
    expect(b).toBe(a);
    expect((await keptGenerations(one.context, { member })).at(-1)).toEqual({ generation: first, models: 2, live: 0 });
    await rm(folder, { recursive: true });
  });

  it('goes back and forward again, and says so among the job runs', async () => {
    const { context, train, inForce, tick, store } = house();
    const first = await train({ a: '1', b: '1' });
    const second = await train({ a: '2', b: '2' });
    expect(await keptGenerations(context, { member })).toEqual([
      { generation: second, models: 2, live: 2 },
      { generation: first, models: 2, live: 0 },
    ]);
    tick();
    expect(await rollback(context, { member, to: first })).toEqual({
      member,
      to: first,
      restored: ['a', 'b'],
      newer: [],
    });
    expect(await inForce()).toEqual({ a: '1', b: '1' });
    const [run] = await store.listJobRuns({ job: 'rollback width' });
    expect(run).toMatchObject({ status: 'done', summary: `back at ${first}`, figures: { restored: 2, newer: 0 } });
    tick();
    expect((await rollback(context, { member, to: second })).restored).toEqual(['a', 'b']);
    expect(await inForce()).toEqual({ a: '2', b: '2' });
    tick();
    expect((await rollback(context, { member, to: second })).restored).toEqual([]);
  });

  it('takes each model as it stood then: a later generation may have left some as they were, and have brought others', async () => {
    const { context, train, inForce, tick } = house();
    await train({ a: '1', b: '1' });
    const second = await train({ a: '2' });
    await train({ a: '3', b: '3', c: '3' });
    tick();
    expect(await rollback(context, { member, to: second })).toMatchObject({ restored: ['a', 'b'], newer: ['c'] });
    expect(await inForce()).toEqual({ a: '2', b: '1', c: '3' });
  });

  it('keeps three generations behind the one in force, and refuses what it keeps no more', async () => {
    const { context, train, inForce, tick, store } = house();
    const generations: string[] = [];
    for (const text of ['1', '2', '3', '4', '5']) generations.push(await train({ a: text }));
    expect((await keptGenerations(context, { member })).map(({ generation }) => generation)).toEqual(
      generations.slice(1).reverse(),
    );
    tick();
    await expect(rollback(context, { member, to: generations[0] })).rejects.toMatchObject({
      code: 'UNKNOWN_GENERATION',
      field: 'to',
      actual: generations[0],
    });
    expect(await inForce()).toEqual({ a: '5' });
    expect((await store.listJobRuns({ job: 'rollback width' }))[0].status).toBe('failed');
  });

  it('counts a training that is done twice as one generation', async () => {
    const { context, train, inForce, tick, store } = house();
    const first = await train({ a: '1' });
    const generation = new Date(await train({ a: '2' }));
    for (let time = 0; time < 5; time++) await retrain(context, { codes: ['A'], horizons: [1], generation });
    expect(await store.models.list()).toEqual(['_kept.1.a', 'a']);
    tick();
    await rollback(context, { member, to: first });
    expect(await inForce()).toEqual({ a: '1' });
    await expect(retrain(context, { codes: ['A'], generation: new Date(Number.NaN) })).rejects.toMatchObject({
      code: 'INVALID_DATE',
      field: 'generation',
    });
  });

  it('refuses a generation that some model is not kept back to', async () => {
    const { context, train, tick } = house();
    await train({ a: '0' });
    const first = await train({ b: '1' });
    for (const text of ['2', '3', '4', '5', '6']) await train({ a: text });
    tick();
    await expect(rollback(context, { member, to: first })).rejects.toMatchObject({ code: 'UNKNOWN_GENERATION' });
  });

  it('puts nothing back where the store fails', async () => {
    const { context, train, inForce, tick, store } = house();
    const first = await train({ a: '1', b: '1' });
    await train({ a: '2', b: '2' });
    const models: ModelStore = {
      ...store.models,
      putMany: async () => {
        throw new Error('the disk is full');
      },
    };
    tick();
    const broken = createContext({
      market: krx,
      prices: context.prices,
      store,
      models,
      clock: context.clock,
      members: context.members,
    });
    await expect(rollback(broken, { member, to: first })).rejects.toThrow('the disk is full');
    expect(await inForce()).toEqual({ a: '2', b: '2' });
  });

  it.each([
    [{ member: 'other', to: '2023-06-01T12:00:00.000Z' }, 'member'],
    [{ member: 'naive', to: '2023-06-01T12:00:00.000Z' }, 'member'],
    [{ member, to: undefined as unknown as string }, 'to'],
    [{ member, to: '2023', force: true } as { member: string; to: string }, 'force'],
  ])('refuses bad options (%#)', async (options, field) => {
    await expect(rollback(house().context, options)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field });
  });

  it('refuses a store of models that keeps no metas, which publishes all the same', async () => {
    const texts = new Map<string, string>();
    const models: ModelStore = {
      get: async (key) => texts.get(key),
      put: async (key, text) => void texts.set(key, text),
      list: async () => [...texts.keys()].sort(),
    };
    const { context, train } = house({ models });
    await train({ a: '1' });
    const second = await train({ a: '2' });
    expect([...texts]).toEqual([['a', '2']]);
    await expect(rollback(context, { member, to: second })).rejects.toMatchObject({ field: 'context.models' });
  });

  it('brings back what was in force, whatever was published and rolled back before, or refuses', async () => {
    const keys = ['a', 'b', 'c'];
    const publish = fc.record({ keys: fc.subarray(keys, { minLength: 1 }) });
    const step = fc.oneof(publish, fc.record({ back: fc.nat(5) }));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 10 }), async (steps) => {
        const { context, train, inForce, tick } = house();
        // What each generation found in force once it was published, by name.
        const then = new Map<string, { [key: string]: string | undefined }>();
        let serial = 0;
        let restored = false;
        for (const one of steps) {
          if ('keys' in one) {
            const generation = await train(Object.fromEntries(one.keys.map((key) => [key, `${serial++}`])));
            // After a way back a key that is not trained stays older than its generation says: only all together tell a state.
            if (!restored || one.keys.length === keys.length) then.set(generation, await inForce());
            if (one.keys.length === keys.length) restored = false;
            continue;
          }
          const names = [...then.keys()];
          const to = names[one.back % Math.max(1, names.length)];
          if (to === undefined) continue;
          const before = await inForce();
          tick();
          try {
            const { newer } = await rollback(context, { member, to });
            restored = true;
            const found = await inForce();
            const known = then.get(to)!;
            for (const key of Object.keys(known)) expect([key, found[key]]).toEqual([key, known[key]]);
            for (const key of newer) expect(found[key]).toBe(before[key]);
          } catch (error) {
            expect(error).toMatchObject({ code: 'UNKNOWN_GENERATION' });
            expect(await inForce()).toEqual(before);
          }
        }
      }),
      { seed: 20261126, numRuns: 60 },
    );
  });
});

describe('judgeGeneration', () => {
  /** Two trainings, then `days` days of forecasts with the second, each matched. */
  async function lived(first: string, second: string, days: number) {
    const made = house();
    const { context, train, time } = made;
    const entries = (width: string) => ({ _width_A: width, _width_B: width });
    const champion = await train(entries(first));
    await train(entries(second));
    let date = '2023-06-02';
    for (let day = 0; day < days + 1; day++) {
      time.set(`${date}T18:00:00`);
      if (day > 0) await matchOutcomes(date, context);
      if (day < days) for (const code of ['A', 'B']) await predictAndStore(code, context, { horizons: [1] });
      date = addTradingDays(date, 1, krx.calendar);
    }
    return { ...made, champion };
  }

  it('finds a generation worse than the one before on the days that it forecast, and goes back', async () => {
    const { context, champion, inForce, store } = await lived('1', '2.5', 60);
    const judged = await judgeGeneration(context, { member });
    expect(judged).toMatchObject({ champion, verdict: 'worse', leftOut: 0, horizons: [{ horizon: 1, count: 120 }] });
    expect(judged.horizons[0].skill!.estimate).toBeLessThan(-0.1);
    expect(judged.rolledBack).toBeUndefined();
    expect(await inForce()).toMatchObject({ _width_A: '2.5' });
    const [run] = await store.listJobRuns({ job: 'judge width' });
    expect(run.figures).toEqual({ h1: judged.horizons[0].skill!.estimate });

    const later = { clock: () => new Date(context.clock().getTime() + 1000) };
    const { rolledBack } = await judgeGeneration(context, { member, rollBack: true, ...later });
    expect(rolledBack?.to).toBe(champion);
    expect(await inForce()).toEqual({ _width_A: '1', _width_B: '1' });
    // What the generation put back has not forecast yet cannot be judged.
    const again = { clock: () => new Date(context.clock().getTime() + 2000) };
    await expect(judgeGeneration(context, { member, ...again })).rejects.toMatchObject({ code: 'UNKNOWN_GENERATION' });
  });

  it('finds a generation better, and leaves it where too few days tell', async () => {
    const better = await lived('2.5', '1', 60);
    expect((await judgeGeneration(better.context, { member, rollBack: true })).verdict).toBe('better');
    expect(await better.inForce()).toMatchObject({ _width_A: '1' });
    const young = await lived('1', '2.5', 20);
    const judged = await judgeGeneration(young.context, { member, rollBack: true });
    expect(judged).toMatchObject({ verdict: 'not distinguishable', horizons: [{ horizon: 1, count: 40 }] });
    expect(judged.rolledBack).toBeUndefined();
    expect(await young.inForce()).toMatchObject({ _width_A: '2.5' });
  });

  it('loses exactly what the forecasts lost, where champion and challenger are the same', async () => {
    const { context } = await lived('1', '1', 45);
    const { horizons, verdict } = await judgeGeneration(context, { member });
    expect(horizons[0].skill!.estimate).toBeCloseTo(0, 12);
    expect(verdict).toBe('not distinguishable');
  });

  it('needs a generation before', async () => {
    const { context, train, tick } = house();
    await train({ _width_A: '1' });
    tick();
    await expect(judgeGeneration(context, { member })).rejects.toMatchObject({ code: 'UNKNOWN_GENERATION' });
    tick();
    await expect(judgeGeneration(context, { member, against: '1999' })).rejects.toMatchObject({
      code: 'UNKNOWN_GENERATION',
    });
  });
});

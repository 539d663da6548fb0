import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChronosSeries, isChronos2, type LoadedChronos, loadChronos } from '../../src/chronos/index.js';
import { fixture } from './fixtures.js';
import { randomBolt } from './random-bolt.js';
import { randomChronos2 } from './random-chronos2.js';

const SERIES = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const BAD: [string, ChronosSeries][] = [
  ['an empty series', []],
  ['an infinite value', [1, Infinity]],
  ['no series', 7 as never],
  ['columns of unequal lengths', { open: [1, 2], high: [1, 2], low: [1], close: [1, 2] }],
];

const messageOf = (call: Promise<unknown>) =>
  call.then(
    () => 'no error',
    (error: Error) => error.message,
  );

describe.each([
  ['bar-bolt', undefined],
  ['chronos-bolt', 'bolt-wide-heads'],
  ['chronos-t5', 't5-wide-heads'],
  ['chronos-2', 'chronos2-wide-heads'],
])('errors of %s name the function that was called', (_, name) => {
  let model: LoadedChronos;
  let calls: [call: string, (series: ChronosSeries, options?: object) => Promise<unknown>][];
  beforeAll(async () => {
    model = await loadChronos(name && fixture(name), { runtime: 'builtin' });
    calls = [
      ['forecast', (series, options) => model.forecast([series], { horizon: 1, ...options })],
      ['embed', (series, options) => model.embed([series], options)],
    ];
    if (!isChronos2(model)) return;
    const { forecastTasks, embedTasks } = model;
    calls.push(
      [
        'forecastTasks',
        (series, options) => forecastTasks([{ targets: [series as number[]] }], { horizon: 1, ...options }),
      ],
      ['embedTasks', (series, options) => embedTasks([{ targets: [series as number[]] }], options)],
    );
  });
  afterAll(() => model.dispose());

  it.each(BAD.slice(0, 2))('for %s', async (_, series) => {
    for (const [call, run] of calls) expect(await messageOf(run(series))).toMatch(new RegExp(`^${call}: `));
  });

  it.each(BAD.slice(2))('for %s', async (_, series) => {
    for (const [call, run] of calls.slice(0, 2)) expect(await messageOf(run(series))).toMatch(new RegExp(`^${call}: `));
  });

  it('for options', async () => {
    for (const [call, run] of calls)
      for (const options of [{ contextLength: 0 }, { misspelt: 1 }])
        expect(await messageOf(run(SERIES, options))).toMatch(new RegExp(`^${call}: `));
  });

  it.each([undefined, null, 7, 'close', { close: [1, 2] }, new Float64Array([1, 2])])(
    'for what is no list: %s',
    async (given) => {
      const list = given as never;
      const runs: Record<string, () => Promise<unknown>> = {
        forecast: () => model.forecast(list, { horizon: 1 }),
        embed: () => model.embed(list),
      };
      if (isChronos2(model)) {
        const { forecastTasks, embedTasks } = model;
        runs['forecastTasks'] = () => forecastTasks(list, { horizon: 1 });
        runs['embedTasks'] = () => embedTasks(list);
      }
      for (const [call, run] of Object.entries(runs))
        await expect(run()).rejects.toMatchObject({
          code: 'INVALID_ARGUMENT',
          field: call.endsWith('Tasks') ? 'tasks' : 'series',
          message: expect.stringMatching(new RegExp(`^${call}: `)),
        });
    },
  );

  it('once the model is disposed of', async () => {
    await model.dispose();
    for (const [call, run] of calls)
      expect(await messageOf(run(SERIES))).toBe(`${call}: the model has been disposed of`);
  });
});

describe('errors of a network of bars', () => {
  it.each([
    ['days without a close', [Number.NaN, Number.NaN]],
    ['a price of nothing', [1, 0]],
    ['a high below the close', { open: [1, 2], high: [1, 1], low: [1, 1], close: [1, 2] }],
  ])('name embed for %s', async (_, series) => {
    const model = await loadChronos(undefined, { runtime: 'builtin' });
    expect(await messageOf(model.embed([series]))).toMatch(/^embed: /);
    expect(await messageOf(model.forecast([series], { horizon: 1 }))).toMatch(/^forecast: /);
    await model.dispose();
  });
});

describe('a network that gives no numbers', () => {
  it.each([
    ['Chronos-Bolt', randomBolt({ dModel: 4, dFf: 4, dKv: 2, heads: 2, layers: 1 }, 1)],
    ['Chronos-2', randomChronos2({ dModel: 4, dFf: 4, dKv: 2, heads: 2, layers: 1 }, 1)],
  ])('is told by the name of the call: %s', async (_, { config, weights }) => {
    const view = new DataView(weights.buffer);
    for (let at = 8 + view.getUint32(0, true); at < weights.length; at += 4) view.setFloat32(at, Number.NaN, true);
    const model = await loadChronos({ config, weights }, { runtime: 'builtin' });
    const noNumbers = (call: string) => `${call}: the network gave numbers that are not finite`;
    expect(await messageOf(model.embed([SERIES]))).toBe(noNumbers('embed'));
    expect(await messageOf(model.forecast([SERIES], { horizon: 1 }))).toBe(noNumbers('forecast'));
    if (isChronos2(model)) {
      const tasks = [{ targets: [SERIES] }];
      expect(await messageOf(model.embedTasks(tasks))).toBe(noNumbers('embedTasks'));
      expect(await messageOf(model.forecastTasks(tasks, { horizon: 1 }))).toBe(noNumbers('forecastTasks'));
    }
    await model.dispose();
  });
});

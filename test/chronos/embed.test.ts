import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isChronos2, type LoadedChronos, loadChronos } from '../../src/chronos/index.js';
import { fixture } from './fixtures.js';

const walk = (length: number, seed: number) =>
  Array.from({ length }, (_, i) => 50 + ((i * 7919 + seed * 104729) % 97) / 10);

describe('embed', () => {
  let model: LoadedChronos;
  beforeAll(async () => {
    model = await loadChronos(fixture('bolt-wide-heads'), { runtime: 'builtin' });
  });
  afterAll(() => model.dispose());

  it('has one vector a patch and the register, in units that do not depend on the series', async () => {
    const series = walk(20, 1);
    const [one, thousand] = await model.embed([series, series.map((value) => 1024 * value)]);
    // three patches of 8, and the register
    expect([one.tokens, one.width, one.values.length]).toEqual([4, 8, 32]);
    expect(thousand.values).toEqual(one.values);
    expect([thousand.loc, thousand.scale]).toEqual([1024 * one.loc, 1024 * one.scale]);
  });

  it('reads the last contextLength values alone', async () => {
    const series = walk(40, 2);
    const [short] = await model.embed([series], { contextLength: 16 });
    expect([short]).toEqual(await model.embed([series.slice(-16)]));
    expect(short.tokens).toBe(3);
  });

  it('takes bars for a network of closes, and closes for one of bars', async () => {
    const close = walk(30, 3);
    const bars = { open: close, high: close.map((v) => v + 1), low: close.map((v) => v - 1), close };
    expect(await model.embed([bars])).toEqual(await model.embed([close]));
    const own = await loadChronos(undefined, { runtime: 'builtin' });
    const [embedding] = await own.embed([bars]);
    expect([embedding.tokens, embedding.width]).toEqual([3, 64]);
    expect(embedding.loc).toBeCloseTo(Math.log(close[29]), 12);
    expect(await own.embed([close])).not.toEqual([embedding]);
    await own.dispose();
  });

  it.each([
    ['an unknown option', { horizon: 5 }, 'horizon'],
    ['a context longer than the network reads', { contextLength: 49 }, 'contextLength'],
    ['a context of nothing', { contextLength: 0 }, 'contextLength'],
  ])('refuses %s', async (_, options, field) => {
    await expect(model.embed([walk(9, 1)], options as never)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field,
    });
  });

  it('refuses an empty series and an infinite value, and names them', async () => {
    await expect(model.embed([walk(9, 1), []])).rejects.toMatchObject({ code: 'EMPTY_SERIES', field: 'series[1]' });
    await expect(model.embed([[1, Infinity]])).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: 'series[0][1]',
    });
  });

  it('rejects with the reason of an abort, and after dispose', async () => {
    const reason = new Error('enough');
    await expect(model.embed([walk(9, 1)], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const other = await loadChronos(fixture('bolt-wide-heads'), { runtime: 'builtin' });
    await other.dispose();
    await expect(other.embed([walk(9, 1)])).rejects.toMatchObject({ code: 'MODEL_DISPOSED' });
  });
});

describe('embedTasks of Chronos-2', () => {
  it.each(['builtin', 'onnx'] as const)('lets covariates inform, and no other task, on %s', async (runtime) => {
    const model = await loadChronos(fixture('chronos2-wide-heads'), { runtime });
    if (!isChronos2(model)) throw new Error('not a Chronos-2 model');
    const gap = walk(40, 4).map((value, i) => (i < 12 ? Number.NaN : value));
    const task = { targets: [gap], pastCovariates: { x: walk(40, 7) } };
    const [[alone]] = await model.embedTasks([task]);
    const [[beside]] = await model.embedTasks([task, { targets: [walk(40, 5), walk(40, 6)] }]);
    expect(beside).toEqual(alone);
    const [[without]] = await model.embedTasks([{ targets: [gap] }]);
    expect(without.tokens).toBe(alone.tokens);
    expect(without.values).not.toEqual(alone.values);
    await expect(model.embedTasks([{ ...task, futureCovariates: { x: [1, 2] } }])).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: 'tasks[0].futureCovariates.x.length',
    });
    await model.dispose();
  });
});

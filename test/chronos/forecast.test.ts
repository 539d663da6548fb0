import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChronosModel, loadChronos } from '../../src/chronos/index.js';
import { quantileFunction } from '../../src/stats/index.js';
import { fixture } from './fixtures.js';
import { randomBolt } from './random-bolt.js';

const CLOSES = Array.from({ length: 40 }, (_, i) => 100 + (i % 7) + i / 10);

describe('forecast', () => {
  let model: ChronosModel;
  let logModel: ChronosModel;
  beforeAll(async () => {
    model = await loadChronos(fixture('bolt-wide-heads'));
    logModel = await loadChronos(fixture('bolt-log-last-bf16'));
  });
  afterAll(async () => {
    await model.dispose();
    await logModel.dispose();
  });

  it('has the shapes that it states', async () => {
    const [forecast] = await model.forecast([CLOSES], { horizon: 5, levels: [0.05, 0.5, 0.975], numSamples: 11 });
    expect(forecast.levels).toEqual([0.05, 0.5, 0.975]);
    expect(forecast.median).toHaveLength(5);
    expect(forecast.quantiles).toHaveLength(15);
    expect(forecast.samples).toHaveLength(55);
    for (let step = 0; step < 5; step++) {
      expect(forecast.q10[step]).toBeLessThanOrEqual(forecast.median[step]);
      expect(forecast.median[step]).toBeLessThanOrEqual(forecast.q90[step]);
      expect(forecast.quantiles[3 * step + 1]).toBe(forecast.median[step]);
    }
  });

  it('gives the native levels by default, and other levels by the quantile function', async () => {
    const [native] = await model.forecast([CLOSES], { horizon: 2 });
    expect(native.levels).toEqual(model.levels);
    const wanted = [0.001, 0.15, 0.999];
    const [other] = await model.forecast([CLOSES], { horizon: 2, levels: wanted });
    for (let step = 0; step < 2; step++) {
      const f = quantileFunction(model.levels, native.quantiles.subarray(9 * step, 9 * step + 9));
      wanted.forEach((level, i) => {
        expect(other.quantiles[3 * step + i]).toBeCloseTo(f.at(level), 9);
      });
    }
  });

  it('takes a seed for each context', async () => {
    const [first, second] = await model.forecast([CLOSES, CLOSES], { horizon: 4, seed: [5, 6] });
    const [alone] = await model.forecast([CLOSES], { horizon: 4, seed: 6 });
    second.samples.forEach((value, at) => {
      expect(value).toBeCloseTo(alone.samples[at], 3);
    });
    expect(first.samples).not.toEqual(second.samples);
    await expect(model.forecast([CLOSES, CLOSES], { horizon: 4, seed: [5] })).rejects.toMatchObject({ field: 'seed' });
  });

  it('draws the same paths for the same seed, alone or in a batch', async () => {
    const [alone] = await model.forecast([CLOSES], { horizon: 4, seed: 5 });
    const [, inBatch] = await model.forecast([CLOSES.slice(9), CLOSES], { horizon: 4, seed: 5 });
    const [again] = await model.forecast([CLOSES], { horizon: 4, seed: 5 });
    const [other] = await model.forecast([CLOSES], { horizon: 4, seed: 6 });
    expect(again.samples).toEqual(alone.samples);
    expect(other.samples).not.toEqual(alone.samples);
    inBatch.samples.forEach((value, i) => {
      expect(value).toBeCloseTo(alone.samples[i], 3);
    });
  });

  it('gives prices above 0 for a model of log prices, however far the tail', async () => {
    const [forecast] = await logModel.forecast([CLOSES], { horizon: 6, levels: [1e-9, 0.5], numSamples: 200 });
    expect(Math.min(...forecast.quantiles, ...forecast.samples)).toBeGreaterThan(0);
    expect(forecast.levels[0]).toBe(1e-9);
  });

  it('scales with the prices for a model of log prices', async () => {
    const [one] = await logModel.forecast([CLOSES], { horizon: 3 });
    const [thousand] = await logModel.forecast([CLOSES.map((close) => 1000 * close)], { horizon: 3 });
    one.quantiles.forEach((value, i) => {
      expect(thousand.quantiles[i] / value).toBeCloseTo(1000, 2);
    });
  });

  it('refuses to pass on numbers that are no numbers', async () => {
    const { config, weights } = randomBolt({ dModel: 4, dFf: 4, dKv: 2, heads: 2, layers: 1 }, 1);
    new DataView(weights.buffer).setFloat32(weights.length - 4, Number.NaN, true);
    const spoilt = await loadChronos({ config, weights });
    await expect(spoilt.forecast([CLOSES], { horizon: 64 })).rejects.toMatchObject({ code: 'NO_FORECAST' });
    await spoilt.dispose();
  });

  it('returns nothing for no contexts', async () => {
    expect(await model.forecast([], { horizon: 1 })).toEqual([]);
  });

  it.each<[string, number[][], object, string, string]>([
    ['an empty context', [CLOSES, []], {}, 'EMPTY_SERIES', 'series[1]'],
    ['an infinite value', [[1, Infinity]], {}, 'INVALID_ARGUMENT', 'series[0][1]'],
    ['a horizon of 0', [CLOSES], { horizon: 0 }, 'INVALID_HORIZON', 'horizon'],
    ['a broken horizon', [CLOSES], { horizon: 1.5 }, 'INVALID_HORIZON', 'horizon'],
    ['a level of 1', [CLOSES], { levels: [0.5, 1] }, 'INVALID_ARGUMENT', 'levels[1]'],
    ['levels out of order', [CLOSES], { levels: [0.5, 0.2] }, 'INVALID_ARGUMENT', 'levels[1]'],
    ['no samples', [CLOSES], { numSamples: 0 }, 'INVALID_ARGUMENT', 'numSamples'],
    ['too few seeds', [CLOSES, CLOSES], { seed: [1] }, 'INVALID_ARGUMENT', 'seed'],
    ['a negative seed', [CLOSES], { seed: -1 }, 'INVALID_ARGUMENT', 'seed'],
  ])('refuses %s', async (_, contexts, options, code, field) => {
    await expect(model.forecast(contexts, { horizon: 2, ...options })).rejects.toMatchObject({ code, field });
  });

  it('refuses a price that has no logarithm for a model of log prices', async () => {
    await expect(logModel.forecast([[3, 0, 2]], { horizon: 1 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: 'series[0][1]',
    });
  });

  it('rejects with the reason of an aborted signal, before and between runs', async () => {
    const reason = new Error('enough');
    await expect(model.forecast([CLOSES], { horizon: 1, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const running = model.forecast([CLOSES], { horizon: 600, signal: controller.signal });
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(await model.forecast([CLOSES], { horizon: 1 })).toHaveLength(1);
  });

  it('lets the calls under way end, refuses later ones, and may be disposed of twice', async () => {
    const short = await loadChronos(fixture('bolt-wide-heads'));
    const calls = [1, 2, 3].map((horizon) => short.forecast([CLOSES], { horizon }));
    await Promise.all([short.dispose(), short.dispose()]);
    for (const [i, [forecast]] of (await Promise.all(calls)).entries()) expect(forecast.median).toHaveLength(i + 1);
    await expect(short.forecast([CLOSES], { horizon: 1 })).rejects.toMatchObject({ code: 'MODEL_DISPOSED' });
  });
});

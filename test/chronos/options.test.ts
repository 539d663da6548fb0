import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as native from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import {
  type ForecastOptions,
  isChronos2,
  type LoadOptions,
  loadChronos,
  type OrtRuntime,
} from '../../src/chronos/index.js';
import { fixture } from './fixtures.js';

const FAMILIES = ['bolt-wide-heads', 't5-wide-heads', 'chronos2-wide-heads'];
const CLOSES = Array.from({ length: 60 }, (_, i) => 100 + ((i * 7919) % 23));
const BOLT = fixture('bolt-wide-heads');

describe('options of loadChronos', () => {
  it.each([
    ['precison', 'precision'],
    ['Revision', 'revision'],
    ['thread', 'threads'],
  ])('refuses %s, and names %s', async (key, nearest) => {
    await expect(loadChronos(BOLT, { [key]: 1 } as LoadOptions)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: key,
      message: expect.stringContaining(`did you mean '${nearest}'?`),
    });
  });

  it('takes a key without a value for absent', async () => {
    await (await loadChronos(BOLT, { precision: undefined, nothing: undefined } as LoadOptions)).dispose();
  });

  /** A runtime that keeps the options that its sessions were opened with. */
  function recording() {
    const seen: Record<string, unknown>[] = [];
    const create: OrtRuntime['InferenceSession']['create'] = (graph, options) => {
      seen.push({ ...options });
      return native.InferenceSession.create(graph as Uint8Array, {
        ...(options as object),
        executionProviders: ['cpu'],
      }) as unknown as ReturnType<OrtRuntime['InferenceSession']['create']>;
    };
    return { seen, ort: { InferenceSession: { create }, Tensor: native.Tensor } as unknown as OrtRuntime };
  }

  it('hands device and session options to every session of every family', async () => {
    for (const name of FAMILIES) {
      const { seen, ort } = recording();
      const sessionOptions = { graphOptimizationLevel: 'basic', logSeverityLevel: 4 };
      const model = await loadChronos(fixture(name), { ort, device: ['webgpu', 'cpu'], sessionOptions, threads: 1 });
      const expected = { ...sessionOptions, executionProviders: ['webgpu', 'cpu'], intraOpNumThreads: 1 };
      expect(seen.length).toBeGreaterThan(0);
      for (const options of seen) expect(options).toMatchObject(expected);
      await model.forecast([CLOSES], { horizon: 1, numSamples: 1 });
      await model.dispose();
    }
    const { seen, ort } = recording();
    await (await loadChronos(BOLT, { ort })).dispose();
    expect(seen[0]).toMatchObject({ executionProviders: ['cpu'], logSeverityLevel: 3 });
  });

  it('refuses a device that the runtime lacks, and options that have a place of their own', async () => {
    await expect(loadChronos(BOLT, { device: 'abacus' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: 'device',
      cause: expect.any(Error),
    });
    for (const device of ['', [], [1] as unknown as string[]])
      await expect(loadChronos(BOLT, { device })).rejects.toMatchObject({ field: 'device' });
    for (const key of ['executionProviders', 'externalData', 'intraOpNumThreads'])
      await expect(loadChronos(BOLT, { sessionOptions: { [key]: [] } })).rejects.toMatchObject({
        field: `sessionOptions.${key}`,
      });
  });
});

describe('options of forecast', () => {
  it.each(FAMILIES)('refuses unknown keys and a context length out of range: %s', async (name) => {
    const model = await loadChronos(fixture(name));
    const refused = async (more: object, field: string) =>
      expect(model.forecast([CLOSES], { horizon: 1, ...more } as ForecastOptions)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        field,
      });
    await refused({ numSample: 3 }, 'numSample');
    await refused({ crossLearning: true }, 'crossLearning');
    for (const contextLength of [0, 1.5, Number.NaN, model.contextLength + 1])
      await refused({ contextLength }, 'contextLength');
    for (const [key, values] of Object.entries({ temperature: [0, -1, Infinity], topK: [-1, 0.5], topP: [0, 1.1] }))
      for (const value of values) await refused({ [key]: value }, key);
    if (model.family !== 'chronos-t5') await refused({ temperature: 1 }, 'temperature');
    await model.dispose();
  });

  it.each(FAMILIES)('reads so much of the context as the call says: %s', async (name) => {
    const model = await loadChronos(fixture(name));
    const options = { horizon: 3, numSamples: 3 };
    const cut = await model.forecast([CLOSES.slice(-20)], options);
    expect(await model.forecast([CLOSES], { ...options, contextLength: 20 })).toEqual(cut);
    expect(await model.forecast([CLOSES], options)).not.toEqual(cut);
    await model.dispose();
  });

  it('reads so much of a task as the call says', async () => {
    const model = await loadChronos(fixture('chronos2-wide-heads'));
    if (!isChronos2(model)) throw new Error('another family');
    const task = (from: number) => ({
      targets: [CLOSES.slice(from)],
      pastCovariates: { x: CLOSES.map((_, i) => i % 5).slice(from) },
    });
    const cut = await model.forecastTasks([task(CLOSES.length - 20)], { horizon: 3 });
    expect(await model.forecastTasks([task(0)], { horizon: 3, contextLength: 20 })).toEqual(cut);
    await model.dispose();
  });

  it('draws tokens as the call says, as a checkpoint would that says so itself', async () => {
    const folder = fixture('t5-wide-heads');
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    const weights = readFileSync(join(folder, 'model.safetensors'));
    const model = await loadChronos(folder);
    const options = { horizon: 4, numSamples: 8, seed: 3 };
    const plain = await model.forecast([CLOSES], options);
    for (const [own, call] of [
      [{ temperature: 0.3 }, { temperature: 0.3 }],
      [{ top_k: 3 }, { topK: 3 }],
      [
        { top_k: 0, top_p: 0.4 },
        { topK: 0, topP: 0.4 },
      ],
    ]) {
      const other = await loadChronos({
        config: { ...config, chronos_config: { ...config.chronos_config, ...own } },
        weights,
      });
      const drawn = await model.forecast([CLOSES], { ...options, ...call });
      expect(drawn).toEqual(await other.forecast([CLOSES], options));
      expect(drawn).not.toEqual(plain);
      await other.dispose();
    }
    const [{ samples }] = await model.forecast([CLOSES], { ...options, topK: 1 });
    expect(new Set(Array.from({ length: 8 }, (_, path) => samples[4 * path])).size).toBe(1);
    await model.dispose();
  });
});

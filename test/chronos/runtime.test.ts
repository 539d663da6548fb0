import * as native from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadChronos } from '../../src/chronos/index.js';
import { resolveRuntime } from '../../src/chronos/runtime/runtime.js';
import { fixture, spread } from './fixtures.js';

const CLOSES = Array.from({ length: 37 }, (_, i) => 100 + ((i * 7919) % 23));
const absent = () => {
  throw new Error('Cannot find package');
};

describe('the runtime', () => {
  afterEach(() => {
    vi.doUnmock('onnxruntime-node');
    vi.doUnmock('onnxruntime-web');
    vi.resetModules();
  });

  it('is the one handed in; only the native one opens files', async () => {
    expect((await resolveRuntime(native)).opensFiles).toBe(true);
    expect((await resolveRuntime(web)).opensFiles).toBe(false);
    expect((await resolveRuntime(web)).ort.Tensor).toBe(web.Tensor);
  });

  it('is onnxruntime-node, else onnxruntime-web, else an error that says what to install', async () => {
    expect((await resolveRuntime()).opensFiles).toBe(true);
    vi.doMock('onnxruntime-node', absent);
    expect((await resolveRuntime()).opensFiles).toBe(false);
    vi.doMock('onnxruntime-web', absent);
    await expect(resolveRuntime()).rejects.toMatchObject({
      code: 'RUNTIME_MISSING',
      message: expect.stringContaining('install onnxruntime-node'),
    });
  });

  it('declines the telemetry of a native runtime that it loads itself, and leaves what the host has set', async () => {
    for (const [set, expected] of [
      [undefined, '1'],
      ['host', 'host'],
    ]) {
      vi.stubEnv('ORT_DISABLE_TELEMETRY', set);
      await resolveRuntime(native);
      expect(process.env['ORT_DISABLE_TELEMETRY']).toBe(set);
      await resolveRuntime();
      expect(process.env['ORT_DISABLE_TELEMETRY']).toBe(expected);
    }
    vi.unstubAllEnvs();
  });

  it.each(['bolt-gated-f16', 't5-wide-heads', 'chronos2-wide-heads'])(
    'WebAssembly gives the native numbers: %s',
    async (name) => {
      web.env.wasm.numThreads = 1;
      const [here, there] = [
        await loadChronos(fixture(name), { ort: native }),
        await loadChronos(fixture(name), { ort: web }),
      ];
      const options = { horizon: 7, numSamples: 5 };
      const [expected] = await here.forecast([CLOSES], options);
      const [got] = await there.forecast([CLOSES], options);
      const scale = spread(CLOSES);
      const mean = CLOSES.reduce((sum, close) => sum + close, 0) / CLOSES.length;
      for (const part of ['quantiles', 'samples'] as const)
        expected[part].forEach((value, i) => {
          // Random weights lead far away, and a rounding grows with the distance.
          const reach = Math.max(1, Math.abs(value - mean) / scale);
          expect(Math.abs(got[part][i] - value)).toBeLessThanOrEqual(1e-5 * scale * reach);
        });
      await here.dispose();
      await there.dispose();
    },
  );
});

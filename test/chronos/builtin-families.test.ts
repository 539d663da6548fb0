import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseConfig } from '../../src/chronos/checkpoint/parse-config.js';
import { memorySource, openSafetensors } from '../../src/chronos/checkpoint/safetensors.js';
import { isChronos2, loadChronos } from '../../src/chronos/index.js';
import { openBuiltinModel } from '../../src/chronos/open-builtin-model.js';
import { fixture } from './fixtures.js';

const walk = (length: number, seed: number) =>
  Array.from({ length }, (_, i) => 50 + ((i * 7919 + seed * 104729) % 97) / 10);
const CONTEXTS = [
  walk(70, 1),
  walk(9, 2),
  walk(33, 3),
  walk(70, 4).map((value, i) => (i % 4 === 0 ? Number.NaN : value)),
];

function open(name: string, kind: 'simd' | 'plain') {
  const config = parseConfig(JSON.parse(readFileSync(`${fixture(name)}/config.json`, 'utf8')));
  const weights = openSafetensors(memorySource(name, readFileSync(`${fixture(name)}/model.safetensors`)));
  return openBuiltinModel(config, weights, { kind });
}

describe.each(['bolt-gated-f16', 't5-wide-heads', 't5-gated', 'chronos2-wide-heads', 'chronos2-one-head'])(
  'a built-in model: %s',
  (name) => {
    it('forecasts the same by SIMD and by plain TypeScript, to the last bit, beyond its native length too', async () => {
      const [simd, plain] = [await open(name, 'simd'), await open(name, 'plain')];
      const options = { horizon: simd.predictionLength + 2, numSamples: 3 };
      expect(await simd.forecast(CONTEXTS, options)).toEqual(await plain.forecast(CONTEXTS, options));
    });

    it('forecasts a series the same alone and among others, to the last bit', async () => {
      const model = await loadChronos(fixture(name), { runtime: 'builtin' });
      const options = { horizon: 4, numSamples: 3, seed: 6 };
      const together = await model.forecast([...CONTEXTS, ...CONTEXTS.map((values) => values.slice(1))], options);
      for (const [i, context] of CONTEXTS.entries())
        expect(await model.forecast([context], options)).toEqual([together[i]]);
      await model.dispose();
    });
  },
);

describe('a built-in Chronos-2 model', () => {
  it('forecasts a task the same alone and beside others, to the last bit', async () => {
    const model = await loadChronos(fixture('chronos2-wide-heads'), { runtime: 'builtin' });
    if (!isChronos2(model)) throw new Error('not a Chronos-2 model');
    const tasks = [
      { targets: [walk(40, 1), walk(40, 2)], pastCovariates: { x: walk(40, 3) } },
      { targets: [walk(40, 5)] },
      { targets: [walk(38, 6)], pastCovariates: { x: walk(38, 7) }, futureCovariates: { x: walk(3, 8) } },
    ];
    const together = await model.forecastTasks(tasks, { horizon: 3 });
    for (const [i, task] of tasks.entries())
      expect(await model.forecastTasks([task], { horizon: 3 })).toEqual([together[i]]);
    await model.dispose();
  });
});

describe('a group of more tokens than are worked on together', () => {
  it('gets the numbers of ONNX Runtime', async () => {
    // 700 series of 10 patches, a register and a patch of the future: more than the 8192 tokens of a part
    const tasks = Array.from({ length: 700 }, (_, i) => ({ targets: [walk(40, i)] }));
    const [builtin, onnx] = await Promise.all(
      (['builtin', 'onnx'] as const).map(async (runtime) => {
        const model = await loadChronos(fixture('chronos2-wide-heads'), { runtime });
        if (!isChronos2(model)) throw new Error('not a Chronos-2 model');
        const forecasts = await model.forecastTasks(tasks, { horizon: 2, numSamples: 1, crossLearning: true });
        await model.dispose();
        return forecasts.flat();
      }),
    );
    builtin!.forEach(({ quantiles }, i) => {
      quantiles.forEach((value, at) => {
        // the contexts' standard deviation is 2.8, and the sinh of an output widens its error
        const other = onnx![i].quantiles[at];
        expect(Math.abs(value - other)).toBeLessThanOrEqual(3e-5 * (1 + Math.abs(other - 50)));
      });
    });
  });
});

describe('the choice of the runtime', () => {
  const absent = () => {
    throw new Error('Cannot find package');
  };
  afterEach(() => {
    vi.doUnmock('onnxruntime-node');
    vi.doUnmock('onnxruntime-web');
    vi.resetModules();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });
  const options = { horizon: 2, numSamples: 1 };
  const forecast = async (load: typeof loadChronos, settings = {}) => {
    const model = await load(fixture('bolt-wide-heads'), settings);
    return model.forecast(CONTEXTS, options);
  };

  it('falls on the built-in one where no ONNX Runtime is installed, and says so once', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    vi.doMock('onnxruntime-node', absent);
    vi.doMock('onnxruntime-web', absent);
    vi.resetModules();
    const { loadChronos: fresh } = await import('../../src/chronos/index.js');
    const expected = await forecast(fresh, { runtime: 'builtin' });
    expect(warn).not.toHaveBeenCalled();
    expect(await forecast(fresh)).toEqual(expected);
    expect(await forecast(fresh)).toEqual(expected);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0][0]).toContain('npm install onnxruntime-node');
    await expect(forecast(fresh, { runtime: 'onnx' })).rejects.toMatchObject({ code: 'RUNTIME_MISSING' });
    await expect(forecast(fresh, { precision: 'int8' })).rejects.toMatchObject({ code: 'RUNTIME_MISSING' });
  });

  it('computes the same plainly where there is no WebAssembly', async () => {
    const expected = await forecast(loadChronos, { runtime: 'builtin' });
    vi.stubGlobal('WebAssembly', undefined);
    expect(await forecast(loadChronos, { runtime: 'builtin' })).toEqual(expected);
    await expect(open('bolt-wide-heads', 'simd')).rejects.toMatchObject({ code: 'RUNTIME_MISSING' });
  });

  it.each([
    ['a runtime unknown', { runtime: 'wasm' }, 'runtime'],
    ['an ONNX Runtime beside the built-in one', { runtime: 'builtin', ort: {} }, 'ort'],
    ['int8 on the built-in one', { runtime: 'builtin', precision: 'int8' }, 'precision'],
  ])('refuses %s', async (_, settings, field) => {
    await expect(loadChronos(fixture('bolt-wide-heads'), settings as never)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field,
    });
  });

  it('says which tensor is missing or of another shape', async () => {
    const config = JSON.parse(readFileSync(`${fixture('bolt-wide-heads')}/config.json`, 'utf8'));
    const weights = readFileSync(`${fixture('bolt-wide-heads')}/model.safetensors`);
    for (const [change, tensor] of [
      [{ d_ff: 17 }, /tensor input_patch_embedding\.hidden_layer\.weight/],
      [{ num_layers: 3 }, /tensor encoder\.block\.2/],
    ] as const)
      await expect(
        loadChronos({ config: { ...config, ...change }, weights }, { runtime: 'builtin' }),
      ).rejects.toMatchObject({ code: 'INVALID_CHECKPOINT', message: expect.stringMatching(tensor) });
  });
});

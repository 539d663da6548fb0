import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ChronosBars, loadChronos } from '../../src/chronos/index.js';
import { type KernelKind, openHeap } from '../../src/chronos/runtime/builtin/heap.js';
import { createRandom } from '../../src/stats/index.js';
import { fixture, goldens } from './fixtures.js';

/** Quantises x `[rows, width]`; returns the whole numbers and the scales. */
async function quantized(kind: KernelKind, x: Float32Array, rows: number) {
  const heap = await openHeap(kind);
  const width = x.length / rows;
  const [at, q, scales] = [heap.alloc(4 * x.length), heap.alloc(2 * x.length), heap.alloc(4 * rows)];
  heap.floats(at, x.length).set(x);
  heap.kernels.quantize(at, q, scales, rows, width);
  const bytes = heap.bytes(q, 2 * x.length).slice();
  return { values: new Int16Array(bytes.buffer), scales: heap.floats(scales, rows).slice() };
}

/** x wᵀ by whole numbers. */
async function product(kind: KernelKind, x: Float32Array, w: Float32Array, inputs: number): Promise<Float32Array> {
  const heap = await openHeap(kind);
  const { kernels } = heap;
  const [rows, outputs] = [x.length / inputs, w.length / inputs];
  const place = (values: Float32Array, count: number) => {
    const [q, scales] = [heap.alloc(2 * values.length), heap.alloc(4 * count)];
    const mark = heap.top;
    const at = heap.alloc(4 * values.length);
    heap.floats(at, values.length).set(values);
    kernels.quantize(at, q, scales, count, inputs);
    heap.freeTo(mark);
    return [q, scales] as const;
  };
  const [xq, xs] = place(x, rows);
  const [wq, ws] = place(w, outputs);
  kernels.interleave(wq, outputs, inputs / 2, heap.alloc(8 * inputs));
  const [y, sums] = [heap.alloc(4 * rows * outputs), heap.alloc(32)];
  kernels.linearInt(xq, xs, wq, ws, y, 4 * outputs, rows, outputs, inputs, 0, 0, sums);
  return heap.floats(y, rows * outputs).slice();
}

function normals(count: number, seed: number): Float32Array {
  const { normal } = createRandom(seed);
  return Float32Array.from({ length: count }, () => normal());
}

describe('layers in whole numbers', () => {
  it('round a row to 4095 steps of its own greatest value, alike by SIMD and plainly', async () => {
    const x = Float32Array.of(
      ...[1, -2047, 0.5, 1.5, -0.5, 2046.5, 0, 3],
      ...[0, 0, 0, 0, 0, 0, 0, 0],
      ...[1e-42, 0, 0, -1e-43, 0, 0, 0, 1e-31],
      ...[3e38, -1e38, 0, 0, 0, 0, 0, 0],
      ...[Number.NaN, 1, 2, 3, 4, 5, 6, 7],
      ...[Infinity, 1, 2, 3, 4, 5, 6, 7],
    );
    const [simd, plain] = [await quantized('simd', x, 6), await quantized('plain', x, 6)];
    expect([...simd.values.slice(0, 16)]).toEqual([1, -2047, 0, 2, 0, 2046, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([...simd.scales.slice(0, 2)]).toEqual([1, 0]);
    expect(simd.values.slice(0, 32)).toEqual(plain.values.slice(0, 32));
    expect(simd.scales).toEqual(plain.scales);
    // what is not finite stays so: the scale multiplies every output of the row
    expect(simd.scales[4]).toBeNaN();
    expect(simd.scales[5]).toBe(Infinity);
  });

  it.each([
    [1, 4, 8],
    [2, 8, 64],
    [5, 12, 520],
    [3, 4, 1536],
    [40, 8, 1024],
  ])(
    'multiply %i rows by %i of width %i alike by SIMD and plainly, and nearly exactly',
    async (rows, outputs, inputs) => {
      const [x, w] = [normals(rows * inputs, rows), normals(outputs * inputs, outputs)];
      const got = await product('simd', x, w, inputs);
      expect(got).toEqual(await product('plain', x, w, inputs));
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < outputs; j++) {
          let exact = 0;
          for (let k = 0; k < inputs; k++) exact += x[i * inputs + k] * w[j * inputs + k];
          // steps of 4 standard deviations / 2047, in both factors
          expect(Math.abs(got[i * outputs + j] - exact)).toBeLessThan(0.006 * Math.sqrt(inputs));
        }
    },
  );

  it('do not overflow where all products are as great as can be', async () => {
    const ones = new Float32Array(4 * 1024).fill(-1);
    const got = await product('simd', ones.subarray(0, 1024), ones, 1024);
    for (const value of got) expect(value).toBeCloseTo(1024, 3);
    expect(got).toEqual(await product('plain', ones.subarray(0, 1024), ones, 1024));
  });
});

describe("precision: 'int16'", () => {
  afterEach(() => vi.restoreAllMocks());
  const golden = goldens('default');
  const [series, , days] = golden.tensors.get('bars')!.shape;
  const contexts = Array.from({ length: series }, (_, row): ChronosBars => {
    const column = (channel: number) =>
      Float64Array.from(
        golden.floats('bars').subarray((4 * row + channel) * days, (4 * row + channel + 1) * days),
        (log) => 100 * Math.exp(log),
      );
    return { open: column(0), high: column(1), low: column(2), close: column(3) };
  });

  it('moves a forecast of the default checkpoint by less than 0.5 % of the interval, the same alone and in a batch', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const [exact, rough] = [
      await loadChronos(undefined, { runtime: 'builtin' }),
      await loadChronos(undefined, { precision: 'int16' }),
    ];
    expect(warn).not.toHaveBeenCalled();
    const options = { horizon: 20, numSamples: 1 };
    const expected = await exact.forecast(contexts, options);
    const got = await rough.forecast(contexts, options);
    let worst = 0;
    got.forEach(({ quantiles, levels }, i) => {
      const { q10, q90, quantiles: own } = expected[i];
      quantiles.forEach((value, at) => {
        const step = Math.floor(at / levels.length);
        worst = Math.max(worst, Math.abs(Math.log(value / own[at])) / Math.log(q90[step] / q10[step]));
      });
    });
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThan(0.005);
    for (const [i, context] of contexts.entries()) expect(await rough.forecast([context], options)).toEqual([got[i]]);
  });

  it.each(['bolt-wide-heads', 't5-wide-heads', 'chronos2-wide-heads'])(
    'comes close in every family: %s',
    async (name) => {
      const values = Array.from({ length: 40 }, (_, i) => 50 + ((i * 7919) % 97) / 10);
      const embed = async (precision: 'fp32' | 'int16') => {
        const model = await loadChronos(fixture(name), { runtime: 'builtin', precision });
        const [embedding] = await model.embed([values]);
        await model.dispose();
        return embedding.values;
      };
      const [exact, rough] = [await embed('fp32'), await embed('int16')];
      const distance = Math.max(...exact.map((value, i) => Math.abs(value - rough[i])));
      expect(distance).toBeGreaterThan(0);
      expect(distance).toBeLessThan(0.02);
    },
  );

  it.each([
    ['onnx', { runtime: 'onnx' }, 'runtime'],
    ['an ONNX Runtime handed in', { ort: {} }, 'ort'],
    ['a device', { device: 'cpu' }, 'device'],
    ['another number of bits', { precision: 'int4' }, 'precision'],
  ])('is refused with %s', async (_, settings, field) => {
    await expect(loadChronos(undefined, { precision: 'int16', ...settings } as never)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field,
    });
  });
});

import { describe, expect, it } from 'vitest';
import { openHeap } from '../../src/chronos/runtime/builtin/heap.js';
import { ADD, RELU } from '../../src/chronos/runtime/builtin/kernels.js';
import { createRandom } from '../../src/stats/index.js';

const OUTPUTS = 8;

/** y = what `linear` makes of random rows, the second of which holds a number that is none. */
async function product(kind: 'simd' | 'plain', rows: number, inputs: number, mode: number): Promise<Float32Array> {
  const heap = await openHeap(kind);
  const { kernels } = heap;
  const { normal } = createRandom(inputs);
  const values = (count: number) => {
    const at = heap.alloc(4 * count);
    heap.floats(at, count).forEach((_, i, all) => {
      all[i] = normal();
    });
    return at;
  };
  const [x, w, y, bias] = [values(rows * inputs), values(OUTPUTS * inputs), values(rows * OUTPUTS), values(OUTPUTS)];
  if (rows > 1) heap.floats(x + 4 * inputs, 1)[0] = Number.NaN;
  kernels.interleave(w, OUTPUTS, inputs, heap.alloc(16 * inputs));
  kernels.linear(x, 4 * inputs, w, y, 4 * OUTPUTS, rows, OUTPUTS, inputs, bias, mode);
  return heap.floats(y, rows * OUTPUTS).slice();
}

describe('linear of the kernels', () => {
  // An odd number of vectors leaves a round of two steps in its middle; 2 × 49152 / inputs rows and less are one block.
  it.each([
    [1, 4],
    [2, 4],
    [3, 8],
    [2, 12],
    [5, 16],
    [4, 20],
    [9, 20_000],
  ])('gives the same bits by SIMD and plainly: %i rows of %i', async (rows, inputs) => {
    for (const mode of [0, RELU, ADD, ADD + RELU]) {
      const simd = await product('simd', rows, inputs, mode);
      expect(simd).toEqual(await product('plain', rows, inputs, mode));
      expect(simd.subarray(0, OUTPUTS).every((value) => (mode & RELU ? value >= 0 : Number.isFinite(value)))).toBe(
        true,
      );
      if (rows > 1) expect(simd.subarray(OUTPUTS, 2 * OUTPUTS).every(Number.isNaN)).toBe(true);
    }
  });
});

/** y = what `linearSparse` makes of rows of which `share` is not 0, the second with a number that is none, and of the same by `linear`. */
async function sparseProduct(
  kind: 'simd' | 'plain',
  {
    rows,
    outputs,
    inputs,
    share,
    mode,
  }: { rows: number; outputs: number; inputs: number; share: number; mode: number },
): Promise<{ sparse: Float32Array; dense: Float32Array }> {
  const heap = await openHeap(kind);
  const { kernels } = heap;
  const { normal, uniform } = createRandom(inputs + outputs);
  const place = (values: readonly number[]) => {
    const at = heap.alloc(4 * values.length);
    heap.floats(at, values.length).set(values);
    return at;
  };
  const draw = (count: number) => Array.from({ length: count }, () => normal());
  const x = place(Array.from({ length: rows * inputs }, () => (uniform() < share ? Math.abs(normal()) : 0)));
  const [weights, before, bias] = [draw(outputs * inputs), draw(rows * outputs), place(draw(outputs))];
  const [w, y, z] = [place(weights), place(before), place(before)];
  if (rows > 1) heap.floats(x + 4 * inputs, 1)[0] = Number.NaN;
  const panels = heap.alloc(128 * Math.ceil(outputs / 32) * inputs);
  const [masks, sums] = [heap.alloc((rows * inputs) / 8), heap.alloc(128 * rows)];
  kernels.panels(w, panels, outputs, inputs);
  kernels.linearSparse(x, panels, y, 4 * outputs, rows, outputs, inputs, bias, mode, masks, sums);
  kernels.interleave(w, outputs, inputs, heap.alloc(16 * inputs));
  kernels.linear(x, 4 * inputs, w, z, 4 * outputs, rows, outputs, inputs, bias, mode);
  return { sparse: heap.floats(y, rows * outputs).slice(), dense: heap.floats(z, rows * outputs).slice() };
}

describe('linearSparse of the kernels', () => {
  // Panels of 32 outputs, the last of which may be narrower; parts of 128 inputs; weights of 65,536 values are fetched ahead.
  it.each([
    [1, 4, 64, 0.2],
    [2, 32, 128, 0],
    [3, 36, 192, 0.5],
    [5, 64, 256, 1],
    [7, 280, 320, 0.1],
    [130, 100, 1024, 0.3],
  ])(
    'gives the same bits by SIMD and plainly: %i rows, %i outputs of %i inputs, %d of them not 0',
    async (rows, outputs, inputs, share) => {
      for (const mode of [0, RELU, ADD, ADD + RELU]) {
        const layer = { rows, outputs, inputs, share, mode };
        const { sparse, dense } = await sparseProduct('simd', layer);
        expect(sparse).toEqual((await sparseProduct('plain', layer)).sparse);
        // Another order of the sums is all that tells it from the dense layer.
        const furthest = sparse.reduce(
          (most, value, i) => Math.max(most, Number.isNaN(value) ? 0 : Math.abs(value - dense[i])),
          0,
        );
        expect(furthest).toBeLessThan(1e-4);
        expect([...sparse].map(Number.isNaN)).toEqual([...dense].map(Number.isNaN));
      }
    },
  );
});

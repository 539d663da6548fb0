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

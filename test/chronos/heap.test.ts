import { describe, expect, it, vi } from 'vitest';
import { openHeap } from '../../src/chronos/runtime/builtin/heap.js';

describe.each(['simd', 'plain'] as const)('the heap of the %s kernels', (kind) => {
  it('keeps what was written when it grows, at addresses that whole vectors begin at', async () => {
    const heap = await openHeap(kind);
    const first = heap.alloc(12);
    heap.floats(first, 3).set([1, 2, 3]);
    const second = heap.alloc(2 ** 20);
    heap.floats(second, 2 ** 18).fill(7);
    expect([first % 64, second % 64]).toEqual([0, 0]);
    expect(second).toBeGreaterThanOrEqual(first + 12);
    expect([...heap.floats(first, 3)]).toEqual([1, 2, 3]);
  });

  it('gives freed places again', async () => {
    const heap = await openHeap(kind);
    const mark = heap.top;
    const at = heap.alloc(1000);
    heap.freeTo(mark);
    expect(heap.alloc(10)).toBe(at);
  });

  it('refuses what cannot be had by a typed error, and stays usable', async () => {
    const heap = await openHeap(kind);
    // WebAssembly's memory ends at 4 GiB, and no engine has an ArrayBuffer of a petabyte.
    expect(() => heap.alloc(2 ** 50)).toThrowError(expect.objectContaining({ code: 'OUT_OF_MEMORY' }));
    expect(heap.floats(heap.alloc(16), 4)).toHaveLength(4);
  });
});

it('compiles its kernels without waiting for other threads in Node, which Node 20 may do for ever', async () => {
  const aside = vi.spyOn(WebAssembly, 'instantiate');
  const heap = await openHeap('simd');
  expect(heap.kernels.linear).toBeTypeOf('function');
  expect(aside).not.toHaveBeenCalled();
  aside.mockRestore();
});

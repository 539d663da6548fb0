import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { introSort } from '../../src/lgbm/numbers/intro-sort.js';

// which swaps it makes is proven by the metric auc_mu, line `measures` of training-parity.test.ts
describe('introSort', () => {
  it('sorts', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 300 }), (items) => {
        const sorted = introSort([...items], (a, b) => a < b);
        expect(sorted).toEqual([...items].sort((a, b) => a - b));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('sorts what partitions badly by a heap', () => {
    // an adversary who makes every pivot the smallest element that is left (McIlroy 1999)
    const n = 2000;
    const rank = new Array<number>(n).fill(n);
    let solid = 0;
    let candidate = 0;
    introSort(
      Array.from({ length: n }, (_, i) => i),
      (a, b) => {
        if (rank[a] === n && rank[b] === n) rank[a === candidate ? a : b] = solid++;
        if (rank[a] === n) candidate = a;
        else if (rank[b] === n) candidate = b;
        return rank[a] < rank[b];
      },
    );
    let asked = 0;
    const sorted = introSort([...rank], (a, b) => {
      asked++;
      return a < b;
    });
    expect(sorted).toEqual([...rank].sort((a, b) => a - b));
    expect(asked).toBeLessThan(n * n * 0.1);
  });

  it('keeps all elements where the order is none', () => {
    const items = Array.from({ length: 200 }, (_, i) => (i * 7919) % 101);
    const sorted = introSort([...items], (a, b) => (Math.abs(a - b) < 5 ? a % 3 < b % 3 : a < b));
    expect(sorted.sort((a, b) => a - b)).toEqual(items.sort((a, b) => a - b));
  });
});

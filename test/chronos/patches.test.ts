import { describe, expect, it } from 'vitest';
import { patchBatches } from '../../src/chronos/families/patches.js';

describe('patchBatches', () => {
  it('cuts the series of one length into runs whose sizes differ least, none above the most', () => {
    for (const [count, most, sizes] of [
      [64, 31, [22, 22, 20]],
      [64, 64, [64]],
      [5, 4, [3, 2]],
      [3, 0, [1, 1, 1]], // a single series always runs, however long
    ] as const) {
      const batches = patchBatches(new Array<number>(count).fill(100), 16, () => most);
      expect(batches.map(({ rows }) => rows.length)).toEqual(sizes);
      expect(batches.flatMap(({ rows }) => rows)).toEqual(Array.from({ length: count }, (_, row) => row));
    }
  });

  it('never puts series of unequal numbers of patches into one run', () => {
    const batches = patchBatches([16, 17, 1, 32], 16, () => 10);
    expect(batches).toEqual([
      { rows: [0, 2], patches: 1 },
      { rows: [1, 3], patches: 2 },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { createDataset, loadSimdKernel, type SplitKernel, train } from '../../src/lgbm/index.js';
import { plainKernel } from '../../src/lgbm/kernel/plain-split-search.js';
import { randomCase } from '../parity/lgbm/random-cases.js';
import { readGolden } from './golden.js';
import { simpleSplitSearch } from './oracle/simple-split-search.js';

const oracle: SplitKernel = { createSearch: simpleSplitSearch };
const simd = await loadSimdKernel();

const textOf = (seed: number, kernel: SplitKernel): string => {
  const { params, train: rows, valid } = randomCase(seed);
  return train(createDataset(rows), params, { kernel, valid: valid && createDataset(valid) }).toText();
};

describe('split kernels', () => {
  // seeds cover every objective, missing kind and regularisation; see randomCase
  it.each(Array.from({ length: 24 }, (_, i) => i + 1))('grow the oracle model on random case %i', (seed) => {
    const expected = textOf(seed, oracle);
    expect(textOf(seed, plainKernel)).toBe(expected);
    expect(textOf(seed, simd)).toBe(expected);
  });

  it.each([1, 2, 3, 5])('grow the same linear leaves on random case %i', (seed) => {
    const { params, train: rows } = randomCase(seed);
    const linear = { ...params, linear_tree: true, zero_as_missing: false, early_stopping_round: 0 };
    const texts = [oracle, plainKernel, simd].map((kernel) => train(createDataset(rows), linear, { kernel }).toText());
    expect(texts[0]).toContain('is_linear=1');
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).toBe(texts[0]);
  });

  // 12,000 rows: leaves that are dense, sparse, and turn from one to the other
  it.each(['28_reg_12k', '27_multiclass_bag_ff_es', '32_max_bin_511', 'x_native_abort'])(
    'agree on golden %s',
    (name) => {
      const golden = readGolden(name);
      const params = { ...golden.params, num_iterations: 20 };
      const [expected, ...others] = [oracle, plainKernel, simd].map((kernel) =>
        train(golden.train, params, { valid: golden.valid, kernel }).toText(),
      );
      for (const text of others) expect(text).toBe(expected);
    },
  );

  it('would be told apart by a leaf sum that is off by one part in 10^15', () => {
    const inexact: SplitKernel = {
      createSearch(options) {
        const search = simpleSplitSearch(options);
        return {
          ...search,
          search: (small, large) =>
            search.search({ ...small, gradient: small.gradient * (1 + 1e-15), best: small.best }, large),
        };
      },
    };
    const different = Array.from({ length: 4 }, (_, i) => i + 1).filter(
      (seed) => textOf(seed, inexact) !== textOf(seed, oracle),
    );
    expect(different.length).toBeGreaterThan(0);
  });
});

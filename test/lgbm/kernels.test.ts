import { describe, expect, it } from 'vitest';
import { createDataset, loadSimdKernel, type SplitKernel, train } from '../../src/lgbm/index.js';
import { plainKernel } from '../../src/lgbm/kernel/plain-split-search.js';
import { randomCase, uniform } from '../parity/lgbm/random-cases.js';
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

  // from 65,536 rows on, the SIMD kernel reads the rows of small leaves row by row: in whole and cut groups of columns, with hessians of 1 and others
  it.each(['regression', 'binary'])('agree on leaves whose rows lie far apart, of %s', (objective) => {
    const rows = 66_000;
    const random = uniform(3);
    const values = Float64Array.from({ length: rows * 11 }, (_, i) =>
      i % 11 === 10 ? random() : Math.floor(random() * 60),
    );
    const labels = Float64Array.from({ length: rows }, (_, row) =>
      Number(values[11 * row] + values[11 * row + 9] * random() > 60),
    );
    const dataset = createDataset({ values, rows, labels });
    const params = { objective, num_iterations: 2, num_leaves: 40, max_bin: 300, feature_fraction: 0.8 };
    const [expected, text] = [plainKernel, simd].map((kernel) => train(dataset, params, { kernel }).toText());
    expect(text).toBe(expected);
    const counts = text
      .match(/leaf_count=(.*)/)![1]
      .split(' ')
      .map(Number);
    // not so few that they are added up bin by bin
    expect(counts.some((count) => count >= 256 && count < rows / 16)).toBe(true);
  });

  // their gains are below what four bytes hold precisely, in which threads tell them
  it.each([-60, -72, -74, -80])('agree on labels of about 2^%i', (exponent) => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = uniform(seed);
      const values = Float64Array.from({ length: 60 * 6 }, random);
      const labels = Float64Array.from({ length: 60 }, () => (random() - 0.5) * 2 ** exponent);
      const dataset = createDataset({ values, rows: 60, labels });
      const params = { num_iterations: 3, num_leaves: 8, min_data_in_leaf: 3, boost_from_average: false };
      const [expected, text] = [plainKernel, simd].map((kernel) => train(dataset, params, { kernel }).toText());
      expect(text).toBe(expected);
    }
  });

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

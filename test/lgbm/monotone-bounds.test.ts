import { describe, expect, it } from 'vitest';
import { createDataset, train } from '../../src/lgbm/index.js';
import { uniform } from '../parity/lgbm/random-cases.js';

// equality with native is proven by the line `bounds` of training-parity.test.ts
describe('monotone features, method intermediate', () => {
  const rows = 400;
  const u = uniform(23);
  const values = Float64Array.from({ length: rows * 2 }, () => u() * 2 - 1);
  const labels = Array.from({ length: rows }, (_, row) => {
    const [a, b] = [values[2 * row], values[2 * row + 1]];
    return a + Math.sin(6 * a) + b * b + u();
  });
  const data = createDataset({ values, rows, labels });
  const grown = (method: string) =>
    train(data, {
      monotone_constraints: [1, 0],
      monotone_constraints_method: method,
      num_iterations: 20,
      min_data_in_leaf: 5,
    });
  const error = (method: string) => {
    const predicted = grown(method).predict(values, { rows });
    return labels.reduce((sum, label, row) => sum + (label - predicted[row]) ** 2, 0);
  };

  it('never falls where it must rise', () => {
    const booster = grown('intermediate');
    for (let b = -1; b <= 1; b += 0.1) {
      const line = Float64Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? -1 + i / 200 : b));
      const predicted = booster.predict(line, { rows: 200 });
      for (let i = 1; i < 200; i++) expect(predicted[i]).toBeGreaterThanOrEqual(predicted[i - 1]);
    }
  });

  it('fits better than bounds by the middle of each split', () => {
    expect(error('intermediate')).toBeLessThan(error('basic'));
  });
});

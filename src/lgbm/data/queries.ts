import { invalid } from '../../errors.js';
import type { Dataset } from './dataset.js';

/** Native's limit, which the table of discounts has. */
export const MOST_ROWS_OF_QUERY = 10000;

/** Rows of a query, and how much it counts in a metric. */
export interface Queries {
  /** [queries + 1] where each query begins, and the end of the last. */
  readonly bounds: Int32Array;
  /** [queries] the mean weight of the rows, in float32; undefined without weights. */
  readonly weights: Float32Array | undefined;
}

/**
 * Returns the queries of a dataset.
 *
 * @param field What is at fault where there are none.
 * @throws ForecastError INVALID_DATASET without query groups, or for one that is too large to rank.
 */
export function queriesOf({ group, weights }: Dataset, field: string, purpose: string): Queries {
  if (!group) throw invalid('INVALID_DATASET', 'train', field, `the rows of each query, for ${purpose}`, undefined);
  const bounds = new Int32Array(group.length + 1);
  for (let q = 0; q < group.length; q++) {
    if (group[q] > MOST_ROWS_OF_QUERY) {
      const expected = `at most ${MOST_ROWS_OF_QUERY} rows, for ${purpose}`;
      throw invalid('INVALID_DATASET', 'train', `${field}[${q}]`, expected, group[q]);
    }
    bounds[q + 1] = bounds[q] + group[q];
  }
  return { bounds, weights: weights && meanWeights(bounds, weights) };
}

function meanWeights(bounds: Int32Array, weights: Float32Array): Float32Array {
  const means = new Float32Array(bounds.length - 1);
  for (let q = 0; q < means.length; q++) {
    for (let row = bounds[q]; row < bounds[q + 1]; row++) means[q] += weights[row];
    means[q] /= bounds[q + 1] - bounds[q];
  }
  return means;
}

/** Returns the query of every row [rows]. */
export function queryOfRow(group: Int32Array, rows: number): Int32Array {
  const query = new Int32Array(rows);
  let row = 0;
  for (let q = 0; q < group.length; q++) {
    query.fill(q, row, row + group[q]);
    row += group[q];
  }
  return query;
}

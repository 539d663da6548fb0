import { invalid } from '../../errors.js';
import type { BinnedDataset } from './binned-dataset.js';
import type { Dataset } from './dataset.js';
import { queryOfRow } from './queries.js';

/**
 * Returns some rows of a dataset, in the order given.
 *
 * @param field What names the rows, for an error.
 * @throws ForecastError INVALID_ARGUMENT where a query is only partly among the rows, or its rows are torn apart.
 */
export function rowsOfDataset(dataset: Dataset, rows: Int32Array, field: string): Dataset {
  const { features, values, labels, weights, initScore, group, position } = dataset;
  if (position) throw invalid('INVALID_ARGUMENT', 'cv', 'dataset', 'without positions', 'position');
  const outputs = initScore ? initScore.length / dataset.rows : 0;
  return {
    ...dataset,
    rows: rows.length,
    values: pick(values, features, rows, new Float64Array(rows.length * features)),
    labels: pick(labels, 1, rows, new Float32Array(rows.length)),
    ...(weights && { weights: pick(weights, 1, rows, new Float32Array(rows.length)) }),
    ...(initScore && { initScore: pick(initScore, outputs, rows, new Float64Array(rows.length * outputs)) }),
    ...(group && { group: wholeQueries(group, dataset.rows, rows, field) }),
  };
}

function wholeQueries(group: Int32Array, all: number, rows: Int32Array, field: string): Int32Array {
  const queryOf = queryOfRow(group, all);
  const sizes: number[] = [];
  for (let i = 0; i < rows.length; ) {
    const query = queryOf[rows[i]];
    const first = rows[i];
    for (let k = 0; k < group[query]; k++, i++) {
      const isWhole =
        rows[i] === first + k && queryOf[rows[i]] === query && (first === 0 || queryOf[first - 1] !== query);
      if (isWhole) continue;
      const expected = `all rows of query ${query} or none`;
      throw invalid('INVALID_ARGUMENT', 'cv', field, expected, i < rows.length ? `row ${rows[i]}` : 'the end');
    }
    sizes.push(group[query]);
  }
  return Int32Array.from(sizes);
}

/** Returns the same rows of a binned dataset; bins stay those that all rows were given. */
export function rowsOfBins(binned: BinnedDataset, rows: Int32Array): BinnedDataset {
  return {
    ...binned,
    rows: rows.length,
    columns: binned.columns.map((column) =>
      column instanceof Uint8Array
        ? pick(column, 1, rows, new Uint8Array(rows.length))
        : pick(column, 1, rows, new Uint16Array(rows.length)),
    ),
  };
}

function pick<T extends { [index: number]: number }>(from: T, width: number, rows: Int32Array, to: T): T {
  for (let i = 0; i < rows.length; i++) {
    for (let k = 0; k < width; k++) to[i * width + k] = from[rows[i] * width + k];
  }
  return to;
}

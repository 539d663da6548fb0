import type { BinnedDataset } from './binned-dataset.js';
import type { Dataset } from './dataset.js';

/** Returns some rows of a dataset, in the order given. */
export function rowsOfDataset(dataset: Dataset, rows: Int32Array): Dataset {
  const { features, values, labels, weights, initScore } = dataset;
  const outputs = initScore ? initScore.length / dataset.rows : 0;
  return {
    ...dataset,
    rows: rows.length,
    values: pick(values, features, rows, new Float64Array(rows.length * features)),
    labels: pick(labels, 1, rows, new Float32Array(rows.length)),
    ...(weights && { weights: pick(weights, 1, rows, new Float32Array(rows.length)) }),
    ...(initScore && { initScore: pick(initScore, outputs, rows, new Float64Array(rows.length * outputs)) }),
  };
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

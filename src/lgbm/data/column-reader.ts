import type { Dataset } from './dataset.js';

/** Neighbouring columns share cache lines: one pass over the rows serves as many as lie in a line. */
const AT_ONCE = 8;

/**
 * Returns a function from a feature to its values in all rows [rows], which are valid until the next call. Features are best asked for
 * in ascending order.
 */
export function columnReader({ values, rows, features }: Pick<Dataset, 'values' | 'rows' | 'features'>) {
  const columns = Array.from({ length: Math.min(AT_ONCE, features) }, () => new Float64Array(rows));
  let first = -1;
  const read = () => {
    const count = Math.min(columns.length, features - first);
    if (count === AT_ONCE) {
      readEight(values, rows, features, first, columns);
      return;
    }
    for (let k = 0; k < count; k++) {
      const column = columns[k];
      for (let row = 0, at = first + k; row < rows; row++, at += features) column[row] = values[at];
    }
  };
  return (feature: number): Float64Array => {
    const group = feature - (feature % columns.length);
    if (group !== first) {
      first = group;
      read();
    }
    return columns[feature - first];
  };
}

function readEight(
  values: Float64Array,
  rows: number,
  features: number,
  first: number,
  [c0, c1, c2, c3, c4, c5, c6, c7]: readonly Float64Array[],
): void {
  for (let row = 0, at = first; row < rows; row++, at += features) {
    c0[row] = values[at];
    c1[row] = values[at + 1];
    c2[row] = values[at + 2];
    c3[row] = values[at + 3];
    c4[row] = values[at + 4];
    c5[row] = values[at + 5];
    c6[row] = values[at + 6];
    c7[row] = values[at + 7];
  }
}

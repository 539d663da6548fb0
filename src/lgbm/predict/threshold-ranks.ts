import { MISSING_ZERO } from '../data/bin-mapper.js';
import { ZERO_THRESHOLD } from '../numbers/floats.js';
import { MISSING_SHIFT } from '../text/tree.js';
import type { FlatModel } from './flat-model.js';

/**
 * Thresholds of many nodes, sorted by feature. A value's rank, the number of distinct thresholds below it, answers all comparisons
 * with the feature's nodes at once: the value is above the threshold of rank r if and only if its own rank is above r.
 */
export interface ThresholdRanks {
  /** [columns] the feature; one with nodes that take zero for missing and nodes that do not has two columns. */
  readonly feature: Int32Array;
  readonly zeroIsMissing: Uint8Array;
  /** [columns] distinct thresholds. A row's rank is 0..count, or count + 1 for a missing value. */
  readonly count: Int32Array;
  /** Column c's thresholds are `thresholds[begin[c]..]`, ascending, filled up with infinities to 2^bits[c]. */
  readonly begin: Int32Array;
  readonly bits: Int32Array;
  readonly thresholds: Float64Array;
  /** [nodes of the model] column of each ranked node; others are not read. */
  readonly column: Int32Array;
}

/** Returns the ranks of the thresholds of nodes with numeric splits. */
export function rankThresholds(model: FlatModel, features: number, nodes: readonly number[]): ThresholdRanks {
  const column = new Int32Array(model.feature.length);
  const columnOf = new Int32Array(2 * features).fill(-1);
  const keys: number[] = [];
  const sizes: number[] = [];
  for (const node of nodes) {
    const key = 2 * model.feature[node] + (takesZeroForMissing(model, node) ? 1 : 0);
    if (columnOf[key] < 0) {
      columnOf[key] = keys.length;
      keys.push(key);
      sizes.push(0);
    }
    column[node] = columnOf[key];
    sizes[columnOf[key]]++;
  }
  const all = sizes.map((size) => new Float64Array(size));
  for (const node of nodes) all[column[node]][--sizes[column[node]]] = model.threshold[node];
  const distinct = all.map((thresholds) =>
    thresholds.sort().filter((value, i) => i === 0 || value !== thresholds[i - 1]),
  );
  const bits = Int32Array.from(distinct, ({ length }) => Math.ceil(Math.log2(length + 1)));
  const begin = new Int32Array(keys.length + 1);
  for (let c = 0; c < keys.length; c++) begin[c + 1] = begin[c] + 2 ** bits[c];
  const thresholds = new Float64Array(begin[keys.length]).fill(Infinity);
  distinct.forEach((values, c) => {
    thresholds.set(values, begin[c]);
  });
  return {
    feature: Int32Array.from(keys, (key) => key >> 1),
    zeroIsMissing: Uint8Array.from(keys, (key) => key & 1),
    count: Int32Array.from(distinct, ({ length }) => length),
    begin,
    bits,
    thresholds,
    column,
  };
}

function takesZeroForMissing({ decision }: FlatModel, node: number): boolean {
  return decision[node] >> MISSING_SHIFT === MISSING_ZERO;
}

/** Returns the rank of a value in a column, 0 for NaN. */
export function rankOf({ thresholds, begin, bits }: ThresholdRanks, column: number, value: number): number {
  let at = begin[column];
  for (let bit = bits[column] - 1; bit >= 0; bit--) at += +(thresholds[at + (1 << bit) - 1] < value) << bit;
  return at - begin[column];
}

/**
 * Writes the ranks of rows in one column to `ranks[at..at + rows - 1]`.
 *
 * @param values Row-major, the first row's values from `from` on, `features` apart.
 */
export function rankRows(
  ranked: ThresholdRanks,
  column: number,
  values: Float64Array,
  from: number,
  features: number,
  ranks: Int32Array,
  at: number,
  rows: number,
): void {
  const { thresholds } = ranked;
  const begin = ranked.begin[column];
  const bits = ranked.bits[column];
  const missing = ranked.count[column] + 1;
  const zero = ranked.zeroIsMissing[column] ? ZERO_THRESHOLD : -1;
  for (let row = 0, cell = from + ranked.feature[column]; row < rows; row++, cell += features) {
    const value = values[cell];
    // a binary search without a branch to mispredict: the comparison's 0 or 1 is shifted into the place
    let place = begin;
    for (let bit = bits - 1; bit >= 0; bit--) place += +(thresholds[place + (1 << bit) - 1] < value) << bit;
    ranks[at + row] = Number.isNaN(value) || Math.abs(value) <= zero ? missing : place - begin;
  }
}

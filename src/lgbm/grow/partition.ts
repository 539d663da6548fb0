import type { BinColumn } from '../data/binned-dataset.js';
import type { SplitCandidate } from '../kernel/split-search.js';

/**
 * Sorts a leaf's rows in place: those that go left first, both sides in the order they had. Returns how many go left.
 *
 * @param toTheRight Room for the rows that go right, at least `count` long.
 * @param missing The bin of missing values, -1 for none.
 */
export function partitionRows(
  column: BinColumn,
  rowOrder: Int32Array,
  toTheRight: Int32Array,
  begin: number,
  count: number,
  { thresholdBin, defaultLeft }: Pick<SplitCandidate, 'thresholdBin' | 'defaultLeft'>,
  missing: number,
): number {
  let left = begin;
  let right = 0;
  for (let i = begin; i < begin + count; i++) {
    const row = rowOrder[i];
    const bin = column[row];
    if (bin === missing ? defaultLeft : bin <= thresholdBin) rowOrder[left++] = row;
    else toTheRight[right++] = row;
  }
  for (let i = 0; i < right; i++) rowOrder[left + i] = toTheRight[i];
  return left - begin;
}

/** Does the same by categories: rows of the listed bins go left. */
export function partitionByCategory(
  column: BinColumn,
  rowOrder: Int32Array,
  toTheRight: Int32Array,
  begin: number,
  count: number,
  categories: readonly number[],
): number {
  const goesLeft = new Set(categories);
  let left = begin;
  let right = 0;
  for (let i = begin; i < begin + count; i++) {
    const row = rowOrder[i];
    if (goesLeft.has(column[row])) rowOrder[left++] = row;
    else toTheRight[right++] = row;
  }
  for (let i = 0; i < right; i++) rowOrder[left + i] = toTheRight[i];
  return left - begin;
}

import { invalid, refuseUnknown } from '../../errors.js';
import type { Dataset } from '../data/dataset.js';
import { queryOfRow } from '../data/queries.js';
import type { Fold } from './cross-validate.js';

/** How rows in the order of time are cut. */
export interface TimeFoldOptions {
  /** How many, 2 or more. */
  folds: number;
  /** Rows left out between training and test rows, as many as a label looks ahead; default 0. */
  gap?: number | undefined;
}

/**
 * Returns folds that test on later rows than they train on: the rows are cut into `folds` + 1 parts, and each part but the first is
 * tested by what all parts before it teach.
 *
 * @param rows Rows, in the order of time.
 * @throws ForecastError INVALID_ARGUMENT where a fold would have no row to train on or to test by.
 */
export function timeFolds(rows: number, options: TimeFoldOptions): Fold[] {
  refuseUnknown('timeFolds', options, ['folds', 'gap']);
  const { folds, gap = 0 } = options;
  if (!Number.isInteger(rows) || rows < 1)
    throw invalid('INVALID_ARGUMENT', 'timeFolds', 'rows', 'a whole number >= 1', rows);
  if (!Number.isInteger(folds) || folds < 2) {
    throw invalid('INVALID_ARGUMENT', 'timeFolds', 'folds', 'a whole number >= 2', folds);
  }
  const part = rows / (folds + 1);
  if (!Number.isInteger(gap) || gap < 0 || Math.floor(part) - gap < 1) {
    const expected = `a whole number from 0 to ${Math.floor(part) - 1}, for ${rows} rows and ${folds} folds`;
    throw invalid('INVALID_ARGUMENT', 'timeFolds', 'gap', expected, gap);
  }
  return Array.from({ length: folds }, (_, i) => {
    const begin = Math.floor(part * (i + 1));
    const end = Math.floor(part * (i + 2));
    return { train: range(0, begin - gap), test: range(begin, end) };
  });
}

/**
 * Returns folds that keep the rows of a group together: an instrument, or a query, is trained on or tested by, never both.
 *
 * Groups go, in the order in which they first appear, to the fold that has the fewest rows so far.
 *
 * @param by [rows] the group of each row, or a dataset, whose queries are then the groups.
 * @throws ForecastError INVALID_ARGUMENT for fewer groups than folds, or a dataset without queries.
 */
export function groupFolds(by: readonly (string | number)[] | Dataset, folds: number): Fold[] {
  const groups = 'rows' in by ? queriesOf(by) : by;
  const rowsOf = new Map<string | number, number[]>();
  groups.forEach((group, row) => {
    const rows = rowsOf.get(group);
    if (rows) rows.push(row);
    else rowsOf.set(group, [row]);
  });
  if (!Number.isInteger(folds) || folds < 2 || folds > rowsOf.size) {
    const expected = `a whole number from 2 to the number of groups, ${rowsOf.size}`;
    throw invalid('INVALID_ARGUMENT', 'groupFolds', 'folds', expected, folds);
  }
  const tests = Array.from({ length: folds }, (): number[] => []);
  for (const rows of rowsOf.values()) {
    const fewest = tests.reduce((least, test) => (test.length < least.length ? test : least));
    for (const row of rows) fewest.push(row);
  }
  return tests.map((test) => {
    const isTest = new Set(test);
    return {
      train: Int32Array.from(range(0, groups.length).filter((row) => !isTest.has(row))),
      test: Int32Array.from(test).sort(),
    };
  });
}

function queriesOf({ group, rows }: Dataset): readonly number[] {
  if (!group) throw invalid('INVALID_ARGUMENT', 'groupFolds', 'group', 'given in the dataset', undefined);
  return Array.from(queryOfRow(group, rows));
}

function range(begin: number, end: number): Int32Array {
  return Int32Array.from({ length: end - begin }, (_, i) => begin + i);
}

import type { BinColumn } from './binned-dataset.js';

/** Bins of one to four neighbouring features, one 32-bit word a row: feature `first + k` in bits 8k..8k+7. */
export interface PackedGroup {
  readonly first: number;
  /** 4 features of a byte each, or 1 feature that needs the whole word. */
  readonly width: number;
  /** [rows] */
  readonly words: Int32Array;
}

/** Four features a word. */
const PER_WORD = 4;

/** Returns the columns four to a word, so that one read of a row serves four histograms. */
export function packColumns(columns: readonly BinColumn[], rows: number): PackedGroup[] {
  const groups: PackedGroup[] = [];
  for (let first = 0; first < columns.length; ) {
    const fits = (f: number) => f < columns.length && columns[f] instanceof Uint8Array;
    let width = 1;
    while (fits(first) && width < PER_WORD && fits(first + width)) width++;
    const words = new Int32Array(rows);
    for (let k = 0; k < width; k++) {
      const column = columns[first + k];
      for (let row = 0; row < rows; row++) words[row] |= column[row] << (8 * k);
    }
    groups.push({ first, width, words });
    first += width;
  }
  return groups;
}

import type { BinColumn } from './binned-dataset.js';

/** One to four neighbouring features whose bins share a 32-bit word a row: feature `first + k` in bits 8k..8k+7. */
export interface ColumnGroup {
  readonly first: number;
  /** 4 features of a byte each, or 1 feature that needs the whole word. */
  readonly width: number;
}

/** A group and its words. */
export interface PackedGroup extends ColumnGroup {
  /** [rows] */
  readonly words: Int32Array;
}

/** Four features a word. */
const PER_WORD = 4;

/** Returns which columns share a word: four where they fit, so that one read of a row serves four histograms. */
export function groupColumns(columns: readonly BinColumn[]): ColumnGroup[] {
  const groups: ColumnGroup[] = [];
  for (let first = 0; first < columns.length; ) {
    const fits = (f: number) => f < columns.length && columns[f] instanceof Uint8Array;
    let width = 1;
    while (fits(first) && width < PER_WORD && fits(first + width)) width++;
    groups.push({ first, width });
    first += width;
  }
  return groups;
}

/** Writes a group's words, one a row. */
export function packGroup(columns: readonly BinColumn[], { first, width }: ColumnGroup, words: Int32Array): void {
  const [a, b, c, d] = columns.slice(first, first + width);
  const rows = a.length;
  if (width === 4) {
    for (let row = 0; row < rows; row++) words[row] = a[row] | (b[row] << 8) | (c[row] << 16) | (d[row] << 24);
    return;
  }
  for (let row = 0; row < rows; row++) {
    let word = a[row];
    if (width > 1) word |= b[row] << 8;
    if (width > 2) word |= c[row] << 16;
    words[row] = word;
  }
}

/** Returns all columns in words of their own. */
export function packColumns(columns: readonly BinColumn[], rows: number): PackedGroup[] {
  return groupColumns(columns).map((group) => {
    const words = new Int32Array(rows);
    packGroup(columns, group, words);
    return { ...group, words };
  });
}

/** From so many rows on, words lie row by row as well, but for such as take too much memory. Fewer rows are near each other in any case. */
const FEWEST_INTERLEAVED = 65536;
const MOST_INTERLEAVED_BYTES = 2 ** 28;
/** A leaf's rows lie far apart where they are fewer than one in so many: as many as a line of memory holds words of a group. */
const APART = 16;

/** Returns whether a training gains by words that lie row by row. Shifts work, never a result. */
export function isInterleaved(rows: number, groups: number): boolean {
  return rows >= FEWEST_INTERLEAVED && 4 * rows * groups <= MOST_INTERLEAVED_BYTES;
}

/** Returns whether so many of all rows lie so far apart that their words are better read row by row. */
export const areApart = (count: number, rows: number): boolean => count * APART < rows;

/** Writes the groups' words row by row. */
export function interleave(lists: readonly Int32Array[], words: Int32Array): void {
  lists.forEach((list, i) => {
    for (let row = 0, at = i; row < list.length; row++, at += lists.length) words[at] = list[row];
  });
}

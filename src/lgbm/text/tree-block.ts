import type { DecimalReader } from './decimal-reader.js';
import { modelFault } from './model-fault.js';

/** Trees of a model's text: the text itself, ASCII with line feeds, and a reader of the numbers in it. */
export interface TreeLines {
  readonly text: string;
  /** Over the same text: a place in it is a place in both. */
  readonly numbers: DecimalReader;
}

/** The key=value lines of one tree. */
export class TreeBlock {
  /** Where the value of each key begins and ends. */
  private readonly begin = new Map<string, number>();
  private readonly end = new Map<string, number>();

  /**
   * @param where Names the tree in errors.
   * @param begin First character of the line after `Tree=`.
   * @param end One past the line feed of the block's last line.
   */
  constructor(
    private readonly lines: TreeLines,
    private readonly where: string,
    begin: number,
    end: number,
  ) {
    const { text } = lines;
    for (let at = begin; at < end; ) {
      const lineEnd = text.indexOf('\n', at);
      const mark = text.indexOf('=', at);
      if (mark < 0 || mark > lineEnd) throw modelFault(`${where} line`, 'key=value', text.slice(at, lineEnd));
      const key = text.slice(at, mark);
      this.begin.set(key, mark + 1);
      this.end.set(key, lineEnd);
      at = lineEnd + 1;
    }
  }

  has(key: string): boolean {
    return this.begin.has(key);
  }

  isEmpty(key: string): boolean {
    return this.value(key).trim() === '';
  }

  /** Whole numbers in [low, high], both within 32 bits; zeros if the key may be absent and is. */
  integers(key: string, length: number, low: number, high: number, optional = false): Int32Array {
    if (optional && !this.has(key)) return new Int32Array(length);
    return this.wholeNumbers(key, Int32Array, length, low, high);
  }

  /** Whole numbers in [0, 2^32 - 1]. */
  words(key: string, length: number): Uint32Array {
    return this.wholeNumbers(key, Uint32Array, length, 0, 2 ** 32 - 1);
  }

  /** Numbers, infinities included; zeros if the key may be absent and is. */
  numbers(key: string, length: number, optional = false): Float64Array {
    if (optional && !this.has(key)) return new Float64Array(length);
    const { numbers } = this.lines;
    const values = new Float64Array(this.seek(key, length));
    for (let i = 0; i < length; i++) {
      values[i] = numbers.next();
      if (Number.isNaN(values[i])) throw this.fault(key, length, 'numbers', i);
    }
    if (!numbers.isDone()) throw this.fault(key, length, 'numbers', length);
    return values;
  }

  private wholeNumbers<Numbers extends Int32Array | Uint32Array>(
    key: string,
    kind: new (length: number) => Numbers,
    length: number,
    low: number,
    high: number,
  ): Numbers {
    const { numbers } = this.lines;
    const expected = `whole numbers ${low}..${high}`;
    const values = new kind(this.seek(key, length));
    for (let i = 0; i < length; i++) {
      const value = numbers.nextWhole();
      if (!(value >= low && value <= high)) throw this.fault(key, length, expected, i);
      values[i] = value;
    }
    if (!numbers.isDone()) throw this.fault(key, length, expected, length);
    return values;
  }

  /** Goes to the key's first number; returns the length, after making sure that the text is long enough for so many. */
  private seek(key: string, length: number): number {
    const begin = this.begin.get(key);
    if (begin === undefined) throw modelFault(`${this.where} ${key}`, 'given', undefined);
    if (2 * length - 1 > this.end.get(key)! - begin) throw this.fault(key, length, '', 0);
    this.lines.numbers.at = begin;
    return length;
  }

  /** The error for a value of which entry `index` could not be read. */
  private fault(key: string, length: number, expected: string, index: number): Error {
    const words = this.value(key).split(' ').filter(Boolean);
    const field = `${this.where} ${key}`;
    return words.length === length
      ? modelFault(field, expected, words[index])
      : modelFault(field, `${length} entries`, words.length);
  }

  private value(key: string): string {
    return this.lines.text.slice(this.begin.get(key) ?? 0, this.end.get(key) ?? 0);
  }
}

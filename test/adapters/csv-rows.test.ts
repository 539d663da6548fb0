import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { parseBars } from '../../adapters/prices/csv-bars.js';
import { readNumber } from '../../adapters/prices/csv-numbers.js';
import { csvRows } from '../../adapters/prices/csv-rows.js';
import { parseNaverChart } from '../../adapters/prices/naver-chart.js';
import { isForecastError } from '../../src/errors.js';
import { processorMs } from '../processor-time.js';
import { hostileTexts } from './hostile-texts.js';

const cellsOf = (text: string, delimiter = ',') => [...csvRows(text, delimiter)].map(({ cells }) => cells);

describe('csvRows', () => {
  const character = fc.constantFrom('a', '1', ' ', ',', ';', '"', '\n', '\r\n', '.', '가');
  const cell = fc.array(character, { maxLength: 6 }).map((parts) => parts.join(''));
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
  const delimiter = fc.constantFrom(',', ';', '\t');
  const newline = fc.constantFrom('\n', '\r\n', '\r');

  test('reads what papaparse writes, and as papaparse reads it', () => {
    const property = fc.property(table, delimiter, newline, (rows, separator, end) => {
      const text = Papa.unparse(rows, { delimiter: separator, newline: end });
      const read = Papa.parse<string[]>(text, { delimiter: separator, newline: end }).data;
      expect(cellsOf(text, separator)).toEqual(read);
      expect(read).toEqual(rows);
    });
    fc.assert(property, { numRuns: 2000, seed: 4180 });
  });

  test('any mixture of line ends parts the same rows', () => {
    const ends = fc.array(newline, { minLength: 5, maxLength: 5 });
    const property = fc.property(ends, (chosen) => {
      const text = ['a,b', 'c,"d', 'e"', 'f,g', 'h,i'].map((part, index) => part + chosen[index]).join('');
      expect(cellsOf(text)).toEqual([
        ['a', 'b'],
        ['c', `d${chosen[1]}e`],
        ['f', 'g'],
        ['h', 'i'],
      ]);
      expect([...csvRows(text, ',')].map(({ line }) => line)).toEqual([1, 2, 4, 5]);
    });
    fc.assert(property, { numRuns: 300, seed: 10 });
  });

  test('a text that ends in a delimiter ends in an empty cell', () => {
    expect(cellsOf('a,b\nc,')).toEqual([
      ['a', 'b'],
      ['c', ''],
    ]);
  });

  test.each([
    ['a,"b\nc', 'has no end', 1],
    ['a,b\n"c"d,e', 'after the end', 2],
  ])('%j is no CSV', (text, message, line) => {
    expect(() => cellsOf(text)).toThrow(expect.objectContaining({ message: expect.stringContaining(message), line }));
  });
});

test('readNumber reads every double as JavaScript prints it', () => {
  const property = fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
    expect(readNumber(String(value), '.', false)).toBe(value + 0);
    expect(readNumber(String(value).replace('.', ','), ',', false)).toBe(value + 0);
  });
  fc.assert(property, { numRuns: 2000, seed: 754 });
});

describe('hostile texts of 100,000 characters take no longer than their length asks', () => {
  // Linear parsers need a few milliseconds each. One that goes back over the text at each character needs 10^10 steps for one of
  // them, which is ten seconds and more; the limit lies between the two by a factor of a hundred either way.
  const LIMIT_MS = 1500;
  const slowest = (kind: 'csv' | 'chart', parse: (text: string) => unknown) => {
    let worst = { ms: 0, word: '' };
    for (const { word, text } of hostileTexts(kind, { count: 160, length: 100_000, seed: 9 })) {
      const start = process.cpuUsage();
      try {
        parse(text);
      } catch (error) {
        if (kind === 'csv') expect(isForecastError(error)).toBe(true);
      }
      const ms = processorMs(start);
      if (ms > worst.ms) worst = { ms, word };
    }
    return worst;
  };

  test('as CSV', { timeout: 60_000 }, () => {
    expect(slowest('csv', (text) => parseBars(text, 'x.csv')).ms).toBeLessThan(LIMIT_MS);
  });
  test('as a chart in XML', { timeout: 60_000 }, () => {
    expect(slowest('chart', parseNaverChart).ms).toBeLessThan(LIMIT_MS);
  });
});

import { describe, expect, test } from 'vitest';
import { doubles, inScratch, nanUntil } from '../../src/stats/index.js';

describe('inScratch', () => {
  test('hands out zeros of one memory again and again, and numbers of their own outside', () => {
    const fill = () => inScratch(() => [3, 5, 0, 7].map((length) => doubles(length).fill(9)));
    fill(); // the memory grows to what was asked for
    const first = fill();
    const second = inScratch(() => [3, 5].map((length) => doubles(length)));
    expect(second[1].buffer).toBe(first[1].buffer);
    expect(second).toEqual([new Float64Array(3), new Float64Array(5)]);
    const kept = doubles(4);
    inScratch(() => doubles(4).fill(1));
    expect(kept).toEqual(new Float64Array(4));
    expect(kept.buffer).not.toBe(first[1].buffer);
  });

  test('gives numbers that lie apart, also beyond its memory and within another', () => {
    const columns = inScratch(() => {
      const outer = Array.from({ length: 20 }, (_, i) => doubles(1000 + i).fill(i));
      return [
        ...outer,
        ...inScratch(() => [doubles(10).fill(20), doubles(200_000).fill(21), doubles(2_000_000).fill(22)]),
      ];
    });
    for (const [i, column] of columns.entries()) expect(column.every((value) => value === i)).toBe(true);
  });

  test('hands out arrays as they are asked for, whatever stood in their place before', () => {
    const lengths = [
      [3, 5, 2],
      [3, 5, 2],
      [4, 5],
      [3, 4, 9, 2],
      [1000, 3],
      [3, 5, 2],
    ];
    for (const some of lengths) {
      const columns = inScratch(() => some.map((length, i) => doubles(length).fill(i)));
      for (const [i, column] of columns.entries()) expect(column).toEqual(new Float64Array(some[i]).fill(i));
    }
  });

  test('gives zeros from the first wanted row on', () => {
    inScratch(() => doubles(6).fill(7));
    expect(inScratch(() => doubles(6, 4)).subarray(4)).toEqual(new Float64Array(2));
    expect(doubles(6, 4)).toEqual(new Float64Array(6));
  });

  test('gives NaN in the wanted rows that have no value yet, and leaves the others', () => {
    inScratch(() => doubles(6).fill(7));
    expect(inScratch(() => [...nanUntil(3, 6, 1)])).toEqual([7, Number.NaN, Number.NaN, 7, 7, 7]);
    expect([...nanUntil(9, 3)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect([...nanUntil(2, 3, 2)]).toEqual([0, 0, 0]);
  });

  test('ends with the work, also with its error', () => {
    const fail = () =>
      inScratch(() => {
        doubles(3);
        throw new Error('no');
      });
    expect(fail).toThrow('no');
    const kept = doubles(3).fill(2);
    inScratch(() => doubles(3).fill(1));
    expect(kept).toEqual(new Float64Array(3).fill(2));
  });
});

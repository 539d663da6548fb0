import { describe, expect, it } from 'vitest';
import { select } from '../../src/lgbm/numbers/select.js';
import { createRandom } from '../../src/stats/index.js';

/** What quickselect around the median of three is slow on: the middle of each part is nearly its greatest. */
const defeating = (length: number) =>
  Float64Array.from({ length }, (_, i) => (i % 2 === 0 ? i : length + ((i * 7919) % length)));

describe('select', () => {
  const random = createRandom(5);
  const sets: [string, (length: number) => Float64Array][] = [
    ['random values', (length) => Float64Array.from({ length }, () => random.normal())],
    ['few different ones', (length) => Float64Array.from({ length }, () => random.integer(3))],
    ['equal ones', (length) => new Float64Array(length).fill(2)],
    ['ascending ones', (length) => Float64Array.from({ length }, (_, i) => i)],
    ['descending ones', (length) => Float64Array.from({ length }, (_, i) => -i)],
    ['organ pipes', (length) => Float64Array.from({ length }, (_, i) => Math.min(i, length - i))],
    [
      'infinite ones among them',
      (length) => Float64Array.from({ length }, () => [Infinity, -Infinity, 1][random.integer(3)]),
    ],
    ['ones that defeat it', defeating],
  ];
  it.each(sets)('puts the value of each place there: %s', (_, draw) => {
    for (const length of [1, 2, 3, 4, 5, 17, 100, 1000])
      for (const place of new Set(
        [0, 1, length >> 2, length >> 1, length - 2, length - 1].filter((at) => at >= 0 && at < length),
      )) {
        const values = draw(length);
        const sorted = values.slice().sort();
        select(values, place);
        expect(values[place]).toBe(sorted[place]);
        expect(values.subarray(0, place).every((value) => value <= sorted[place])).toBe(true);
        expect(values.subarray(place).every((value) => value >= sorted[place])).toBe(true);
        expect(values.slice().sort()).toEqual(sorted);
      }
  });
});

import { describe, expect, it, vi } from 'vitest';
import { select } from '../../src/lgbm/numbers/select.js';
import { exactSum, selectByWeight } from '../../src/lgbm/numbers/select-by-weight.js';
import { createRandom } from '../../src/stats/index.js';

/** What quickselect around the median of three is slowest on: each round's three hold the two least of what is left. */
function defeating(length: number): Float64Array {
  const values = new Float64Array(length);
  const places = Uint32Array.from(values, (_, i) => i);
  let value = 0;
  let left = 0;
  for (; length - 1 - left >= 2; left += 2) {
    const middle = (left + length - 1) >> 1;
    values[places[left]] = value++;
    values[places[middle]] = value++;
    // where the round puts the second of them
    [places[left + 1], places[middle]] = [places[middle], places[left + 1]];
  }
  for (; left < length; left++) values[places[left]] = value++;
  return values;
}

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

  it('sorts what is left where values are made to defeat it, and nowhere else', () => {
    const sorting = vi.spyOn(Object.getPrototypeOf(Float64Array.prototype), 'sort');
    try {
      for (const [name, draw] of sets) {
        sorting.mockClear();
        select(draw(1000), 999);
        expect([name, sorting.mock.calls.length]).toEqual([name, name === 'ones that defeat it' ? 1 : 0]);
      }
    } finally {
      sorting.mockRestore();
    }
  });
});

describe('selectByWeight', () => {
  const random = createRandom(6);
  const weightsOf = (length: number) => Float32Array.from({ length }, () => random.integer(5) * 0.75);
  const sets: [string, (length: number) => Float64Array][] = [
    ['random values', (length) => Float64Array.from({ length }, () => random.normal())],
    ['few different ones', (length) => Float64Array.from({ length }, () => random.integer(3))],
    ['equal ones', (length) => new Float64Array(length).fill(2)],
    ['ascending ones', (length) => Float64Array.from({ length }, (_, i) => i)],
    ['infinite ones among them', (length) => Float64Array.from({ length }, () => [Infinity, 0, -0][random.integer(3)])],
    ['ones that defeat it', defeating],
  ];
  it.each(sets)('finds where sums of sorted values cross: %s', (_, draw) => {
    for (const length of [1, 2, 23, 24, 25, 100, 1000]) {
      for (const share of [0, 0.01, 0.5, 0.9, 1]) {
        const values = draw(length);
        const weights = weightsOf(length);
        const threshold = exactSum(weights)! * share;
        const sorted = Array.from(values.keys()).sort((a, b) => values[a] - values[b] || a - b);
        let sum = 0;
        const sums = sorted.map((place) => (sum += weights[place]));
        const crossing = sums.findIndex((cumulated) => cumulated > threshold);
        const expected = crossing < 0 ? length - 1 : crossing;
        const { order, position, cumulated } = selectByWeight(values, weights, threshold);
        expect([position, order[position], cumulated]).toEqual([expected, sorted[expected], sums[expected]]);
        expect(Array.from(order.subarray(0, position)).sort()).toEqual(sorted.slice(0, expected).sort());
        expect(Array.from(order.subarray(position)).sort()).toEqual(sorted.slice(expected).sort());
      }
    }
  });

  it('takes sums for exact only where no order of adding rounds', () => {
    expect(exactSum(Float32Array.of(0.5, 0, 3))).toBe(3.5);
    expect(exactSum(new Float32Array(2))).toBe(0);
    expect(exactSum(Float32Array.of(2 ** 30, 2 ** -22))).toBe(2 ** 30 + 2 ** -22);
    expect(exactSum(Float32Array.of(2 ** 31, 2 ** -22))).toBeUndefined();
    expect(exactSum(Float32Array.of(1, 2 ** -149))).toBeUndefined();
  });
});

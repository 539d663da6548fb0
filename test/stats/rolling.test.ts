import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  rollingCorrelation,
  rollingMax,
  rollingMean,
  rollingMin,
  rollingMoments,
  rollingSum,
} from '../../src/stats/index.js';

const series = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 80 });
const window = fc.integer({ min: 1, max: 25 });

// The plain version is the oracle: every window by itself.
const plain = (values: number[], size: number, of: (part: number[]) => number) =>
  values.map((_, t) => (t < size - 1 ? Number.NaN : of(values.slice(t - size + 1, t + 1))));
const sum = (part: number[]) => part.reduce((a, b) => a + b, 0);
const squares = (part: number[]) => {
  const centre = sum(part) / part.length;
  return sum(part.map((value) => (value - centre) ** 2));
};
const correlation = (part: [number, number][]) => {
  const deviations = (of: 0 | 1) => {
    const centre = sum(part.map((pair) => pair[of])) / part.length;
    return part.map((pair) => pair[of] - centre);
  };
  const [x, y] = [deviations(0), deviations(1)];
  const product = (a: number[], b: number[]) => sum(a.map((value, i) => value * b[i]));
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
};
const kernels: [string, (values: number[], size: number) => Float64Array][] = [
  ['rollingSum', rollingSum],
  ['rollingMean', rollingMean],
  ['rollingMax', rollingMax],
  ['rollingMin', rollingMin],
  [
    'rollingCorrelation',
    (values, size) =>
      rollingCorrelation(
        values,
        values.map((value) => value * value),
        Math.max(2, size),
      ),
  ],
  ['rollingMoments.mean', (values, size) => rollingMoments(values, size).mean],
  ['rollingMoments.squares', (values, size) => rollingMoments(values, size).squares],
];

function near(actual: Float64Array, expected: number[], scale: number) {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, t) => {
    if (Number.isNaN(value)) expect(actual[t]).toBeNaN();
    else expect(Math.abs(actual[t] - value)).toBeLessThanOrEqual(scale);
  });
}

describe('rolling windows', () => {
  test('equal the plain computation of each window', () => {
    fc.assert(
      fc.property(series, window, (values, size) => {
        near(rollingSum(values, size), plain(values, size, sum), 1e-8);
        near(
          rollingMean(values, size),
          plain(values, size, (part) => sum(part) / size),
          1e-8,
        );
        near(
          rollingMax(values, size),
          plain(values, size, (part) => Math.max(...part)),
          0,
        );
        near(
          rollingMin(values, size),
          plain(values, size, (part) => Math.min(...part)),
          0,
        );
        near(rollingMoments(values, size).squares, plain(values, size, squares), 1e-1);
        near(
          rollingMoments(
            values.map((value) => value / 1e6),
            size,
          ).squares,
          plain(
            values.map((value) => value / 1e6),
            size,
            squares,
          ),
          1e-13,
        );
      }),
    );
  });

  test('correlations equal the plain computation, and lie within [-1, 1]', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 1e6 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(pairs, fc.integer({ min: 2, max: 20 }), (values, size) => {
        const x = values.map((pair) => pair[0]);
        const y = values.map((pair) => pair[1]);
        const expected = values.map((_, t) =>
          t < size - 1 ? Number.NaN : correlation(values.slice(t - size + 1, t + 1)),
        );
        near(rollingCorrelation(x, y, size), expected, 1e-10);
        expect(
          rollingCorrelation(x, x, size).every((value) => Number.isNaN(value) || Math.abs(value - 1) < 1e-12),
        ).toBe(true);
      }),
    );
  });

  test.each(kernels)('%s: an entry ignores every later value, bit for bit', (_name, kernel) => {
    fc.assert(
      fc.property(series, window, fc.integer({ min: 0, max: 80 }), (values, size, cut) => {
        expect(kernel(values.slice(0, cut), size)).toEqual(kernel(values, size).slice(0, cut));
      }),
    );
  });

  test('a NaN reaches only the windows that hold it', () => {
    const values = Array.from({ length: 40 }, (_, i) => (i === 13 ? Number.NaN : i));
    for (const [name, kernel] of kernels.filter(([kind]) => !/Max|Min/.test(kind))) {
      kernel(values, 7).forEach((value, t) => {
        expect(Number.isNaN(value), `${name}, ${t}`).toBe(t < 6 || (t >= 13 && t < 20));
      });
    }
  });

  test('sums do not drift after a large value has left', () => {
    const values = [1e17, ...new Array<number>(50).fill(0.1)];
    expect(rollingSum(values, 3)[40]).toBe(0.1 + 0.1 + 0.1);
  });

  test('deviations of a constant are exactly zero, and survive a large mean', () => {
    expect([...rollingMoments(new Array<number>(30).fill(0.1), 7).squares].slice(6)).toEqual(new Array(24).fill(0));
    // Deviations -1, 0, 1 around 1e9: squares sum to 2; sum of squares minus squared sum would lose them.
    expect(rollingMoments([1e9 - 1, 1e9, 1e9 + 1, 1e9 + 2], 3).squares[3]).toBe(2);
  });
});

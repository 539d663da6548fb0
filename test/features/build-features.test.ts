import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newestFeatures } from '../../src/features/build-features.js';
import { buildFeatures, DEFAULT_FEATURES, defineFeature } from '../../src/features/index.js';
import { type Bar, parseSeries } from '../../src/series/index.js';
import { simulatedBars } from './simulated-bars.js';

/** Bars of every kind that the prices of an exchange come in: on a grid or not, with idle days and days missing. */
const anyBars = (maxCount: number) =>
  fc
    .record({
      seed: fc.integer({ min: 0, max: 2 ** 31 }),
      count: fc.integer({ min: 2, max: maxCount }),
      tick: fc.constantFrom(0, 0.01, 1, 5),
      idle: fc.constantFrom(0, 0.1, 0.9),
      missing: fc.constantFrom(0, 0.1),
    })
    .map(simulatedBars);

describe('buildFeatures', () => {
  test('gives one row per bar and one column per feature', () => {
    const bars = simulatedBars({ seed: 1, count: 300 });
    const matrix = buildFeatures(bars, { horizons: [1], withTargets: false });
    expect(matrix.names).toEqual(DEFAULT_FEATURES.map(({ name }) => name));
    expect(matrix.dates).toEqual(bars.map(({ date }) => date));
    expect(matrix.values.length).toBe(300 * matrix.names.length);
    expect(matrix.targets).toBeUndefined();
    const ret3 = matrix.names.indexOf('ret_3');
    expect(matrix.values[250 * matrix.names.length + ret3]).toBe(bars[250].close / bars[247].close - 1);
  });

  test('has at least 45 features, of different names', () => {
    expect(new Set(DEFAULT_FEATURES.map(({ name }) => name)).size).toBe(DEFAULT_FEATURES.length);
    expect(DEFAULT_FEATURES.length).toBeGreaterThanOrEqual(45);
  });

  test('takes a parsed series as well as bars', () => {
    const bars = simulatedBars({ seed: 2, count: 100 });
    expect(buildFeatures(parseSeries(bars))).toEqual(buildFeatures(bars));
  });

  test('row t ignores every bar after t, bit for bit', () => {
    fc.assert(
      fc.property(
        anyBars(330),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (bars, share, jump) => {
          const known = 1 + Math.floor(share * (bars.length - 1));
          const later = bars.map((bar, t) => (t < known ? bar : scaled(bar, jump, 3)));
          const { values } = buildFeatures(bars.slice(0, known));
          expect(firstOther(buildFeatures(bars).values.subarray(0, values.length), values)).toBe(-1);
          expect(firstOther(buildFeatures(later).values.subarray(0, values.length), values)).toBe(-1);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('scaling all prices or all volumes by a power of two changes no bit', () => {
    fc.assert(
      fc.property(
        anyBars(300),
        fc.integer({ min: -20, max: 20 }),
        fc.integer({ min: 0, max: 12 }),
        (bars, price, volume) => {
          const other = bars.map((bar) => scaled(bar, 2 ** price, 2 ** volume));
          expect(firstOther(buildFeatures(other).values, buildFeatures(bars).values)).toBe(-1);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('scaling all prices by any constant changes nothing beyond 1e-9 of the column', () => {
    // Continuous prices: on a grid, rounding may decide a tie of two price moves another way.
    const continuous = fc.integer({ min: 0, max: 2 ** 31 }).map((seed) => simulatedBars({ seed, count: 300 }));
    fc.assert(
      fc.property(continuous, fc.double({ min: 1e-3, max: 1e4, noNaN: true }), (bars, factor) => {
        const { names, values } = buildFeatures(bars);
        const other = buildFeatures(bars.map((bar) => scaled(bar, factor, 1))).values;
        const sizes = names.map((_, j) =>
          Math.max(...everyRow(values, names.length, j).map((value) => Math.abs(value) || 0)),
        );
        for (let i = 0; i < values.length; i++) {
          if (Number.isNaN(values[i]) && Number.isNaN(other[i])) continue;
          if (!(Math.abs(other[i] - values[i]) <= 1e-9 * sizes[i % names.length])) {
            expect.fail(`${names[i % names.length]}: ${values[i]} became ${other[i]}`);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('forgets what lies before its warm-up, unless it is marked as recursive', () => {
    const bars = simulatedBars({ seed: 6, count: 400 });
    const matrix = buildFeatures(bars);
    const width = matrix.names.length;
    DEFAULT_FEATURES.forEach(({ name, warmup, recursive }, j) => {
      const last = newestFeatures(bars.slice(399 - warmup)).values[j];
      const size = Math.max(...everyRow(matrix.values, width, j).map((value) => Math.abs(value) || 0));
      const apart = Math.abs(last - matrix.values[399 * width + j]) / size;
      if (recursive) expect(apart, name).toBeGreaterThan(1e-6);
      else expect(apart, name).toBeLessThan(1e-12);
    });
  });

  test('has no infinity on any kind of bars', () => {
    fc.assert(
      fc.property(anyBars(300), (bars) => {
        expect(buildFeatures(bars).values.some((value) => Math.abs(value) === Infinity)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    ['constant prices and volumes', () => constant(300, { volume: 1000 })],
    ['constant prices that are no round number', () => constant(300, { open: 0.1, high: 0.1, low: 0.1, close: 0.1 })],
    ['no volume at all', () => constant(300, { high: 101, low: 99, volume: 0 })],
    ['a single bar', () => constant(1, {})],
    ['two bars', () => constant(2, {})],
    ['the smallest prices', () => constant(300, { open: 5e-324, high: 5e-324, low: 5e-324, close: 5e-324 })],
    [
      'the largest prices and volumes',
      () => constant(300, { open: 1e308, high: 1.7e308, low: 1e307, close: 1e308, volume: 1e308 }),
    ],
    [
      'jumps over the whole range of numbers',
      () => constant(300, {}).map((bar, t) => scaled(bar, t % 2 ? 1e300 : 1e-300, 1)),
    ],
    ['years between bars', () => constant(300, {}).map((bar, t) => ({ ...bar, date: `${1700 + t}-06-01` }))],
  ])('has no infinity on %s', (_name, bars) => {
    const { values } = buildFeatures(bars(), { horizons: [1, 5], withTargets: true });
    expect(values.some((value) => Math.abs(value) === Infinity)).toBe(false);
  });

  test('is NaN, not a number that misleads, where the price never moves', () => {
    const row = newestFeatures(constant(300, {}));
    const at = (name: string) => row.values[row.names.indexOf(name)];
    for (const name of [
      'rsi_14',
      'stoch_k',
      'cci_14',
      'bb_pct_b_20',
      'mfi_14',
      'bop',
      'ret_volume_corr_20',
      'rv_ratio_5_60',
    ]) {
      expect(at(name), name).toBeNaN();
    }
    for (const name of ['ret_20', 'macd', 'slope_60', 'bb_width_20', 'rv_20', 'yang_zhang_20', 'atr_14'])
      expect(at(name), name).toBe(0);
  });

  test('is NaN for exactly its warm-up', () => {
    const { names, values } = buildFeatures(simulatedBars({ seed: 5, count: 300 }));
    DEFAULT_FEATURES.forEach(({ name, warmup }, j) => {
      const missing = everyRow(values, names.length, j).map((value) => Number.isNaN(value));
      expect(missing.lastIndexOf(true), name).toBe(warmup - 1);
      expect(missing.filter(Boolean).length, name).toBe(warmup);
    });
  });

  test('refuses two features of one name, and a column of the wrong length', () => {
    const bars = simulatedBars({ seed: 1, count: 30 });
    const twice = [DEFAULT_FEATURES[0], defineFeature('ret_1', ({ close }) => close)];
    expect(() => buildFeatures(bars, { features: twice })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(/ret_1/) }),
    );
    const short = defineFeature('short', ({ close }) => close.subarray(1));
    expect(() => buildFeatures(bars, { features: [short] })).toThrow(
      /feature short must be 30 numbers, one per bar, got "29 values"/,
    );
  });

  test('refuses bars that are none', () => {
    expect(() => buildFeatures([])).toThrow(expect.objectContaining({ code: 'EMPTY_SERIES' }));
    expect(() => buildFeatures(undefined as unknown as Bar[])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('newestFeatures', () => {
  test('is the last row of the matrix, bit for bit', () => {
    fc.assert(
      fc.property(anyBars(300), (bars) => {
        const matrix = buildFeatures(bars);
        const row = newestFeatures(bars);
        expect(row.names).toEqual(matrix.names);
        expect(row.date).toBe(bars.at(-1)?.date);
        expect(firstOther(row.values, matrix.values.slice(-matrix.names.length))).toBe(-1);
      }),
      { numRuns: 20 },
    );
  });

  test('is the row of its bar, bit for bit, wherever the series ends: in every block of every window', () => {
    const bars = simulatedBars({ seed: 12, count: 560 });
    const { names, values } = buildFeatures(bars);
    const width = names.length;
    for (let count = 1; count <= bars.length; count++) {
      const other = firstOther(
        newestFeatures(bars.slice(0, count)).values,
        values.slice((count - 1) * width, count * width),
      );
      if (other >= 0) expect.fail(`${names[other]} of ${count} bars`);
    }
  });
});

function scaled(bar: Bar, price: number, volume: number): Bar {
  return {
    date: bar.date,
    open: bar.open * price,
    high: bar.high * price,
    low: bar.low * price,
    close: bar.close * price,
    volume: bar.volume * volume,
  };
}

/** Index of the first entry that is not the same number (NaN is the same as NaN), -1 if all are. */
function firstOther(actual: Float64Array, expected: Float64Array): number {
  expect(actual.length).toBe(expected.length);
  return actual.findIndex((value, i) => !Object.is(value, expected[i]));
}

function constant(count: number, change: Partial<Bar>): Bar[] {
  const bar = { open: 100, high: 100, low: 100, close: 100, volume: 1000, ...change };
  return simulatedBars({ seed: 1, count }).map(({ date }) => ({ date, ...bar }));
}

function everyRow(values: Float64Array, width: number, column: number): number[] {
  return Array.from({ length: values.length / width }, (_, t) => values[t * width + column]);
}

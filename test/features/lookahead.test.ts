import { describe, expect, test } from 'vitest';
import {
  buildFeatures,
  checkCausality,
  DEFAULT_FEATURES,
  defineFeature,
  type Feature,
} from '../../src/features/index.js';
import { type PriceSeries, parseSeries } from '../../src/series/index.js';
import { simulatedBars } from './simulated-bars.js';

const bars = simulatedBars({ seed: 8, count: 260 });
const series = parseSeries(bars);

const rows = ({ length }: PriceSeries, at: (t: number) => number) => Float64Array.from({ length }, (_, t) => at(t));

const leaks: [string, Feature][] = [
  ['the next close', defineFeature('next', (s) => rows(s, (t) => s.close[t + 1] / s.close[t] - 1))],
  [
    'the next close, where there is one',
    defineFeature('next_or_own', (s) => rows(s, (t) => s.close[Math.min(t + 1, s.length - 1)] / s.close[t] - 1)),
  ],
  [
    'the next close, but not near the end',
    defineFeature('next_but_late', (s) =>
      rows(s, (t) => (t < s.length - 40 ? s.close[t + 1] / s.close[t] : Number.NaN)),
    ),
  ],
  [
    'a centred mean',
    defineFeature('centred', (s) =>
      rows(s, (t) =>
        t === 0 ? Number.NaN : (s.close[t - 1] + s.close[t] + (s.close[t + 1] ?? s.close[t])) / 3 / s.close[t],
      ),
    ),
  ],
  [
    'a z-score over the whole sample',
    defineFeature('whole', (s) => {
      const mean = s.close.reduce((a, b) => a + b, 0) / s.length;
      return rows(s, (t) => s.close[t] / mean - 1);
    }),
  ],
  [
    'a rank in the whole sample',
    defineFeature('rank', (s) => rows(s, (t) => s.close.filter((close) => close < s.close[t]).length / s.length)),
  ],
  ['the highest close of all', defineFeature('top', (s) => rows(s, (t) => s.close[t] / Math.max(...s.close)))],
  ['the bars still to come', defineFeature('left', (s) => rows(s, (t) => s.length - t))],
  [
    'a value filled in from later',
    defineFeature('backfill', (s) => rows(s, (t) => s.close[Math.max(t, 10)] / s.close[Math.max(t, 9)])),
  ],
];

describe('the leak check', () => {
  test.each(leaks)('refuses %s', (_name, feature) => {
    expect(() => buildFeatures(bars, { features: [...DEFAULT_FEATURES, feature] })).toThrow(
      expect.objectContaining({
        code: 'LOOKAHEAD',
        field: feature.name,
        message: expect.stringMatching(new RegExp(`feature ${feature.name} at row \\d+ \\(\\d{4}-\\d\\d-\\d\\d\\)`)),
      }),
    );
  });

  test('says where: the last row before the cut, and both values', () => {
    const found = checkCausality(leaks[1][1], series);
    expect(found).toEqual({
      row: 258,
      date: bars[258].date,
      bars: 259,
      without: 0,
      withLater: bars[259].close / bars[258].close - 1,
    });
  });

  test.each(DEFAULT_FEATURES.map((feature) => [feature.name, feature] as const))('passes %s', (_name, feature) => {
    expect(checkCausality(feature, series)).toBeUndefined();
  });

  test('passes a causal feature of a user, whose values arrive in the matrix', () => {
    const mine = defineFeature('overnight', ({ open, close }) =>
      open.map((price, t) => (t === 0 ? Number.NaN : price / close[t - 1] - 1)),
    );
    const { names, values } = buildFeatures(bars, { features: [...DEFAULT_FEATURES, mine] });
    const [own, builtIn] = [names.indexOf('overnight'), names.indexOf('gap')];
    expect(own).toBe(DEFAULT_FEATURES.length);
    for (let t = 0; t < bars.length; t++)
      expect(values[t * names.length + own]).toBe(values[t * names.length + builtIn]);
  });

  test('passes a running sum, whose rounding depends on nothing later', () => {
    const total = defineFeature('total', ({ volume }) => {
      let sum = 0;
      return volume.map((value) => {
        sum += value;
        return value / sum;
      });
    });
    expect(checkCausality(total, series)).toBeUndefined();
  });

  test('passes on a series of one bar', () => {
    expect(checkCausality(DEFAULT_FEATURES[0], parseSeries(bars.slice(0, 1)))).toBeUndefined();
  });
});

describe('defineFeature', () => {
  test.each(['', '1st', 'a b', 'a:b', 'a,b', 'ä', undefined as unknown as string])('refuses the name %j', (name) => {
    expect(() => defineFeature(name, ({ close }) => close)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  test('refuses what is no function', () => {
    expect(() => defineFeature('x', 3 as unknown as () => number[])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  test('an infinity or something that is no number becomes NaN', () => {
    const odd = defineFeature('odd', ({ length }) =>
      new Array(length).fill(undefined).map((_, t) => [Infinity, 'x', null][t % 3] as number),
    );
    const { values } = buildFeatures(bars.slice(0, 9), { features: [odd] });
    expect([...values]).toEqual(new Array(9).fill(Number.NaN));
  });

  test('a function that writes to its columns harms neither the series nor other features', () => {
    const rude = defineFeature('rude', ({ close }) => close.fill(1));
    const gentle = buildFeatures(series).values;
    const { names, values } = buildFeatures(series, { features: [rude, ...DEFAULT_FEATURES] });
    expect(series.close[5]).toBe(bars[5].close);
    const width = names.length;
    expect(Float64Array.from(values.filter((_, i) => i % width > 0))).toEqual(gentle);
  });

  test('what a feature throws comes through', () => {
    const broken = defineFeature('broken', () => {
      throw new RangeError('mine');
    });
    expect(() => buildFeatures(bars, { features: [broken] })).toThrow(new RangeError('mine'));
  });
});

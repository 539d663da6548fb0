import { describe, expect, it } from 'vitest';
import { fanBands } from '../../adapters/report/fan-bands.js';
import {
  axisPriceText,
  priceDigits,
  priceText,
  signedPercentText,
  withMinus,
} from '../../adapters/report/number-text.js';
import { pastForecasts } from '../../adapters/report/past-forecasts.js';
import { madeDistribution, madeOutcome, madePrediction } from './made-records.js';

describe('fanBands', () => {
  it('nests the intervals of 80, 60, 40 and 20 %, widest first', () => {
    const levels = [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9];
    const quantiles = [90, 94, 96, 98, 101, 103, 106, 112];
    expect(fanBands({ levels, quantiles })).toEqual([
      { level: 0.8, low: 90, high: 112 },
      { level: 0.6, low: 94, high: 106 },
      { level: 0.4, low: 96, high: 103 },
      { level: 0.2, low: 98, high: 101 },
    ]);
  });

  it('reads a coarse grid in between by the rule of quantileFunction, and its outer quantiles to the last bit', () => {
    const { levels, quantiles } = madeDistribution([0.1, 0.5, 0.9], [90, 100, 120]);
    const [outer, ...inner] = fanBands({ levels, quantiles });
    expect(outer).toEqual({ level: 0.8, low: 90, high: 120 });
    // linear in the level: 90 + 10 × (0.2 - 0.1) / 0.4 and 100 + 20 × (0.8 - 0.5) / 0.4
    expect(inner[0].low).toBeCloseTo(92.5, 10);
    expect(inner[0].high).toBeCloseTo(115, 10);
  });
});

describe('pastForecasts', () => {
  const bar = (date: string, close: number) => ({ date, open: close, high: close, low: close, close, volume: 1 });

  it('brings a forecast from before a split to the scale of the bars', () => {
    const bars = [bar('2026-01-05', 50), bar('2026-01-06', 51)];
    const [past] = pastForecasts(bars, { predictions: [madePrediction()], outcomes: [madeOutcome()], horizon: 1 });
    expect(past).toMatchObject({ date: '2026-01-06', point: 50.5, low: 47.5, high: 52.5, close: 51, side: 'inside' });
  });

  it('leaves out other horizons and days without a bar, and marks open ones', () => {
    const predictions = [
      madePrediction(),
      madePrediction({ horizon: 5 }),
      madePrediction({ baseDate: '2026-01-06', targetDate: '2026-01-07' }),
    ];
    const past = pastForecasts([bar('2026-01-06', 102)], { predictions, outcomes: [], horizon: 1 });
    expect(past).toHaveLength(1);
    expect(past[0].side).toBeUndefined();
  });
});

describe('numbers', () => {
  it.each([
    [[71_000, 72_300], undefined, 0],
    [[5890.12, 5900], undefined, 2],
    [[50, 51], undefined, 2],
    [[0.4321], undefined, 4],
    [[72_300], 'USD', 2],
    [[72_300.5], 'KRW', 0],
    [[72_300], 'won', 0],
    [[8.4e-6], undefined, 9],
    [[8.4e-6], 'USD', 9],
    [[0.5], 'KRW', 4],
    [[8.4], 'KRW', 2],
    [[950], 'JPY', 0],
  ])('closes %j in %s have %i decimals', (closes, currency, digits) => {
    expect(priceDigits(closes, currency)).toBe(digits);
  });

  it('separates thousands', () => {
    expect(priceText(1_234_567, 0)).toBe('1,234,567');
    expect(priceText(6032.384, 2)).toBe('6,032.38');
  });

  it('never writes a price as nothing', () => {
    expect(priceText(8.4e-6, priceDigits([8.4e-6]))).toBe('0.000008400');
    expect(priceText(0.0041, 2)).toBe('0.004100');
    expect(priceText(-8.4e-6, 0)).toBe('-0.000008400');
    expect(priceText(3e-30, priceDigits([3e-30]))).toBe(`0.${'0'.repeat(29)}3000`);
    expect(priceText(0, 2)).toBe('0.00');
  });

  it.each([
    [[8.1e-6, 8.6e-6], undefined, [8.2e-6, 8.4e-6]],
    [[1.0812, 1.0855], undefined, [1.082, 1.084, 1.085]],
    [[72_299, 72_302], 'KRW', [72_299.5, 72_300, 72_300.5]],
    [[0.4, 0.9], undefined, [0.5, 0.6]],
    [[70_000, 74_000], 'KRW', [71_000, 72_000]],
    [[0.02, 7.5], undefined, [2, 4]],
  ])('labels an axis over %j %s so that its labels differ', (values, currency, ticks) => {
    const label = axisPriceText(values, priceDigits(values, currency));
    const labels = ticks.map(label);
    expect(new Set(labels).size).toBe(ticks.length);
    for (const [i, text] of labels.entries()) {
      expect(Math.abs(Number(text.replaceAll(',', '')) / ticks[i] - 1)).toBeLessThan(1e-3);
    }
  });

  it('gives changes a sign, and zero none', () => {
    expect([0.0042, -0.013, 0.000001, -0.000001].map((change) => signedPercentText(change))).toEqual([
      '+0.42%',
      '-1.30%',
      '0.00%',
      '0.00%',
    ]);
    expect(withMinus('-1.30%')).toBe('\u22121.30%');
  });
});

import { describe, expect, it } from 'vitest';
import { fanBands } from '../../adapters/report/fan-bands.js';
import { priceDigits, priceText, signedPercentText, withMinus } from '../../adapters/report/number-text.js';
import { pastForecasts } from '../../adapters/report/past-forecasts.js';
import type { CombinedStep, MemberForecast } from '../../src/ensemble/index.js';
import { madeOutcome, madePrediction } from './made-records.js';

const member = (levels?: number[], quantiles?: number[]): MemberForecast => ({
  pointClose: 100,
  ciLow: 90,
  ciHigh: 110,
  probUp: 0.4,
  probFlat: 0.2,
  probDown: 0.4,
  levels,
  quantiles,
});

const step = (members: CombinedStep['members']): CombinedStep => ({
  horizon: 1,
  pointClose: 100,
  ciLow: 90,
  ciHigh: 110,
  probUp: 0.4,
  probFlat: 0.2,
  probDown: 0.4,
  direction: 'up',
  expectedReturn: 0,
  weights: { chronos: 0.5, lgbm: 0.5, naive: 0 },
  members,
});

describe('fanBands', () => {
  const narrow = member([0.2, 0.8], [94, 106]);
  const wide = member([0.2, 0.8], [92, 108]);

  it('pools the quantiles of the members with a weight', () => {
    expect(fanBands(step({ chronos: narrow, lgbm: wide, naive: member() }))).toEqual([
      { level: 0.8, low: 90, high: 110 },
      { level: 0.6, low: 93, high: 107 },
    ]);
  });

  it('keeps to the interval where a member has no quantiles', () => {
    expect(fanBands(step({ chronos: narrow, lgbm: member() }))).toEqual([{ level: 0.8, low: 90, high: 110 }]);
  });

  it('stretches inner bands as the interval was stretched', () => {
    const calibrated = { ...step({ chronos: narrow, lgbm: narrow }), calibration: { low: 1.5, high: 0.5 } };
    expect(fanBands(calibrated)[1]).toEqual({ level: 0.6, low: 91, high: 103 });
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
  ])('closes %j in %s have %i decimals', (closes, currency, digits) => {
    expect(priceDigits(closes, currency)).toBe(digits);
  });

  it('separates thousands', () => {
    expect(priceText(1_234_567, 0)).toBe('1,234,567');
    expect(priceText(6032.384, 2)).toBe('6,032.38');
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

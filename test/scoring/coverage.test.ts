import { describe, expect, it } from 'vitest';
import { coverage, coverageByVolatility, covered, worstCoverage } from '../../src/scoring/index.js';

describe('coverage', () => {
  it('counts an outcome on an edge as inside', () => {
    const rows = { actuals: [1, 3, 0.99, 3.01], lows: [1, 1, 1, 1], highs: [3, 3, 3, 3] };
    expect([...covered(rows)]).toEqual([1, 1, 0, 0]);
    expect(coverage(rows)).toBe(0.5);
  });

  it('refuses rows that do not fit', () => {
    expect(() => covered({ actuals: [1, 2], lows: [1], highs: [3, 3] })).toThrow(/lows/);
    expect(() => covered({ actuals: [], lows: [], highs: [] })).toThrow(
      expect.objectContaining({ code: 'EMPTY_SERIES' }),
    );
  });
});

describe('coverageByVolatility', () => {
  it('sorts rows into thirds by volatility', () => {
    const split = coverageByVolatility([1, 0, 0, 0, 1, 1], [0.1, 0.9, 0.8, 0.4, 0.5, 0.2]);
    expect(split).toEqual({
      calm: { share: 1, count: 2 },
      middle: { share: 0.5, count: 2 },
      wild: { share: 0, count: 2 },
    });
  });

  it('has no share for a third without rows', () => {
    const { calm, wild } = coverageByVolatility([1, 0, 1], [5, 5, 5]);
    expect(calm).toEqual({ share: 2 / 3, count: 3 });
    expect(wild).toEqual({ share: Number.NaN, count: 0 });
  });
});

describe('worstCoverage', () => {
  it('finds the stretch of days with the lowest share, all rows of a day together', () => {
    // Days 1..6; two rows on day 3. Stretches of two days: .5 1/3 1/3 1 1 -> the earlier of the two lowest.
    const days = [1, 2, 3, 3, 5, 8, 9];
    const held = [1, 0, 0, 1, 0, 1, 1];
    expect(worstCoverage(held, days, 2)).toEqual({ share: 1 / 3, count: 3, from: 2, to: 3 });
  });

  it('takes 120 days by default, and refuses fewer', () => {
    const days = Array.from({ length: 121 }, (_, i) => i);
    const held = days.map((day) => (day === 0 ? 0 : 1));
    expect(worstCoverage(held, days)).toEqual({ share: 119 / 120, count: 120, from: 0, to: 119 });
    expect(() => worstCoverage(held.slice(2), days.slice(2))).toThrow(
      expect.objectContaining({ code: 'SERIES_TOO_SHORT' }),
    );
  });

  it('refuses days out of order', () => {
    expect(() => worstCoverage([1, 1, 1], [1, 3, 2], 2)).toThrow(/days\[2\]/);
  });
});

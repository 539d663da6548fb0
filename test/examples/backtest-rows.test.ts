import { describe, expect, it } from 'vitest';
import { completeStatement, type Distribution } from '../../src/ensemble/index.js';
import { backtestRecord, type MatchedForecast, scoreForecasts } from '../../src/pipeline/index.js';

// plain JavaScript on the built package, as a user runs it
const file = '../../examples/backtest/matched-rows.js';
const { matchedRows } = await import(file);

/** Quantiles at odd levels, so that the deciles lie between them. */
function stated(baseClose: number, shift: number): Distribution {
  const levels = [0.05, 0.25, 0.5, 0.77, 0.95];
  const quantiles = [-0.03, -0.01, shift, 0.012, 0.04].map((move) => baseClose * (1 + move + shift));
  return completeStatement('test', { levels, quantiles }, { baseClose, flatBand: 0.003 });
}

/** A day in three lacks 'late', which is first seen on the second; the outcome's base close is that after a split. */
const matched = Array.from({ length: 40 }, (_, day) => {
  const baseClose = 100 + Math.sin(day) * 7;
  const key = { code: 'A', baseDate: `2024-${String(1 + (day >> 4)).padStart(2, '0')}-${10 + (day & 15)}`, horizon: 1 };
  const members = {
    naive: stated(baseClose, 0),
    ...(day % 3 === 0 ? {} : { late: stated(baseClose, Math.cos(day) / 100) }),
  };
  return {
    prediction: { ...key, ...stated(baseClose, 0.001), baseClose, members },
    outcome: {
      ...key,
      baseClose: baseClose / 3,
      actualDate: '2024-03-01',
      actualClose: (baseClose * (1 + Math.sin(3 * day) / 40)) / 3,
      actualDirection: (['down', 'flat', 'up'] as const)[day % 3],
    },
  } as unknown as MatchedForecast;
});

describe('the rows that the backtest keeps', () => {
  it('give the records and scores of the forecasts as they were stored, to the last digit', () => {
    const place = matchedRows();
    for (const row of matched) place.add(row, backtestRecord(row));
    const rows: MatchedForecast[] = place.rows();
    expect(rows.map(backtestRecord)).toEqual(matched.map(backtestRecord));
    expect(scoreForecasts(rows)).toEqual(scoreForecasts(matched));
    expect(scoreForecasts(rows).map(({ forecaster, count }) => [forecaster, count])).toEqual([
      ['ensemble', 40],
      ['naive', 40],
      ['late', 26],
    ]);
  });
});

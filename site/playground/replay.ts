import { ForecastError, invalid } from '../../src/errors.js';
import type { PriceSeries } from '../../src/series/index.js';
import { contextUntil, FORECASTERS, type Forecaster, LEVELS, RANDOM_WALK } from './forecast.js';
import { type Met, REPLAY_DAYS, type Score, scoreOf } from './score.js';

/** Bars that a replayed day needs before it, and days below which a replay says nothing. */
const LEAST_BEFORE = 150;
const LEAST_DAYS = 40;

/** Returns the base days of the replay as bars: the newest `REPLAY_DAYS` whose close `horizon` bars later is known. */
export function replayRange(series: PriceSeries, horizon: number): { first: number; end: number } {
  const end = series.length - horizon;
  const first = Math.max(LEAST_BEFORE, end - REPLAY_DAYS);
  if (end - first < LEAST_DAYS) {
    const least = LEAST_BEFORE + LEAST_DAYS + horizon;
    throw invalid('SERIES_TOO_SHORT', 'replay', 'bars', `at least ${least}`, series.length);
  }
  return { first, end };
}

/** Returns what the random walk would have said on each base day of the range, and the close that came. */
export function replayRandomWalk(series: PriceSeries, horizon: number): Met[] {
  const { first, end } = replayRange(series, horizon);
  const walk = FORECASTERS.find(({ name }) => name === RANDOM_WALK)!;
  return Array.from({ length: end - first }, (_, i) => metAt(walk, series, first + i, horizon));
}

/**
 * Returns how each forecaster would have done, had it been asked after the close of each of the newest `REPLAY_DAYS` base days: it sees
 * the bars up to that day, nothing later. A forecaster that cannot speak of every one of the days is left out.
 *
 * @param onProgress told the share done, in [0, 1]
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer than 190 bars and the horizon
 */
export function replay(series: PriceSeries, horizon: number, onProgress: (share: number) => void): Score[] {
  const { first, end } = replayRange(series, horizon);
  const days = end - first;
  const met = new Map<string, Met[]>();
  FORECASTERS.forEach((forecaster, k) => {
    try {
      const rows: Met[] = [];
      for (let i = 0; i < days; i++) {
        rows.push(metAt(forecaster, series, first + i, horizon));
        if (i % 10 === 0) onProgress((k + i / days) / FORECASTERS.length);
      }
      met.set(forecaster.name, rows);
    } catch (error) {
      if (!(error instanceof ForecastError) || forecaster.name === RANDOM_WALK) throw error;
    }
  });
  const reference = met.get(RANDOM_WALK)!;
  return [...met].map(([name, rows]) => scoreOf(name, horizon, rows, name === RANDOM_WALK ? undefined : reference));
}

function metAt({ forecast }: Forecaster, series: PriceSeries, t: number, horizon: number): Met {
  const base = series.close[t];
  const row = forecast(contextUntil(series, t + 1), horizon).subarray((horizon - 1) * LEVELS.length);
  return {
    date: series.dates[t],
    actual: series.close[t + horizon] / base - 1,
    quantiles: Array.from(row, (price) => price / base - 1),
  };
}

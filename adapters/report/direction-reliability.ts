import type { MatchedForecast } from './matched-forecasts.js';

/** The forecasts whose probability fell into one bin. */
export interface ProbabilityBin {
  /** Bounds; the upper one belongs to the bin only in the last. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean probability forecast. */
  readonly forecast: number;
  /** Share of them that came true. */
  readonly observed: number;
}

/**
 * Returns how often a direction came true beside how probable it was said to be, in bins of equal width; empty bins are left out.
 *
 * @param bins how many over [0, 1]; default 10
 */
export function directionReliability(
  matched: readonly MatchedForecast[],
  direction: 'up' | 'flat' | 'down',
  bins = 10,
): ProbabilityBin[] {
  const field = { up: 'probUp', flat: 'probFlat', down: 'probDown' } as const;
  const counts = Array.from({ length: bins }, () => ({ count: 0, forecast: 0, observed: 0 }));
  for (const { prediction, outcome } of matched) {
    const probability = prediction[field[direction]];
    const bin = counts[Math.min(bins - 1, Math.floor(probability * bins))];
    bin.count += 1;
    bin.forecast += probability;
    bin.observed += Number(outcome.actualDirection === direction);
  }
  return counts.flatMap(({ count, forecast, observed }, index) =>
    count === 0
      ? []
      : [{ from: index / bins, to: (index + 1) / bins, count, forecast: forecast / count, observed: observed / count }],
  );
}

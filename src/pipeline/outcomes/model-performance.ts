import { fromEpochDay, toEpochDay } from '../../series/index.js';
import type { OutcomeRecord, PerformanceRecord } from '../../store/records.js';
import type { Store } from '../../store/store.js';
import { pagedOutcomes } from '../paged.js';

/**
 * Returns how the forecasts of one instrument and horizon did over the last days, from their outcomes.
 *
 * @param asOf last day of the window, 'YYYY-MM-DD'
 * @param windowDays calendar days in the window
 */
export async function measurePerformance(
  store: Store,
  { code, horizon, asOf, windowDays }: { code: string; horizon: number; asOf: string; windowDays: number },
): Promise<PerformanceRecord> {
  const fromActualDate = fromEpochDay(toEpochDay(asOf) - windowDays + 1);
  const outcomes: OutcomeRecord[] = [];
  for await (const page of pagedOutcomes(store, { code, horizon, fromActualDate, toActualDate: asOf })) {
    outcomes.push(...page);
  }
  const key = { code, horizon, asOf, windowDays, sampleCount: outcomes.length };
  if (outcomes.length === 0) return key;
  const mean = (measure: (outcome: OutcomeRecord) => number) =>
    outcomes.reduce((sum, outcome) => sum + measure(outcome), 0) / outcomes.length;
  const shareOf = (direction: string) => mean(({ actualDirection }) => Number(actualDirection === direction));
  return {
    ...key,
    hitRate: mean(({ directionHit }) => Number(directionHit)),
    baseRate: Math.max(shareOf('up'), shareOf('flat'), shareOf('down')),
    meanAbsError: mean(({ absError, baseClose }) => absError / baseClose),
    naiveMeanAbsError: mean(({ actualReturn }) => Math.abs(actualReturn)),
    coverage: mean(({ covered }) => Number(covered)),
  };
}

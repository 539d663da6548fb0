import { groupBy } from '../stats/index.js';
import type { ScaledOutcome } from './scored-forecast.js';

/** Returns the forecasts of each day of outcomes together, days ascending. */
export function byDay<T extends ScaledOutcome>(forecasts: readonly T[]): T[][] {
  return [...groupBy(forecasts, ({ actualDate }) => actualDate)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, day]) => day);
}

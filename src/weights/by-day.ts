import type { ScaledOutcome } from './scored-forecast.js';

/** Returns the forecasts of each day of outcomes together, days ascending. */
export function byDay<T extends ScaledOutcome>(forecasts: readonly T[]): T[][] {
  const days = new Map<string, T[]>();
  for (const forecast of forecasts) {
    const day = days.get(forecast.actualDate);
    if (day) day.push(forecast);
    else days.set(forecast.actualDate, [forecast]);
  }
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, day]) => day);
}

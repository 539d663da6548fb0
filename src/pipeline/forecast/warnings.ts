import { describeRepairs, frozenDays, type PriceSeries, seriesAge } from '../../series/index.js';
import { leakOf, weekdayCalendar } from '../../series/inside.js';
import type { Context } from '../context.js';
import { todayOf } from '../fetch-series.js';
import type { Step, Warning } from './forecast.js';

/** Trading days without a new bar, and bars that repeat one close, after which a reader is told. */
const STALE_DAYS = 5;
const FROZEN_BARS = 5;

/** Fewer bars than a quarter of a year make a wide guess of an interval. */
const THIN_BARS = 60;

/** Returns what a reader of the forecast should know of the prices that it was made from. */
export function warningsOf(series: PriceSeries, steps: readonly Step[], context: Context): Warning[] {
  const { calendar } = context.market;
  const warnings: Warning[] = [];
  const age = seriesAge(series, { today: todayOf(context), calendar });
  if (age > STALE_DAYS) {
    const newest = series.dates[series.length - 1];
    warnings.push({
      kind: 'stale',
      message: `the newest bar, of ${newest}, is ${age} trading days old`,
      dates: [newest],
    });
  }
  const frozen = frozenDays(series);
  if (frozen > FROZEN_BARS) {
    const since = series.dates[series.length - frozen];
    warnings.push({
      kind: 'frozen',
      message: `the close has not moved for ${frozen} bars, since ${since}`,
      dates: [since],
    });
  }
  if (series.length < THIN_BARS) {
    warnings.push({ kind: 'thin', message: `there are ${series.length} bars only: intervals are rough` });
  }
  if (series.repairs.length > 0) {
    const dates = [...new Set(series.repairs.map(({ date }) => date))];
    warnings.push({ kind: 'repaired', message: describeRepairs(series.repairs), dates });
  }
  const { leaks, correlation } = leakOf(series);
  if (leaks) {
    const message = `highs and lows foretell the next return (rank correlation ${correlation.toFixed(2)}): the source's days do not end at its closes`;
    warnings.push({ kind: 'leak', message });
  }
  const { projectedFrom } = calendar;
  const projected = steps
    .map(({ targetDate }) => targetDate)
    .filter((date) => projectedFrom !== undefined && date >= projectedFrom);
  if (projected.length > 0) {
    const unknown =
      projectedFrom === weekdayCalendar.projectedFrom
        ? 'the calendar knows no holidays'
        : `the trading days from ${projectedFrom} on are not announced yet`;
    const message = `${unknown}: target dates may move`;
    warnings.push({ kind: 'projected', message, dates: projected });
  }
  return warnings;
}

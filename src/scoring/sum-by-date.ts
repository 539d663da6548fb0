import { checkColumn, checkLength } from './check-rows.js';

/**
 * Returns the sum and the number of the rows of each date, dates ascending: what the block bootstrap and the Diebold-Mariano test
 * take, so that instruments of one date, which move together, count as one.
 *
 * @param values [rows], finite
 * @param dates [rows], ISO dates or day numbers, in any order
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` for lengths that do not fit or values that are not finite
 */
export function sumByDate<Day extends string | number>(
  values: ArrayLike<number>,
  dates: ArrayLike<Day>,
): { dates: Day[]; sums: Float64Array; counts: Float64Array; means: Float64Array } {
  checkColumn('sumByDate', 'values', values);
  checkLength('sumByDate', 'dates', dates, values.length);
  const byDate = new Map<Day, { sum: number; count: number }>();
  for (let i = 0; i < values.length; i++) {
    const entry = byDate.get(dates[i]);
    if (entry === undefined) byDate.set(dates[i], { sum: values[i], count: 1 });
    else {
      entry.sum += values[i];
      entry.count++;
    }
  }
  const ordered = [...byDate.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const entries = ordered.map((day) => byDate.get(day)!);
  const sums = Float64Array.from(entries, ({ sum }) => sum);
  const counts = Float64Array.from(entries, ({ count }) => count);
  return { dates: ordered, sums, counts, means: sums.map((sum, i) => sum / counts[i]) };
}

import { invalid } from '../errors.js';
import { quantile } from '../stats/index.js';
import { checkColumn, checkCount, checkIntervalRows, checkLength, type IntervalRows } from './check-rows.js';

/**
 * Returns for each row 1 if the interval held, 0 if not; an outcome on an edge is inside.
 *
 * @returns [rows]
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` for lengths that do not fit, values that are not finite,
 * or a low above its high
 */
export function covered(rows: IntervalRows): Uint8Array {
  checkIntervalRows('covered', rows);
  const { actuals, lows, highs } = rows;
  return Uint8Array.from(lows, (low, i) => (low <= actuals[i] && actuals[i] <= highs[i] ? 1 : 0));
}

/** Returns the share of rows whose interval held, in [0, 1]; throws as {@link covered}. */
export function coverage(rows: IntervalRows): number {
  const held = covered(rows);
  return held.reduce((sum, hit) => sum + hit, 0) / held.length;
}

/** A share of rows and how many there were. */
export interface Share {
  /** In [0, 1]; NaN without rows. */
  share: number;
  count: number;
}

/**
 * Returns the share of ones among the calm, middle and wild thirds of the rows: coverage that is right on average only because
 * intervals are too wide in calm days and too narrow in wild ones shows here.
 *
 * The thirds are cut at the R-7 quantiles 1/3 and 2/3 of the volatility; a row on a cut belongs to the lower third.
 *
 * @param held [rows], 1 or 0
 * @param volatility [rows], known when the forecast was made, finite; any unit
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` for lengths that do not fit or values that are not finite
 */
export function coverageByVolatility(
  held: ArrayLike<number>,
  volatility: ArrayLike<number>,
): { calm: Share; middle: Share; wild: Share } {
  const where = 'coverageByVolatility';
  checkColumn(where, 'volatility', volatility);
  checkColumn(where, 'held', held);
  checkLength(where, 'held', held, volatility.length);
  const cuts = [quantile(volatility, 1 / 3), quantile(volatility, 2 / 3)];
  const hits = [0, 0, 0];
  const counts = [0, 0, 0];
  for (let i = 0; i < held.length; i++) {
    const third = volatility[i] <= cuts[0] ? 0 : volatility[i] <= cuts[1] ? 1 : 2;
    hits[third] += held[i];
    counts[third]++;
  }
  const [calm, middle, wild] = counts.map((count, third) => ({ share: hits[third] / count, count }));
  return { calm, middle, wild };
}

/** The stretch of days in which intervals held least. */
export interface WorstStretch extends Share {
  /** The first and the last day of the stretch. */
  from: number;
  to: number;
}

/**
 * Returns the stretch of `length` successive days with the lowest share of ones, all rows of a day together; the earliest if
 * several are alike.
 *
 * Days are those that occur in `days`, whatever lies between them.
 *
 * @param held [rows], 1 or 0
 * @param days [rows], a number for each row's day, non-decreasing
 * @param length in days; default 120
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer than `length` different days; `EMPTY_SERIES` without rows;
 * `INVALID_ARGUMENT` for lengths that do not fit, values that are not finite, or descending days
 */
export function worstCoverage(held: ArrayLike<number>, days: ArrayLike<number>, length = 120): WorstStretch {
  const where = 'worstCoverage';
  checkColumn(where, 'days', days);
  checkColumn(where, 'held', held);
  checkLength(where, 'held', held, days.length);
  checkCount(where, 'length', length);
  const { starts, hitsBefore } = dayStarts(where, held, days);
  const dayCount = starts.length - 1;
  if (dayCount < length)
    throw invalid('SERIES_TOO_SHORT', where, 'days', `at least ${length} days`, `${dayCount} days`);
  let worst: WorstStretch | undefined;
  for (let first = 0; first + length <= dayCount; first++) {
    const [start, end] = [starts[first], starts[first + length]];
    const share = (hitsBefore[end] - hitsBefore[start]) / (end - start);
    if (worst === undefined || share < worst.share) {
      worst = { share, count: end - start, from: days[start], to: days[end - 1] };
    }
  }
  return worst!;
}

/** Returns each day's first row, with the row count at the end, and the running count of ones. */
function dayStarts(where: string, held: ArrayLike<number>, days: ArrayLike<number>) {
  const starts: number[] = [];
  const hitsBefore = new Float64Array(held.length + 1);
  for (let i = 0; i < held.length; i++) {
    if (i > 0 && days[i] < days[i - 1])
      throw invalid('INVALID_ARGUMENT', where, `days[${i}]`, `>= ${days[i - 1]}`, days[i]);
    if (i === 0 || days[i] > days[i - 1]) starts.push(i);
    hitsBefore[i + 1] = hitsBefore[i] + held[i];
  }
  starts.push(held.length);
  return { starts, hitsBefore };
}

import { invalid } from '../errors.js';

/** Quantile forecasts beside what happened. */
export interface QuantileRows {
  /** [rows], what happened, finite. */
  actuals: ArrayLike<number>;
  /** Ascending, each in (0, 1). */
  levels: ArrayLike<number>;
  /** [rows × levels], row-major, in the unit of `actuals`, finite, non-decreasing along a row. */
  quantiles: ArrayLike<number>;
}

/** Interval forecasts beside what happened. */
export interface IntervalRows {
  /** [rows], what happened, finite. */
  actuals: ArrayLike<number>;
  /** [rows], lows[i] <= highs[i], in the unit of `actuals`, finite. */
  lows: ArrayLike<number>;
  highs: ArrayLike<number>;
}

/** Refuses a column that is empty or holds anything but finite numbers. */
export function checkColumn(where: string, field: string, values: ArrayLike<number>): void {
  if (values.length === 0) throw invalid('EMPTY_SERIES', where, field, 'at least one value', 'none');
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw invalid('INVALID_ARGUMENT', where, `${field}[${i}]`, 'a finite number', values[i]);
    }
  }
}

/** Refuses a column of another length than `rows`. */
export function checkLength(where: string, field: string, values: ArrayLike<unknown>, rows: number): void {
  if (values.length !== rows) {
    throw invalid('INVALID_ARGUMENT', where, field, `of length ${rows}`, `length ${values.length}`);
  }
}

/** Refuses columns that are empty, of different lengths or not finite. */
export function checkColumns(where: string, columns: { [field: string]: ArrayLike<number> }): void {
  const [first] = Object.values(columns);
  for (const [field, values] of Object.entries(columns)) {
    checkColumn(where, field, values);
    checkLength(where, field, values, first.length);
  }
}

/** Refuses levels that are not ascending within (0, 1), and a matrix of another shape or with crossing quantiles. */
export function checkQuantileRows(where: string, { actuals, levels, quantiles }: QuantileRows): void {
  checkColumn(where, 'actuals', actuals);
  checkLevels(where, levels);
  checkLength(where, 'quantiles', quantiles, actuals.length * levels.length);
  checkColumn(where, 'quantiles', quantiles);
  for (let i = 0; i < quantiles.length; i++) {
    if (i % levels.length > 0 && quantiles[i] < quantiles[i - 1]) {
      throw invalid(
        'INVALID_ARGUMENT',
        where,
        `quantiles[${i}]`,
        `>= ${quantiles[i - 1]}, its neighbour`,
        quantiles[i],
      );
    }
  }
}

/** Refuses no levels, and levels that are not ascending within (0, 1). */
export function checkLevels(where: string, levels: ArrayLike<number>, least = 1): void {
  if (levels.length < least)
    throw invalid('INVALID_ARGUMENT', where, 'levels', `at least ${least}`, `${levels.length}`);
  for (let i = 0; i < levels.length; i++) {
    if (!(levels[i] > (i === 0 ? 0 : levels[i - 1]) && levels[i] < 1)) {
      throw invalid('INVALID_ARGUMENT', where, `levels[${i}]`, 'ascending and in (0, 1)', levels[i]);
    }
  }
}

/** Refuses intervals that are not finite or upside down. */
export function checkIntervalRows(where: string, { actuals, lows, highs }: IntervalRows): void {
  checkColumns(where, { actuals, lows, highs });
  for (let i = 0; i < lows.length; i++) {
    if (lows[i] > highs[i]) throw invalid('INVALID_ARGUMENT', where, `lows[${i}]`, `<= ${highs[i]}, its high`, lows[i]);
  }
}

/** Refuses a share outside the open interval (0, 1). */
export function checkShare(where: string, field: string, share: number): void {
  if (!(share > 0 && share < 1)) throw invalid('INVALID_ARGUMENT', where, field, 'in (0, 1)', share);
}

/** Refuses anything but a whole number >= `least`. */
export function checkCount(where: string, field: string, count: number, least = 1): void {
  if (!Number.isInteger(count) || count < least) {
    throw invalid('INVALID_ARGUMENT', where, field, `a whole number >= ${least}`, count);
  }
}

import { invalid, refuseUnknown } from '../errors.js';
import { BASELINE_LEVELS, type BaselineOptions } from './baseline-forecast.js';

/** How many past outcomes shape the quantiles: two years, enough for a tail, few enough to forget. */
const DEFAULT_WINDOW = 500;

/** Returns the natural logarithms of the closes. */
export function checkCloses(where: string, closes: ArrayLike<number>, least: number): Float64Array {
  if (closes.length < least) {
    throw invalid('SERIES_TOO_SHORT', where, 'closes', `at least ${least} closes`, `${closes.length} closes`);
  }
  return logPrices(where, 'closes', closes);
}

/** Returns the natural logarithms of prices, each checked to be finite and positive. */
export function logPrices(where: string, field: string, prices: ArrayLike<number>): Float64Array {
  const logs = new Float64Array(prices.length);
  for (let i = 0; i < logs.length; i++) {
    const price = prices[i];
    if (!(price > 0 && price < Infinity)) {
      throw invalid('INVALID_ARGUMENT', where, `${field}[${i}]`, 'a finite price > 0', price);
    }
    logs[i] = Math.log(price);
  }
  return logs;
}

const OPTIONS = ['horizon', 'levels', 'window'];

/** Returns the options with their defaults, checked; `more` are those of this forecast alone. */
export function checkOptions(where: string, options: BaselineOptions, more: readonly string[] = []) {
  refuseUnknown(where, options, [...OPTIONS, ...more]);
  const { horizon, levels = BASELINE_LEVELS, window = DEFAULT_WINDOW } = options;
  if (!Number.isInteger(horizon) || horizon < 1) {
    throw invalid('INVALID_HORIZON', where, 'horizon', 'a whole number of trading days >= 1', horizon);
  }
  if (!Number.isInteger(window) || window < 1) {
    throw invalid('INVALID_ARGUMENT', where, 'window', 'a whole number of outcomes >= 1', window);
  }
  if (levels.length < 2) throw invalid('INVALID_ARGUMENT', where, 'levels', 'at least two levels', levels);
  for (let i = 0; i < levels.length; i++) {
    if (!(levels[i] > (i === 0 ? 0 : levels[i - 1]) && levels[i] < 1)) {
      throw invalid('INVALID_ARGUMENT', where, `levels[${i}]`, 'ascending and in (0, 1)', levels[i]);
    }
  }
  return { horizon, levels, window };
}

/** Refuses a number outside the open interval (0, 1). */
export function checkOpenUnit(where: string, field: string, value: number): void {
  if (!(value > 0 && value < 1)) throw invalid('INVALID_ARGUMENT', where, field, 'in (0, 1)', value);
}

import { invalid } from '../errors.js';
import { checkShare } from './check-rows.js';
import type { ConfidenceInterval } from './verdict.js';

/** 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * Returns Wilson's 95 % score interval of a share; it says something from one trial on.
 *
 * @param estimate the share observed, in [0, 1]
 * @param count independent trials behind it, > 0; need not be whole
 * @throws ForecastError `INVALID_ARGUMENT` for a share outside [0, 1] or a count that is not above 0
 * @see Wilson 1927, JASA 22(158), 209-212
 */
export function wilsonInterval(estimate: number, count: number): ConfidenceInterval {
  const where = 'wilsonInterval';
  if (estimate !== 0 && estimate !== 1) checkShare(where, 'estimate', estimate);
  if (!(count > 0 && count < Infinity)) throw invalid('INVALID_ARGUMENT', where, 'count', 'a number > 0', count);
  const shrink = 1 + (Z * Z) / count;
  const centre = (estimate + (Z * Z) / (2 * count)) / shrink;
  const half = (Z / shrink) * Math.sqrt((estimate * (1 - estimate)) / count + (Z * Z) / (4 * count * count));
  // The interval holds the share itself, also where rounding would leave 0 or 1 just outside.
  return {
    estimate,
    low: Math.min(estimate, Math.max(0, centre - half)),
    high: Math.max(estimate, Math.min(1, centre + half)),
  };
}

import { type ForecastError, invalid } from '../../errors.js';
import type { PriceSeries } from '../../series/index.js';
import { leakOf } from '../../series/inside.js';

/**
 * Returns why nothing may be learned from an instrument's ranges: its bars foretell the next return, as no traded bar does, so that a model would learn to
 * look ahead, and its validation would praise it for that. Undefined for honest bars.
 */
export function leakIn(series: PriceSeries, code: string): ForecastError | undefined {
  const { leaks, correlation } = leakOf(series);
  if (!leaks) return undefined;
  const actual = `a rank correlation of ${correlation.toFixed(2)} with it`;
  return invalid('LOOKAHEAD', `prices(${code})`, 'bars', 'ones whose wicks do not foretell the next return', actual);
}

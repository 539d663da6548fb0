import type { Distribution } from '../../ensemble/index.js';
import { quantileFunction } from '../../stats/index.js';

/** The levels that forecasters are compared on. */
export const DECILES: readonly number[] = Object.freeze([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);

/** Returns a forecast's quantiles at 0.1 to 0.9, in price. */
export function decilesOf({ levels, quantiles }: Pick<Distribution, 'levels' | 'quantiles'>): number[] {
  const known = quantileFunction(levels, quantiles);
  return DECILES.map((level) => known.at(level));
}

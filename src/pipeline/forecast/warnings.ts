import type { PriceSeries } from '../../series/index.js';
import type { Context } from '../context.js';
import type { Step, Warning } from './forecast.js';

/** Returns what a reader of the forecast should know of the prices that it was made from. */
export function warningsOf(_series: PriceSeries, _steps: readonly Step[], _context: Context): Warning[] {
  return [];
}

import type { Distribution } from '../../src/ensemble/index.js';
import { quantileFunction } from '../../src/stats/index.js';

/** A central interval of a forecast. */
export interface FanBand {
  /** Nominal probability inside, in (0, 1). */
  readonly level: number;
  readonly low: number;
  readonly high: number;
}

/** The interval of 80 %, and those nested around and inside it. */
const LEVELS = [0.8, 0.6, 0.4, 0.2];

/** Returns a forecast's central intervals, widest first. */
export function fanBands({ levels, quantiles }: Pick<Distribution, 'levels' | 'quantiles'>): FanBand[] {
  const known = quantileFunction(levels, quantiles);
  // (1 + 0.8) / 2 and 0.9 differ in their last bit, and so would the bounds.
  const near = (level: number) => levels.find((own) => Math.abs(own - level) < 1e-9) ?? level;
  return LEVELS.map((level) => ({
    level,
    low: known.at(near((1 - level) / 2)),
    high: known.at(near((1 + level) / 2)),
  }));
}

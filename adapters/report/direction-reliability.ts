import { type ReliabilityBin, reliabilityCurve } from '../../src/scoring/index.js';
import type { MatchedForecast } from './matched-forecasts.js';

const FIELDS = { up: 'probUp', flat: 'probFlat', down: 'probDown' } as const;

/** Returns how often a direction came beside how probable it was foretold to be, in tenths; tenths without forecasts are left out. */
export function directionReliability(
  matched: readonly MatchedForecast[],
  direction: 'up' | 'flat' | 'down',
): ReliabilityBin[] {
  if (matched.length === 0) return [];
  // A pool of shares may exceed 1 by a rounding error.
  const foretold = matched.map(({ prediction }) => Math.min(1, prediction[FIELDS[direction]]));
  const came = matched.map(({ outcome }) => Number(outcome.actualDirection === direction));
  return reliabilityCurve(foretold, came).filter(({ count }) => count > 0);
}

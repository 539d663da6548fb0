import type { Direction, DirectionProbabilities } from './member-forecast.js';

/**
 * Returns the label of three shares: up if it is at least each other share; else down if it is at least flat; else flat.
 * So a tie goes to up first, then to down.
 */
export function labelDirection({ probUp, probFlat, probDown }: DirectionProbabilities): Direction {
  if (probUp >= Math.max(probFlat, probDown)) return 'up';
  return probDown >= probFlat ? 'down' : 'flat';
}

/** Returns the shares scaled to sum 1, dividing by max(sum, 1e-9). */
export function normalizeDirection({ probUp, probFlat, probDown }: DirectionProbabilities): DirectionProbabilities {
  const total = Math.max(probUp + probFlat + probDown, 1e-9);
  return { probUp: probUp / total, probFlat: probFlat / total, probDown: probDown / total };
}

/**
 * Returns the share of simulated closes above, inside and below the flat band around the base close.
 *
 * @param closes simulated closes of one day, in price; must not be empty
 * @param flatBand half-width of the band as a simple return, 0.003 for ±0.3 %; a return exactly on the edge is flat
 */
export function directionShares(
  closes: ArrayLike<number>,
  baseClose: number,
  flatBand: number,
): DirectionProbabilities {
  let up = 0;
  let down = 0;
  for (let i = 0; i < closes.length; i++) {
    const simpleReturn = closes[i] / baseClose - 1;
    if (simpleReturn > flatBand) up++;
    else if (simpleReturn < -flatBand) down++;
  }
  const total = closes.length;
  return { probUp: up / total, probFlat: (total - up - down) / total, probDown: down / total };
}

import type { QuantileFunction } from '../stats/index.js';
import type { Direction, DirectionProbabilities } from './forecast.js';

/**
 * Returns the label of three shares: the direction with the largest one.
 *
 * Where the largest share is not alone, the sign of `expectedReturn` decides: up before flat before down for a positive one, the other
 * way round for a negative one. With none, or 0, up comes before down, and down before flat.
 *
 * @param expectedReturn a simple return
 */
export function labelDirection({ probUp, probFlat, probDown }: DirectionProbabilities, expectedReturn = 0): Direction {
  const largest = Math.max(probUp, probFlat, probDown);
  const shares = { up: probUp, flat: probFlat, down: probDown };
  return orderOfTies(expectedReturn).find((direction) => shares[direction] === largest) ?? 'flat';
}

function orderOfTies(expectedReturn: number): readonly Direction[] {
  if (expectedReturn > 0) return ['up', 'flat', 'down'];
  if (expectedReturn < 0) return ['down', 'flat', 'up'];
  return ['up', 'down', 'flat'];
}

/** Returns the shares scaled to sum 1, dividing by max(sum, 1e-9). */
export function normalizeDirection({ probUp, probFlat, probDown }: DirectionProbabilities): DirectionProbabilities {
  const total = Math.max(probUp + probFlat + probDown, 1e-9);
  return { probUp: probUp / total, probFlat: probFlat / total, probDown: probDown / total };
}

/**
 * Returns the shares of the three directions that a distribution of the close implies.
 *
 * Up is a close above baseClose × (1 + flatBand), down one below baseClose × (1 - flatBand), flat the rest, edges included.
 *
 * @param flatBand half-width of the band as a simple return, >= 0
 */
export function sharesOf(
  distribution: QuantileFunction,
  { baseClose, flatBand }: { baseClose: number; flatBand: number },
): DirectionProbabilities {
  const upTo = distribution.cdf(baseClose * (1 + flatBand));
  const below = Math.min(upTo, distribution.cdf(baseClose * (1 - flatBand), { strictly: true }));
  return { probUp: 1 - upTo, probFlat: upTo - below, probDown: below };
}

/**
 * Returns the share of simulated closes above, inside and below the flat band around the base close.
 *
 * @param closes simulated closes of one day, in price; must not be empty
 * @param options options.flatBand: half-width of the band as a simple return, 0.003 for ±0.3 %; a return exactly on the edge is flat
 */
export function sharesOfSamples(
  closes: ArrayLike<number>,
  { baseClose, flatBand }: { baseClose: number; flatBand: number },
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

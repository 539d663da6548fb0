/** Half-width of the flat band: a simple return within ±0.3 % counts as flat. */
export const FLAT_BAND = 0.003;

/** Directions in the order of their class numbers: 0 = down, 1 = flat, 2 = up. */
export const DIRECTIONS = ['down', 'flat', 'up'] as const;

/**
 * Returns the direction of a simple return: 'up' above the band, 'down' below it, else 'flat' (the edges are flat).
 *
 * @param simpleReturn later price / earlier price - 1, finite
 * @param flatBand half-width of the band, >= 0
 */
export function directionOf(simpleReturn: number, flatBand: number = FLAT_BAND): (typeof DIRECTIONS)[number] {
  if (simpleReturn > flatBand) return 'up';
  if (simpleReturn < -flatBand) return 'down';
  return 'flat';
}

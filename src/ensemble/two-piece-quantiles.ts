import { normalQuantile } from '../stats/index.js';

/** The interval's bounds are the quantiles at 0.1 and 0.9. */
const BOUND_SCORE = 1.2815515655446004;

/**
 * Returns the quantiles that a point and its 80 % interval stand for: normal in log price on either side of the point, each
 * side through its own bound (the two-piece normal, or Fechner's law, with the point as its median).
 *
 * @param levels ascending, each in (0, 1)
 * @returns prices, one a level, non-decreasing
 * @see Wallis (2014), The two-piece normal, binormal, or double Gaussian distribution, Statistical Science 29(1)
 */
export function twoPieceQuantiles(
  { pointClose, ciLow, ciHigh }: { pointClose: number; ciLow: number; ciHigh: number },
  levels: readonly number[],
): number[] {
  return levels.map((level) => {
    const score = normalQuantile(level);
    const bound = score < 0 ? ciLow : ciHigh;
    return pointClose * Math.exp((Math.abs(score) / BOUND_SCORE) * Math.log(bound / pointClose));
  });
}

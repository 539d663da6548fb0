import { checkLevels, checkQuantileRows, type QuantileRows } from './check-rows.js';

/**
 * Returns each row's continuous ranked probability score ∫ (F(x) - 1{x >= actual})² dx, for the distribution F that the quantiles
 * describe: linear between them, exponential through the two outermost in each tail (as in quantileFunction), so nothing is cut off.
 *
 * Exact for that F, whatever the levels; twice the mean pinball loss only approximates it.
 *
 * @returns [rows], >= 0, in the unit of `actuals`; less is better
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` with fewer than two levels, for lengths that do not fit,
 * values that are not finite, levels or quantiles that are not ascending
 * @see Gneiting & Raftery 2007, JASA 102, section 4.2
 */
export function crpsFromQuantiles(rows: QuantileRows): Float64Array {
  checkLevels('crpsFromQuantiles', rows.levels, 2);
  checkQuantileRows('crpsFromQuantiles', rows);
  const { actuals, levels, quantiles } = rows;
  const width = levels.length;
  const scores = new Float64Array(actuals.length);
  for (let row = 0; row < scores.length; row++) {
    const actual = actuals[row];
    const start = row * width;
    let score = leftTail(levels[0], levels[1], quantiles[start], quantiles[start + 1], actual);
    for (let i = 1; i < width; i++) {
      score += segment(levels[i - 1], levels[i], quantiles[start + i - 1], quantiles[start + i], actual);
    }
    // The right tail is the left tail of the mirrored distribution.
    const end = start + width - 1;
    score += leftTail(1 - levels[width - 1], 1 - levels[width - 2], -quantiles[end], -quantiles[end - 1], -actual);
    scores[row] = score;
  }
  return scores;
}

/** ∫ (F - 1{x >= actual})² over a stretch in which F rises linearly from p to q. */
function segment(p: number, q: number, from: number, to: number, actual: number): number {
  if (actual <= from) return squares(1 - p, 1 - q, to - from);
  if (actual >= to) return squares(p, q, to - from);
  const at = p + ((actual - from) / (to - from)) * (q - p);
  return squares(p, at, actual - from) + squares(1 - at, 1 - q, to - actual);
}

/** ∫ of the square of a line from a to b over a stretch of that length. */
function squares(a: number, b: number, length: number): number {
  return (length * (a * a + a * b + b * b)) / 3;
}

/** ∫ (F - 1{x >= actual})² from -∞ to the lowest quantile, below which F is p · exp((x - edge) / β). */
function leftTail(p: number, q: number, edge: number, inner: number, actual: number): number {
  // An atom has no tail: β is 0.
  const beta = (inner - edge) / Math.log(q / p);
  const squared = (beta * p * p) / 2;
  if (actual >= edge) return squared;
  const upTo = beta === 0 ? 0 : p * Math.exp((actual - edge) / beta);
  return edge - actual - 2 * beta * (p - upTo) + squared;
}

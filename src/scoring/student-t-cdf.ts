import { gammaln } from 'simple-statistics';

/** Relative change below which the continued fraction has settled. */
const SETTLED = 1e-15;
const MOST_TERMS = 500;
const TINY = 1e-300;

/**
 * Returns P(T <= t) of Student's t distribution; relative error about 1e-12.
 *
 * @param degrees of freedom, > 0
 * @see Abramowitz & Stegun 26.7.1; the incomplete beta function by Lentz's continued fraction (DLMF 8.17.22)
 */
export function studentTCdf(t: number, degrees: number): number {
  if (Number.isNaN(t)) return Number.NaN;
  const tail = 0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
  return t > 0 ? 1 - tail : tail;
}

/** Returns P(|T| >= |t|), accurate however small. */
export function studentTTwoSided(t: number, degrees: number): number {
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** The regularised incomplete beta function I_x(a, b). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (!(x > 0)) return x === 0 ? 0 : Number.NaN;
  if (x >= 1) return 1;
  const front = Math.exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction settles fast only on this side of the mean; the other side is its mirror image.
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = bounded(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = bounded(1 + even * d);
    c = 1 + even / c || TINY;
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = bounded(1 + odd * d);
    c = 1 + odd / c || TINY;
    value *= d * c;
    if (Math.abs(d * c - 1) < SETTLED) break;
  }
  return value;
}

/** Returns 1 / x, with 0 moved off. */
function bounded(x: number): number {
  return 1 / (x || TINY);
}

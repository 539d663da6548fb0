// Coefficients of Cody's rational Chebyshev approximations (Math. Comp. 23, 1969, tables for erf and erfc, in the form
// for the normal distribution that he published as ANORM in ACM TOMS Algorithm 715, 1993).
const CENTRE_P = [2.2352520354606837, 161.02823106855587, 1067.6894854603709, 18154.98125334356, 0.06568233791820745];
const CENTRE_Q = [47.202581904688245, 976.0985517377767, 10260.932208618979, 45507.78933502673];
const MIDDLE_P = [
  0.39894151208813466, 8.883149794388377, 93.50665613217785, 597.2702763948002, 2494.5375852903726, 6848.190450536283,
  11602.65143764735, 9842.714838383978, 1.0765576773720192e-8,
];
const MIDDLE_Q = [
  22.266688044328117, 235.387901782625, 1519.3775994075547, 6485.558298266761, 18615.571640885097, 34900.95272114598,
  38912.00328609327, 19685.429676859992,
];
const TAIL_P = [
  0.215898534057957, 0.12740116116024736, 0.022235277870649807, 0.0014216191932278934, 0.000029112874951168793,
  0.023073441764940174,
];
const TAIL_Q = [
  1.284260096144911, 0.4682382124808651, 0.06598813786892856, 0.0037823963320275824, 0.00007297515550839662,
];
const INV_SQRT_2PI = 0.3989422804014327;

/**
 * Returns P(Z <= z) of the standard normal, in [0, 1]; relative error below 1e-15 down to z = -37, also in the lower tail.
 *
 * @see W. J. Cody, "Rational Chebyshev Approximations for the Error Function", Math. Comp. 23 (1969) 631-637
 */
export function normalCdf(z: number): number {
  if (Number.isNaN(z)) return Number.NaN;
  const y = Math.abs(z);
  if (y <= 0.67448975) return 0.5 + centre(z);
  // Below the smallest double; also keeps infinities out of gauss().
  if (y > 39) return z > 0 ? 1 : 0;
  const tail = y <= 5.656854249492381 ? gauss(y) * middle(y) : gauss(y) * far(y);
  return z > 0 ? 1 - tail : tail;
}

function centre(z: number): number {
  const square = z * z;
  let top = CENTRE_P[4] * square;
  let bottom = square;
  for (let i = 0; i < 3; i++) {
    top = (top + CENTRE_P[i]) * square;
    bottom = (bottom + CENTRE_Q[i]) * square;
  }
  return (z * (top + CENTRE_P[3])) / (bottom + CENTRE_Q[3]);
}

function middle(y: number): number {
  let top = MIDDLE_P[8] * y;
  let bottom = y;
  for (let i = 0; i < 7; i++) {
    top = (top + MIDDLE_P[i]) * y;
    bottom = (bottom + MIDDLE_Q[i]) * y;
  }
  return (top + MIDDLE_P[7]) / (bottom + MIDDLE_Q[7]);
}

function far(y: number): number {
  const inverse = 1 / (y * y);
  let top = TAIL_P[5] * inverse;
  let bottom = inverse;
  for (let i = 0; i < 4; i++) {
    top = (top + TAIL_P[i]) * inverse;
    bottom = (bottom + TAIL_Q[i]) * inverse;
  }
  return (INV_SQRT_2PI - (inverse * (top + TAIL_P[4])) / (bottom + TAIL_Q[4])) / y;
}

/** exp(-y^2 / 2) without the rounding error of y^2: y is split at a multiple of 1/16, whose square is exact. */
function gauss(y: number): number {
  const head = Math.trunc(y * 16) / 16;
  return Math.exp(-head * head * 0.5) * Math.exp(-(y - head) * (y + head) * 0.5);
}

import { fusedMultiplyAdd } from './fused.js';

/**
 * Returns e^x - 1 for x in [0, 1], as glibc computes it on a CPU with fused multiply-add, to the last bit.
 *
 * @see FreeBSD's s_expm1.c, whose polynomial glibc evaluates in pairs
 */
export function exponentialMinusOne(x: number): number {
  if (x < 2 ** -54) return x;
  // above ln 2 / 2 the argument is reduced by ln 2 once
  const isReduced = x >= 0.34657288;
  const high = x - LN2_HIGH;
  const r = isReduced ? high - LN2_LOW : x;
  const rest = isReduced ? high - r - LN2_LOW : 0;
  const half = 0.5 * r;
  const square = r * half;
  const square2 = square * square;
  const low = fusedMultiplyAdd(square2, fusedMultiplyAdd(square, Q3, Q2), fusedMultiplyAdd(square, Q1, 1));
  const sum = fusedMultiplyAdd(square2 * square2, fusedMultiplyAdd(square, Q5, Q4), low);
  const t = fusedMultiplyAdd(-sum, half, 3);
  const e = square * ((sum - t) / fusedMultiplyAdd(-r, t, 6));
  if (!isReduced) return r - fusedMultiplyAdd(e, r, -square);
  const error = fusedMultiplyAdd(e - rest, r, -rest) - square;
  return r < -0.25 ? -2 * (error - (r + 0.5)) : 1 + 2 * (r - error);
}

const Q1 = -0.03333333333333313;
const Q2 = 0.0015873015872548146;
const Q3 = -7.93650757867488e-5;
const Q4 = 4.008217827329362e-6;
const Q5 = -2.0109921818362437e-7;
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/**
 * Returns ln(1 + x) for x >= 0, as glibc computes it on a CPU with fused multiply-add, to the last bit.
 *
 * 1 + x = 2^k (1 + f); ln(1 + f) comes from a polynomial in f / (2 + f).
 *
 * @see FreeBSD's s_log1p.c, whose polynomial glibc evaluates in pairs
 */
export function logOnePlus(x: number): number {
  if (!(x < 2 ** 1023)) return x;
  if (x < 2 ** -29) return x < 2 ** -54 ? x : fusedMultiplyAdd(-0.5, x * x, x);
  if (x < 0.41421318054199219) return logOfSmall(x, 0, 0);
  const sum = x < 2 ** 53 ? 1 + x : x;
  let k = Math.floor(Math.log2(sum));
  if (2 ** k > sum) k--;
  else if (2 ** (k + 1) <= sum) k++;
  let missing = 0;
  if (x < 2 ** 53) missing = (k > 0 ? 1 - (sum - x) : x - (sum - 1)) / sum;
  let f = sum / 2 ** k;
  // the upper 20 bits of the fraction decide, as native's do
  if (Math.floor((f - 1) * 2 ** 20) >= 0x6a09e) {
    k++;
    f /= 2;
  }
  return logOfSmall(f - 1, k, missing);
}

function logOfSmall(f: number, k: number, missing: number): number {
  const halfSquare = 0.5 * f * f;
  const isTiny = k !== 0 && Math.abs(f) < 2 ** -19;
  const low = fusedMultiplyAdd(k, LN2_LOW, missing);
  if (isTiny && f === 0) return fusedMultiplyAdd(k, LN2_HIGH, low);
  if (isTiny && isShort(f)) {
    const r = halfSquare * fusedMultiplyAdd(-f, 0.6666666666666666, 1);
    return fusedMultiplyAdd(k, LN2_HIGH, -(r - low - f));
  }
  const s = f / (2 + f);
  const z = s * s;
  const z2 = z * z;
  const z4 = z2 * z2;
  const r1 = fusedMultiplyAdd(z, P1, z2 * fusedMultiplyAdd(z, P3, P2));
  const r2 = fusedMultiplyAdd(z4, fusedMultiplyAdd(z, P5, P4), r1);
  const r = fusedMultiplyAdd(z2 * z4, fusedMultiplyAdd(z, P7, P6), r2);
  const part = s * (r + halfSquare);
  if (k === 0) return f - (halfSquare - part);
  return fusedMultiplyAdd(k, LN2_HIGH, -(halfSquare - (low + part) - f));
}

/** Whether the upper 20 bits of 1 + f's fraction, or a quarter of what they lack to 2, are 0. */
function isShort(f: number): boolean {
  return f >= 0 ? Math.floor(f * 2 ** 20) === 0 : -f * 2 ** 21 <= 3;
}

const P1 = 0.6666666666666735;
const P2 = 0.3999999999940942;
const P3 = 0.2857142874366239;
const P4 = 0.22222198432149784;
const P5 = 0.1818357216161805;
const P6 = 0.15313837699209373;
const P7 = 0.14798198605116586;

// Engines compute Math.exp and Math.log differently in the last bit, and change them between versions. These use nothing but
// additions, multiplications and divisions, which are the same everywhere, so that a forecast is the same everywhere.

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/**
 * Returns e^x, within one unit in the last place: x = k ln 2 + r, and e^r by a rational function.
 *
 * @see https://www.netlib.org/fdlibm/e_exp.c whose approximation and constants these are
 */
export function portableExp(x: number): number {
  if (!(Math.abs(x) < 708)) {
    if (x > 709.782712893384) return Infinity;
    if (x < -745.1332191019412) return 0;
    if (Number.isNaN(x)) return x;
    // Where a power of two alone would overflow, or the result is subnormal.
    const root = portableExp(x / 2);
    return root * root;
  }
  const k = Math.round(x * Math.LOG2E);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const even =
    t *
    (0.16666666666666602 +
      t *
        (-0.0027777777777015593 +
          t * (6.613756321437934e-5 + t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8))));
  const c = r - even;
  return (1 - (low - (r * c) / (2 - c) - high)) * POWERS_OF_TWO[k + 1023];
}

/** Of 2^k for k from -1023 to 1023 at k + 1023, by doubling and halving, which is exact; that `**` is exact is not promised. */
const POWERS_OF_TWO = powersOfTwo();

function powersOfTwo(): Float64Array {
  const powers = new Float64Array(2047);
  powers[1023] = 1;
  for (let i = 1024; i < 2047; i++) powers[i] = 2 * powers[i - 1];
  for (let i = 1022; i >= 0; i--) powers[i] = powers[i + 1] / 2;
  return powers;
}

const split = new DataView(new ArrayBuffer(8));

/**
 * Returns the natural logarithm of x, within one unit in the last place: x = 2^k (1 + f), and log(1 + f) by a series in
 * f / (2 + f).
 *
 * @see https://www.netlib.org/fdlibm/e_log.c whose approximation and constants these are
 */
export function portableLog(x: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x < 0 ? Number.NaN : x;
  if (x < 2.2250738585072014e-308) return portableLog(x * 2 ** 54) - 54 * Math.LN2;
  split.setFloat64(0, x);
  let k = (split.getUint32(0) >>> 20) - 1023;
  let mantissa = x * POWERS_OF_TWO[1023 - k];
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    k++;
  }
  const f = mantissa - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const even = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + (odd + even)) + k * LN2_LOW) - f);
}

/** Returns the hyperbolic sine of x; exact to some 1e-16 of 1 + |sinh x|. */
export function portableSinh(x: number): number {
  const e = portableExp(Math.abs(x) / 2);
  // In halves, since e^x overflows before its half does.
  return Math.sign(x) * ((e / 2) * e - 0.5 / e / e);
}

/** Returns the inverse of the hyperbolic sine; exact to some 1e-16 of 1 + |asinh x|. */
export function portableAsinh(x: number): number {
  const a = Math.abs(x);
  const value = a > 1e150 ? portableLog(a) + Math.LN2 : portableLog(a + Math.sqrt(a * a + 1));
  return x < 0 ? -value : value;
}

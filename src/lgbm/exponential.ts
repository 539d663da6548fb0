/**
 * Returns e^x as glibc computes it on a CPU with fused multiply-add, but for about one argument in a million.
 *
 * V8's `Math.exp` differs in the last bit for about one argument in ten. Gradients are rounded to float32, which hides that, except
 * where a probability near 1 is subtracted from 1: then the last bit decides hessians, and through them splits.
 *
 * x = k ln 2/128 + r; 2^(k/128) comes from a table as (1 + tail) times a double, e^r - 1 from a polynomial of degree 5.
 *
 * @see Szabolcs Nagy's exp in Arm's optimized routines, which glibc has used since 2.28; constants from there, the table computed
 */
export function exponential(x: number): number {
  // subnormal results, overflow, infinities and NaN: nothing here depends on their last bit
  if (!(Math.abs(x) < 700)) return Math.exp(x);
  const k = Math.round(x * STEPS_PER_UNIT);
  const r = x + k * STEP_HIGH + k * STEP_LOW;
  const index = k & (STEPS - 1);
  const r2 = r * r;
  const rest = TAIL[index] + r + r2 * (C2 + r * C3) + r2 * r2 * (C4 + r * C5);
  return fusedTimesOnePlus(SCALE[index], rest) * powerOfTwo((k - index) / STEPS);
}

const STEPS = 128;
const STEPS_PER_UNIT = Math.LOG2E * STEPS;
/** -ln 2 / 128 as a short double, exact when multiplied by k, and what is missing. */
const STEP_HIGH = -0.005415212348111709;
const STEP_LOW = -1.2864023111638346e-14;
const C2 = 0.49999999999996786;
const C3 = 0.16666666666665886;
const C4 = 0.0416666808410674;
const C5 = 0.008333335853059549;

const { scale: SCALE, tail: TAIL } = powers();

/** The doubles nearest to 2^(i/128), and by how much, relatively, the powers are larger. */
function powers(): { scale: Float64Array; tail: Float64Array } {
  const scale = new Float64Array(STEPS);
  const tail = new Float64Array(STEPS);
  const bits = 200n;
  const one = 1n << bits;
  let root = 2n * one;
  for (let i = 1; i < STEPS; i *= 2) root = integerRoot(root << bits);
  let power = one;
  for (let i = 0; i < STEPS; i++) {
    const short = power >> (bits - 52n);
    const rounded = (power >> (bits - 53n)) & 1n ? short + 1n : short;
    scale[i] = Number(rounded) / 2 ** 52;
    const exact = rounded << (bits - 52n);
    // 120 bits below the point keep the difference exact enough before it becomes a double
    tail[i] = Number(((power - exact) << 120n) / exact) / 2 ** 120;
    power = (power * root) >> bits;
  }
  return { scale, tail };
}

function integerRoot(square: bigint): bigint {
  let root = 1n << BigInt((square.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

const VELTKAMP = 134217729;

/** scale + scale * rest with the product unrounded, for |rest| far below 1. */
function fusedTimesOnePlus(scale: number, rest: number): number {
  const product = scale * rest;
  let t = VELTKAMP * scale;
  const scaleHigh = t - (t - scale);
  const scaleLow = scale - scaleHigh;
  t = VELTKAMP * rest;
  const restHigh = t - (t - rest);
  const restLow = rest - restHigh;
  const productLow = scaleHigh * restHigh - product + scaleHigh * restLow + scaleLow * restHigh + scaleLow * restLow;
  const sum = scale + product;
  return sum + (scale - sum + product + productLow);
}

const float = new Float64Array(1);
const words = new Int32Array(float.buffer);
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

function powerOfTwo(exponent: number): number {
  words[HIGH] = (exponent + 1023) << 20;
  words[1 - HIGH] = 0;
  return float[0];
}

import { fusedMultiplyAdd } from './fused.js';

/**
 * Returns e^x as glibc computes it on a CPU with fused multiply-add, to the last bit.
 *
 * V8's `Math.exp` differs in the last bit for about one argument in ten. Gradients are rounded to float32, which hides that, except
 * where a probability near 1 is subtracted from 1: then the last bit decides hessians, and through them splits.
 *
 * x = k ln 2/128 + r; 2^(k/128) comes from a table as (1 + tail) times a double, e^r - 1 from a polynomial of degree 5. Where plain
 * arithmetic leaves the last bit open, every step is taken as glibc's machine code takes it.
 *
 * @see Szabolcs Nagy's exp in Arm's optimized routines, which glibc has used since 2.28; constants from there, the table computed
 */
export function exponential(x: number): number {
  // glibc goes another way from here on; nothing depends on the last bit of 1e-222, of 1e222, or of infinities and NaN
  if (!(Math.abs(x) < 512)) return Math.exp(x);
  const steps = x * STEPS_PER_UNIT;
  const k = Math.round(steps);
  if (Math.abs(steps - k) > SURELY_NEAREST) return stepByStep(x);
  const r = x + k * STEP_HIGH + k * STEP_LOW;
  const index = k & (STEPS - 1);
  const r2 = r * r;
  const rest = TAIL[index] + r + r2 * (C2 + r * C3) + r2 * r2 * (C4 + r * C5);
  const scale = SCALE[index];
  const product = scale * rest;
  const sum = scale + product;
  const missing = scale - sum + product;
  const result = sum + missing;
  if (sum + (missing - OPEN) !== result || sum + (missing + OPEN) !== result) return stepByStep(x);
  return result * powerOfTwo((k - index) / STEPS);
}

/** Nearer than this to the middle of two steps, rounding decides which is taken. */
const SURELY_NEAREST = 0.499999;

/**
 * By how much, at most, the plain sum of 1 to 2 can miss the fused one: `rest`, below 2^-8, by one unit in the last place for each of r and
 * two additions, times a scale below 2, and half a unit of the product. That is 7 × 2^-61.
 */
const OPEN = 2 ** -58;

function stepByStep(x: number): number {
  const k = fusedMultiplyAdd(x, STEPS_PER_UNIT, TO_INTEGER) - TO_INTEGER;
  const r = fusedMultiplyAdd(k, STEP_LOW, fusedMultiplyAdd(k, STEP_HIGH, x));
  const index = k & (STEPS - 1);
  const r2 = r * r;
  const low = fusedMultiplyAdd(fusedMultiplyAdd(r, C3, C2), r2, r + TAIL[index]);
  const rest = fusedMultiplyAdd(r2 * r2, fusedMultiplyAdd(r, C5, C4), low);
  return fusedMultiplyAdd(SCALE[index], rest, SCALE[index]) * powerOfTwo((k - index) / STEPS);
}

/** 1.5 × 2^52: a number added to it loses its fraction, to the nearest even. */
const TO_INTEGER = 6755399441055744;
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

const float = new Float64Array(1);
const words = new Int32Array(float.buffer);
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

function powerOfTwo(exponent: number): number {
  words[HIGH] = (exponent + 1023) << 20;
  words[1 - HIGH] = 0;
  return float[0];
}

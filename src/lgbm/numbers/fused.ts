/** Splits a double into two of 26 bits: 2^27 + 1. */
const VELTKAMP = 134217729;

/** Returns what the rounded product of a and b lacks: a × b − product, exactly. */
export function productError(a: number, b: number, product: number): number {
  let t = VELTKAMP * a;
  const aHigh = t - (t - a);
  const aLow = a - aHigh;
  t = VELTKAMP * b;
  const bHigh = t - (t - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

const float = new Float64Array(1);
const words = new Int32Array(float.buffer);
const LOW = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;

/**
 * Returns a × b + c rounded once, as a fused multiply-add does, for numbers far from overflow and from subnormals.
 *
 * The exact sum is high + rest + tail; what `tail` adds to `rest` is kept as its last bit (rounding to odd), so that the last addition
 * rounds as if it saw everything.
 *
 * @see Boldo, Melquiond (2008), Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to odd
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const productLow = productError(a, b, product);
  const high = c + product;
  let t = high - c;
  const highLow = c - (high - t) + (product - t);
  const rest = highLow + productLow;
  t = rest - highLow;
  const tail = highLow - (rest - t) + (productLow - t);
  return high + roundedToOdd(rest, tail);
}

/** Returns `rest` if nothing is missing from it; else the one of the two doubles around rest + tail whose last bit is 1. */
function roundedToOdd(rest: number, tail: number): number {
  if (tail === 0) return rest;
  float[0] = rest;
  if (words[LOW] & 1) return rest;
  // the neighbour in the direction of the tail: away from 0 if both have one sign
  if (tail > 0 === rest > 0) words[LOW] |= 1;
  else {
    if (words[LOW] === 0) words[1 - LOW]--;
    words[LOW]--;
  }
  return float[0];
}

import { invalid } from '../errors.js';
import { normalQuantile } from './normal-quantile.js';

/** A stream of pseudo-random numbers that the seed alone determines, on every machine. Not for secrets. */
export interface SeededRandom {
  /** Returns the next number, uniform on the open interval (0, 1), 53 bits. */
  uniform(): number;
  /** Returns the next standard normal number (inverse transform: one uniform each). */
  normal(): number;
  /** Returns the next whole number, uniform on 0..bound-1 without bias; `bound` in 1..2^32. */
  integer(bound: number): number;
}

/**
 * Returns a generator of the stream that belongs to `seed`: xoshiro128** with its state filled by splitmix32.
 *
 * @param seed a whole number in 0..2^53-1
 * @throws ForecastError `INVALID_ARGUMENT` if the seed is none
 * @see Blackman & Vigna 2021, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47(4)
 * @example
 * const random = createRandom(7);
 * random.uniform();
 */
export function createRandom(seed: number): SeededRandom {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw invalid('INVALID_ARGUMENT', 'createRandom', 'seed', 'a whole number in 0..2^53-1', seed);
  }
  const next = xoshiro128(splitmix32(seed));
  const uniform = () => {
    const high = next() >>> 5;
    const low = next() >>> 6;
    // 2^53 equally likely numbers, moved by half a step so that 0 and 1 can't occur; the largest rounds to below 1.
    return Math.min((high * 0x4000000 + low + 0.5) / 0x20000000000000, 1 - Number.EPSILON / 2);
  };
  return {
    uniform,
    normal: () => normalQuantile(uniform()),
    integer(bound) {
      if (!Number.isInteger(bound) || bound < 1 || bound > 0x100000000) {
        throw invalid('INVALID_ARGUMENT', 'SeededRandom.integer', 'bound', 'a whole number in 1..2^32', bound);
      }
      // Draws from the incomplete last stretch of 2^32 would favour small numbers: draw again.
      const limit = 0x100000000 - (0x100000000 % bound);
      for (;;) {
        const draw = next();
        if (draw < limit) return draw % bound;
      }
    },
  };
}

function splitmix32(seed: number): Uint32Array {
  let low = seed >>> 0;
  // Folded in, so that seeds above 2^32 have streams of their own.
  let high = Math.floor(seed / 0x100000000) >>> 0;
  const state = new Uint32Array(4);
  for (let i = 0; i < 4; i++) {
    low = (low + 0x9e3779b9) >>> 0;
    high = (high + 0x85ebca6b) >>> 0;
    state[i] = mix(low) ^ Math.imul(mix(high), 0x27d4eb2f);
  }
  if (state.every((word) => word === 0)) state[0] = 1;
  return state;
}

function mix(word: number): number {
  let z = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

function xoshiro128(state: Uint32Array): () => number {
  return () => {
    const scrambled = Math.imul(state[1], 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = (state[3] << 11) | (state[3] >>> 21);
    return result;
  };
}

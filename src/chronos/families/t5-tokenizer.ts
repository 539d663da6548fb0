import type { T5Config } from '../checkpoint/checkpoint-config.js';

const f32 = Math.fround;

/** A context as tokens. */
export interface Tokens {
  readonly ids: Int32Array;
  /** 1 where a value was observed, and at the end-of-sequence token. */
  readonly mask: Float32Array;
  /** What a token's bin is multiplied by. */
  readonly scale: number;
}

/** Turns values into bins and back. */
export interface Tokenizer {
  /** Returns the tokens of a series that is no longer than the model's context. */
  encode(series: Float64Array): Tokens;
  /** Returns the value of a drawn token. */
  decode(id: number, scale: number): number;
}

/**
 * Returns the tokenizer of Chronos-T5: values divided by their mean absolute value, in uniform bins.
 *
 * Divisions and bin edges are rounded to float32 as in the reference, so that a value at a bin's edge gets the same token.
 *
 * @see https://arxiv.org/abs/2403.07815 section 3.1
 */
export function meanScaleUniformBins(config: T5Config): Tokenizer {
  const { tokens, specialTokens, padToken, eosToken, appendEos } = config;
  const centers = linspace(config.lowLimit, config.highLimit, tokens - specialTokens - 1);
  // Bin i of the reference's table lies between edges[i - 1] and edges[i]; its outermost edges are ±1e20.
  const edges = Float32Array.from({ length: centers.length + 1 }, (_, i) => {
    if (i === 0) return -1e20;
    return i === centers.length ? 1e20 : f32(f32(centers[i] + centers[i - 1]) / 2);
  });
  return {
    encode(series) {
      const length = series.length + (appendEos ? 1 : 0);
      const ids = new Int32Array(length).fill(padToken);
      const mask = new Float32Array(length);
      const scale = meanAbsolute(series);
      series.forEach((value, i) => {
        if (Number.isNaN(value)) return;
        ids[i] = Math.min(edgesUpTo(edges, f32(value / scale)) + specialTokens, tokens - 1);
        mask[i] = 1;
      });
      if (appendEos) {
        ids[series.length] = eosToken;
        mask[series.length] = 1;
      }
      return { ids, mask, scale };
    },
    decode(id, scale) {
      // Tokens that stand for no bin decode to the lowest one, as in the reference.
      const bin = Math.min(Math.max(id - specialTokens - 1, 0), centers.length - 1);
      return centers[bin] * scale;
    },
  };
}

/** The mean absolute value of the observed values, rounded to float32; 1 if there are none or all are 0. */
function meanAbsolute(series: Float64Array): number {
  let sum = 0;
  let observed = 0;
  for (const value of series) {
    if (Number.isNaN(value)) continue;
    sum += Math.abs(value);
    observed++;
  }
  const mean = sum / observed;
  if (!(mean > 0)) return 1;
  const rounded = f32(mean);
  // Outside float32's range the reference fails; the mean as it is still gives tokens.
  return rounded > 0 && rounded < Infinity ? rounded : mean;
}

/** `count` numbers from `low` to `high`, in float32 and from both ends, as torch.linspace computes them. */
function linspace(low: number, high: number, count: number): Float32Array {
  const step = f32((high - low) / (count - 1));
  return Float32Array.from({ length: count }, (_, i) =>
    i < count >> 1 ? f32(low + f32(step * i)) : f32(high - f32(step * (count - i - 1))),
  );
}

/** How many edges are at most `value`. */
function edgesUpTo(edges: Float32Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

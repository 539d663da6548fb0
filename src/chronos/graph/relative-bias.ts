const f32 = Math.fround;

/** Which bucket of T5's relative position bias a distance falls into. */
export interface BucketRule {
  readonly buckets: number;
  readonly maxDistance: number;
  /** Encoder: distances of both signs have buckets; decoder: a later key shares the bucket of distance 0. */
  readonly bidirectional: boolean;
}

/**
 * Returns the bucket of `distance` = key position − query position.
 *
 * Near distances have a bucket each, far ones share buckets that widen logarithmically up to `maxDistance`. Every step of
 * the logarithm is rounded to float32, as PyTorch computes it; without that, distances at a bucket's edge land one off.
 *
 * @see https://arxiv.org/abs/1910.10683 section 2.1
 */
export function relativeBucket(distance: number, { buckets, maxDistance, bidirectional }: BucketRule): number {
  const half = bidirectional ? buckets >> 1 : buckets;
  const offset = bidirectional && distance > 0 ? half : 0;
  const n = bidirectional ? Math.abs(distance) : Math.max(-distance, 0);
  const exact = half >> 1;
  if (n < exact) return offset + n;
  const ratio = f32(f32(Math.log(f32(n / exact))) / f32(Math.log(maxDistance / exact)));
  return offset + Math.min(exact + Math.trunc(f32(ratio * (half - exact))), half - 1);
}

/**
 * Returns the bias of every distance, so that a graph needs no logarithm: `[2 × positions − 1, heads]`, where row
 * `distance + positions − 1` holds the heads' biases at that distance.
 *
 * @param weights `[buckets, heads]`, the checkpoint's table
 */
export function biasTable(weights: Float32Array, heads: number, positions: number, rule: BucketRule): Float32Array {
  const table = new Float32Array((2 * positions - 1) * heads);
  for (let row = 0; row < 2 * positions - 1; row++) {
    const bucket = relativeBucket(row - positions + 1, rule);
    for (let head = 0; head < heads; head++) table[row * heads + head] = weights[bucket * heads + head];
  }
  return table;
}

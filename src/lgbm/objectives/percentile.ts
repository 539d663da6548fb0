import { select } from '../numbers/select.js';

/**
 * Returns native's percentile of unweighted numbers: linear interpolation, counted from the largest downwards.
 *
 * Float32Array in, float32 arithmetic as native's on labels; Float64Array in, double arithmetic as on residuals.
 *
 * @param values At least one number, none NaN; reordered in place.
 * @param alpha Level in (0, 1), already rounded to float32.
 */
export function percentile(values: Float32Array | Float64Array, alpha: number): number {
  const n = values.length;
  if (n <= 1) return values[0];
  const position = (n - 1) * (1 - alpha);
  const above = Math.trunc(position) + 1;
  if (above >= n) return leastFrom(values, 0);
  const bias = position - (above - 1);
  select(values, n - 1 - above);
  const lower = values[n - 1 - above];
  const upper = leastFrom(values, n - above);
  if (values instanceof Float32Array) return Math.fround(upper - Math.fround(upper - lower) * bias);
  return upper - (upper - lower) * bias;
}

function leastFrom(values: Float32Array | Float64Array, first: number): number {
  let least = values[first];
  for (let i = first + 1; i < values.length; i++) if (values[i] < least) least = values[i];
  return least;
}

/**
 * Returns native's weighted percentile: the value where the cumulated weight first exceeds `alpha` of the whole.
 *
 * Native interpolates only where the next weight is at least 1, and from a neighbour one place too far: both are copied.
 *
 * @param values At least one number; left as they are.
 * @param weights Same length, >= 0.
 */
export function weightedPercentile(values: Float32Array | Float64Array, weights: Float32Array, alpha: number): number {
  const n = values.length;
  if (n <= 1) return values[0];
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => values[a] - values[b] || a - b);
  const cumulated = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum += weights[order[i]];
    cumulated[i] = sum;
  }
  const threshold = sum * alpha;
  let position = firstAbove(cumulated, threshold);
  position = Math.min(position, n - 1);
  if (position === 0 || position === n - 1) return values[order[position]];
  const v1 = values[order[position - 1]];
  const v2 = values[order[position]];
  const step = cumulated[position + 1] - cumulated[position];
  if (!(step >= 1)) return v2;
  const share = (threshold - cumulated[position]) / step;
  if (values instanceof Float32Array) return Math.fround(share * Math.fround(v2 - v1) + v1);
  return share * (v2 - v1) + v1;
}

/** Index of the first element > threshold in an ascending array, its length if there is none. */
function firstAbove(ascending: Float64Array, threshold: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (threshold < ascending[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Returns native's percentile of the residuals of a leaf's rows, weighted where there are weights: what the leaf gets under objectives of absolute
 * errors.
 */
export function residualPercentile(
  rows: Int32Array,
  { scores, target, weights }: { scores: Float64Array; target: Float32Array; weights: Float32Array | undefined },
  alpha: number,
): number {
  const residuals = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) residuals[i] = target[rows[i]] - scores[rows[i]];
  if (weights === undefined) return percentile(residuals, alpha);
  const own = new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i++) own[i] = weights[rows[i]];
  return weightedPercentile(residuals, own, alpha);
}

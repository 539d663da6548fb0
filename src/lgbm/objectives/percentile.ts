import { select } from '../numbers/select.js';
import { type Crossing, exactSum, selectByWeight } from '../numbers/select-by-weight.js';

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
  const { order, position, cumulated, threshold, step } = crossing(values, weights, alpha);
  const v2 = values[order[position]];
  if (position === 0 || position === n - 1 || !(step >= 1)) return v2;
  const v1 = greatestUpTo(values, order, position);
  const share = (threshold - cumulated) / step;
  if (values instanceof Float32Array) return Math.fround(share * Math.fround(v2 - v1) + v1);
  return share * (v2 - v1) + v1;
}

/** Where the cumulated weight exceeds a share of the whole. */
interface SharedCrossing extends Crossing {
  /** That share. */
  readonly threshold: number;
  /** What the next number adds to the cumulated weight. */
  readonly step: number;
}

/** Native adds weights up in the order of the values: they may be added in another one where no sum is rounded. */
function crossing(values: Float32Array | Float64Array, weights: Float32Array, alpha: number): SharedCrossing {
  const sum = exactSum(weights);
  if (sum === undefined || values.some(Number.isNaN)) return sortedCrossing(values, weights, alpha);
  const threshold = sum * alpha;
  const found = selectByWeight(values, weights, threshold);
  const { order, position } = found;
  let next = order[position + 1];
  for (let i = position + 2; i < order.length; i++) {
    const place = order[i];
    if (values[place] < values[next] || (values[place] === values[next] && place < next)) next = place;
  }
  return { ...found, threshold, step: weights[next] };
}

function sortedCrossing(values: Float32Array | Float64Array, weights: Float32Array, alpha: number): SharedCrossing {
  const n = values.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => values[a] - values[b] || a - b);
  const sums = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum += weights[order[i]];
    sums[i] = sum;
  }
  const threshold = sum * alpha;
  const position = Math.min(firstAbove(sums, threshold), n - 1);
  return { order, position, cumulated: sums[position], threshold, step: sums[position + 1] - sums[position] };
}

/** Returns the greatest of the values that come before a place in the order. */
function greatestUpTo(values: Float32Array | Float64Array, order: Uint32Array, place: number): number {
  let greatest = values[order[0]];
  for (let i = 1; i < place; i++) if (values[order[i]] > greatest) greatest = values[order[i]];
  return greatest;
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

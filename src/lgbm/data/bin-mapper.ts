import { nextUp } from '../numbers/floats.js';
import { sortDoubles } from '../numbers/sort-doubles.js';
import { binBounds, boundsAround, type DistinctValues } from './bin-bounds.js';

/** How a feature treats missing values, as the numbers that model text stores: none, zero is missing, NaN is missing. */
export const MISSING_NONE = 0;
export const MISSING_ZERO = 1;
export const MISSING_NAN = 2;

/** The bins of one feature, learned from a sample of its values. */
export interface BinMapper {
  /** A trivial feature cannot split anything and takes no part in training. */
  readonly trivial: boolean;
  readonly missing: number;
  readonly numBin: number;
  /** Upper bound of each bin, ascending [numBin]; with NaN-missing the last is NaN, the bin of missing values. */
  readonly bounds: Float64Array;
  /** [numBin] of a categorical feature: the category of each bin, -1 for the first. Such a feature has no bounds. */
  readonly categories?: Int32Array;
  /** Smallest and largest sampled value, 0 included if a sampled row had it; they go into the model's text. */
  readonly min: number;
  readonly max: number;
  /** The bin of the value 0. */
  readonly defaultBin: number;
  /** The bin whose histogram entry native derives from the others instead of summing it. */
  readonly mostFrequentBin: number;
}

/** What of the parameters decides a feature's bins. */
export interface BinningParams {
  readonly max_bin: number;
  readonly min_data_in_bin: number;
  readonly use_missing: boolean;
  readonly zero_as_missing: boolean;
  readonly feature_pre_filter: boolean;
}

/**
 * Returns the bins of one feature.
 *
 * @param nonZero Sampled values that are NaN or outside the zero threshold, in any order; the rest of the sample is zeros.
 * @param total Rows in the sample.
 * @param filterCount Rows that both sides of a split need for the feature to be worth keeping (with feature_pre_filter).
 * @param forced Bounds that the bins are to have.
 */
export function findBins(
  nonZero: Float64Array,
  total: number,
  filterCount: number,
  params: BinningParams,
  forced: readonly number[] = [],
): BinMapper {
  const boundsOf = (distinct: DistinctValues, maxBin: number, present: number) =>
    forced.length > 0
      ? boundsAround(forced, distinct, maxBin, present, params.min_data_in_bin)
      : binBounds(distinct, maxBin, present, params.min_data_in_bin);
  const present = withoutNaN(nonZero);
  sortDoubles(present);
  const missing = missingKind(params, present.length < nonZero.length);
  const missingCount = missing === MISSING_NAN ? nonZero.length - present.length : 0;
  const distinct = distinctValues(present, total - present.length - missingCount);
  const { values } = distinct;
  if (missing === MISSING_NAN) {
    const bounds = boundsOf(distinct, params.max_bin - 1, total - missingCount);
    bounds.push(NaN);
    return describeBins(bounds, missing, distinct, missingCount, total, filterCount, params);
  }
  const bounds = boundsOf(distinct, params.max_bin, total);
  const kept = missing === MISSING_ZERO && bounds.length === 2 ? MISSING_NONE : missing;
  return describeBins(bounds, kept, { ...distinct, values }, 0, total, filterCount, params);
}

function missingKind(params: BinningParams, sawNaN: boolean): number {
  if (!params.use_missing) return MISSING_NONE;
  if (params.zero_as_missing) return MISSING_ZERO;
  return sawNaN ? MISSING_NAN : MISSING_NONE;
}

function withoutNaN(values: Float64Array): Float64Array {
  const present = new Float64Array(values.length);
  let length = 0;
  for (let i = 0; i < values.length; i++) {
    present[length] = values[i];
    length += Number.isNaN(values[i]) ? 0 : 1;
  }
  return present.subarray(0, length);
}

/** Returns whether no double lies between two numbers, the first not being the larger. */
function areNeighbours(low: number, high: number): boolean {
  const gap = high - low;
  // a unit in the last place is at most 2^-52 of the number: most pairs need no look at their bits
  return !(gap > Math.abs(high) * 2 ** -51 && gap > 1e-300) && high <= nextUp(low);
}

/** Merges neighbours that differ by one unit in the last place, chain-wise, and puts the implicit zeros in their place. */
export function distinctValues(sorted: Float64Array, zeroCount: number): DistinctValues {
  const values = new Float64Array(sorted.length + 2);
  const counts = new Float64Array(sorted.length + 2);
  let length = 0;
  const push = (value: number, count: number) => {
    values[length] = value;
    counts[length++] = count;
  };
  const n = sorted.length;
  if (n === 0 || (sorted[0] > 0 && zeroCount > 0)) push(0, zeroCount);
  if (n > 0) push(sorted[0], 1);
  for (let i = 1; i < n; i++) {
    if (areNeighbours(sorted[i - 1], sorted[i])) {
      values[length - 1] = sorted[i];
      counts[length - 1]++;
    } else {
      // native puts the zero between the signs even when no row holds it
      if (sorted[i - 1] < 0 && sorted[i] > 0) push(0, zeroCount);
      push(sorted[i], 1);
    }
  }
  if (n > 0 && sorted[n - 1] < 0 && zeroCount > 0) push(0, zeroCount);
  return { values: values.subarray(0, length), counts: counts.subarray(0, length) };
}

function describeBins(
  bounds: number[],
  missing: number,
  { values, counts }: DistinctValues,
  missingCount: number,
  total: number,
  filterCount: number,
  params: BinningParams,
): BinMapper {
  const numBin = bounds.length;
  const inBin = new Float64Array(numBin);
  let bin = 0;
  for (let i = 0; i < values.length; i++) {
    while (values[i] > bounds[bin] && bin < numBin - 1) bin++;
    inBin[bin] += counts[i];
  }
  if (missing === MISSING_NAN) inBin[numBin - 1] = missingCount;

  const trivial = numBin <= 1 || (params.feature_pre_filter && !canSplit(inBin, total, filterCount));
  const mapper = {
    trivial,
    missing,
    numBin,
    bounds: Float64Array.from(bounds),
    min: values[0],
    max: values[values.length - 1],
    defaultBin: 0,
    mostFrequentBin: 0,
  };
  if (trivial) return mapper;
  const defaultBin = binOf(mapper, 0);
  return { ...mapper, defaultBin, mostFrequentBin: mostFrequent(inBin, total, defaultBin) };
}

function canSplit(inBin: Float64Array, total: number, filterCount: number): boolean {
  let left = 0;
  for (let bin = 0; bin < inBin.length - 1; bin++) {
    left += inBin[bin];
    if (left >= filterCount && total - left >= filterCount) return true;
  }
  return false;
}

/** Native treats a column as sparse, and lets another bin than zero's be the derived one, only from this share upwards. */
const SPARSE_SHARE = 0.7;

/** Returns the bin that native derives instead of summing it: the fullest, if it is zero's or holds most of all rows. */
export function mostFrequent(inBin: Float64Array, total: number, defaultBin: number): number {
  let most = 0;
  for (let bin = 1; bin < inBin.length; bin++) if (inBin[bin] > inBin[most]) most = bin;
  return most !== defaultBin && inBin[most] / total < SPARSE_SHARE ? defaultBin : most;
}

/** Returns the bin that holds missing values, or -1 if the feature has none. */
export function missingBin(mapper: BinMapper): number {
  if (mapper.missing === MISSING_NAN) return mapper.numBin - 1;
  return mapper.missing === MISSING_ZERO ? mapper.defaultBin : -1;
}

/** Returns the bin of `value`: the first whose upper bound is not below it. NaN counts as 0 where it is not the missing value. */
export function binOf(mapper: BinMapper, value: number): number {
  let high = mapper.numBin - 1;
  let v = value;
  if (mapper.missing === MISSING_NAN) {
    if (Number.isNaN(v)) return high;
    high--;
  } else if (Number.isNaN(v)) {
    v = 0;
  }
  const { bounds } = mapper;
  let low = 0;
  while (low < high) {
    const middle = (low + high - 1) >> 1;
    if (v <= bounds[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Writes the bin of each value, as {@link binOf} finds it, to `bins`. */
export function writeBins(mapper: BinMapper, values: Float64Array, bins: Uint8Array | Uint16Array): void {
  const nanBin = binOf(mapper, Number.NaN);
  // the last bin has no bound that a value could be above
  const bounds = mapper.bounds.subarray(0, mapper.numBin - (mapper.missing === MISSING_NAN ? 2 : 1));
  const bits = Math.ceil(Math.log2(bounds.length + 1));
  const padded = new Float64Array(2 ** bits).fill(Infinity);
  padded.set(bounds);
  const top = (2 ** bits) >> 1;
  const { length } = values;
  for (let i = 0; i < length; i++) {
    const value = values[i];
    // a search without a branch to mispredict: the comparison's 0 or 1 becomes the step
    let bin = 0;
    for (let step = top; step > 0; step >>= 1) bin += step * +(padded[bin + step - 1] < value);
    bins[i] = Number.isNaN(value) ? nanBin : bin;
  }
}

import {
  type BinMapper,
  type BinningParams,
  distinctValues,
  MISSING_NAN,
  MISSING_NONE,
  mostFrequent,
} from './bin-mapper.js';

/** Categories are kept, the most frequent first, until they cover this share of the rows: a float32, as native has it. */
const COVERED = Math.fround(0.99);

/**
 * Returns the bins of a categorical feature: bin 0 for missing, negative and rare categories, then one bin for each category, the
 * most frequent first.
 *
 * @param nonZero Sampled values that are NaN or not 0, in any order; the rest of the sample is category 0.
 * @param total Rows in the sample.
 * @param filterCount Rows that both sides of a split need for the feature to be worth keeping (with feature_pre_filter).
 */
export function findCategoryBins(
  nonZero: Float64Array,
  total: number,
  filterCount: number,
  params: BinningParams,
): BinMapper {
  const present = nonZero.filter((value) => !Number.isNaN(value)).sort();
  let missingCount = params.use_missing && !params.zero_as_missing ? nonZero.length - present.length : 0;
  const distinct = distinctValues(present, total - present.length - missingCount);
  const counted: { category: number; count: number }[] = [];
  for (let i = 0; i < distinct.values.length; i++) {
    const category = distinct.values[i];
    if (category < 0) missingCount += distinct.counts[i];
    else counted.push({ category, count: distinct.counts[i] });
  }
  const categories = [-1];
  const inBin = [0];
  let missing = MISSING_NONE;
  if (total - missingCount > 0) {
    counted.sort((a, b) => b.count - a.count || a.category - b.category);
    const enough = Math.trunc(Math.fround(Math.fround(total - missingCount) * COVERED) + 0.5);
    const most = Math.min(counted.length + (missingCount > 0 ? 1 : 0), params.max_bin);
    let covered = 0;
    let kept = 0;
    while (kept < counted.length && (covered < enough || categories.length < most)) {
      const { category, count } = counted[kept];
      if (count < params.min_data_in_bin && kept > 1) break;
      categories.push(category);
      inBin.push(count);
      covered += count;
      kept++;
    }
    missing = kept === counted.length && missingCount === 0 ? MISSING_NONE : MISSING_NAN;
    inBin[0] = total - covered;
  }
  const numBin = categories.length;
  const trivial = numBin <= 1 || (params.feature_pre_filter && isUseless(inBin, total, filterCount));
  // with all categories below 0 there is no category 0 either
  const defaultBin = Math.max(0, categories.indexOf(0));
  return {
    trivial,
    missing,
    numBin,
    bounds: new Float64Array(0),
    categories: Int32Array.from(categories),
    min: distinct.values[0],
    max: distinct.values[distinct.values.length - 1],
    defaultBin,
    mostFrequentBin: trivial ? 0 : mostFrequent(Float64Array.from(inBin), total, defaultBin),
  };
}

/** With three bins or more native keeps a categorical feature, however few rows they hold. */
function isUseless(inBin: readonly number[], total: number, filterCount: number): boolean {
  return inBin.length <= 2 && !(inBin[0] >= filterCount && total - inBin[0] >= filterCount);
}

/** Returns the function from a category to its bin; unknown, negative and missing ones are in bin 0. */
export function categoryBinning(categories: Int32Array): (value: number) => number {
  const bins = new Map<number, number>();
  for (let bin = 1; bin < categories.length; bin++) bins.set(categories[bin], bin);
  return (value) => bins.get(Math.trunc(value)) ?? 0;
}

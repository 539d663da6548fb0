import type { BinMapper } from '../data/bin-mapper.js';
import type { Leaf, SplitCandidate } from '../kernel/split-search.js';
import { EPSILON } from '../numbers/floats.js';
import type { Random } from '../numbers/random.js';
import type { SplitBounds } from './bound-steps.js';
import { type OutputBounds, type Side, splitGain } from './shaped-gain.js';
import { categoricalShift, type FeatureSums, type ShapedScanParams, writeSides } from './shaped-scan.js';

/** What of the parameters decides the splits of categorical features. */
export interface CategoricalParams extends ShapedScanParams {
  readonly min_data_per_group: number;
  readonly max_cat_threshold: number;
  readonly cat_l2: number;
  readonly cat_smooth: number;
  readonly max_cat_to_onehot: number;
}

/** A categorical feature in one leaf. */
interface Scan {
  readonly sums: FeatureSums;
  readonly numBin: number;
  readonly params: CategoricalParams;
  readonly total: Side;
  readonly parentOutput: number;
  readonly shift: number;
  /** Bin 0 is never looked at; native counts its random picks from where it stores the other bins. */
  readonly storedFrom: number;
  readonly leftBounds: OutputBounds;
  readonly rightBounds: OutputBounds;
}

interface Found {
  splittable: boolean;
  gain: number;
  left: Side;
  categories: readonly number[];
}

/**
 * Finds the best set of categories to go left; writes it into `candidate` and returns whether any was allowed.
 *
 * Few categories: each by itself against all others. Many: sorted by gradient over hessian, then taken from either end.
 *
 * @see Fisher (1958), On grouping for maximum homogeneity: the best of all sets is among those of the sorted categories
 */
export function scanCategories(
  sums: FeatureSums,
  mapper: BinMapper,
  leaf: Leaf,
  random: Random | undefined,
  params: CategoricalParams,
  candidate: SplitCandidate,
  bounds?: SplitBounds,
): boolean {
  const total: Side = { gradient: leaf.gradient, hessian: leaf.hessian + 2 * EPSILON, count: leaf.count };
  const parentOutput = leaf.output;
  const shift = categoricalShift(total, parentOutput, params);
  const { numBin, mostFrequentBin } = mapper;
  const storedFrom = mostFrequentBin === 0 ? 1 : 0;
  const { left: leftBounds, right: rightBounds } = bounds ?? { left: leaf, right: leaf };
  const scan: Scan = {
    ...{ sums, numBin, params, total, parentOutput, shift, storedFrom },
    leftBounds,
    rightBounds,
  };
  const found: Found = {
    splittable: false,
    gain: -Infinity,
    left: { gradient: 0, hessian: 0, count: 0 },
    categories: [],
  };
  const isOneHot = numBin <= params.max_cat_to_onehot;
  const l2 = isOneHot ? params.lambda_l2 : params.lambda_l2 + params.cat_l2;
  if (isOneHot) scanOneByOne(scan, random, found);
  else scanSorted(scan, random, l2, found);
  candidate.gain = -Infinity;
  candidate.defaultLeft = false;
  if (!found.splittable) return false;
  candidate.gain = found.gain - shift;
  candidate.categories = found.categories;
  writeSides(candidate, found.left, total, l2, parentOutput, scan, params);
  return true;
}

function scanOneByOne(scan: Scan, random: Random | undefined, found: Found): void {
  const { sums, numBin, params, total, parentOutput, shift, storedFrom, leftBounds, rightBounds } = scan;
  const perHessian = total.count / total.hessian;
  let only: number | undefined;
  if (random) only = (numBin > 1 ? random.nextInt(1 - storedFrom, numBin - storedFrom) : 0) + storedFrom;
  for (let bin = 1; bin < numBin; bin++) {
    const gradient = sums.histogram[sums.offset + 2 * bin];
    const hessian = sums.histogram[sums.offset + 2 * bin + 1];
    const count = Math.trunc(hessian * perHessian + 0.5);
    if (count < params.min_data_in_leaf || hessian < params.min_sum_hessian_in_leaf) continue;
    const other: Side = {
      gradient: total.gradient - gradient,
      hessian: total.hessian - hessian - EPSILON,
      count: total.count - count,
    };
    if (other.count < params.min_data_in_leaf || other.hessian < params.min_sum_hessian_in_leaf) continue;
    if (only !== undefined && bin !== only) continue;
    const left: Side = { gradient, hessian: hessian + EPSILON, count };
    const gain = splitGain(other, left, params.lambda_l2, parentOutput, leftBounds, 0, params, rightBounds);
    if (gain <= shift) continue;
    found.splittable = true;
    if (!(gain > found.gain)) continue;
    found.gain = gain;
    found.left = left;
    found.categories = [bin];
  }
}

function scanSorted(scan: Scan, random: Random | undefined, l2: number, found: Found): void {
  const { params } = scan;
  const sorted = sortedBins(scan);
  const most = Math.min(params.max_cat_threshold, Math.trunc((sorted.length + 1) / 2));
  const last = Math.max(Math.min(most, sorted.length) - 1, 0);
  let only: number | undefined;
  if (random) only = last > 0 ? random.nextInt(0, last) : 0;
  scanInOrder(scan, sorted, most, only, l2, found);
  scanInOrder(scan, sorted.toReversed(), most, only, l2, found);
}

/** Categories with enough rows, by what their gradients say. */
function sortedBins({ sums: { histogram, offset }, numBin, params, total }: Scan): number[] {
  const perHessian = total.count / total.hessian;
  const bins: number[] = [];
  for (let bin = 1; bin < numBin; bin++) {
    if (Math.trunc(histogram[offset + 2 * bin + 1] * perHessian + 0.5) >= params.cat_smooth) bins.push(bin);
  }
  const ratio = (bin: number) => histogram[offset + 2 * bin] / (histogram[offset + 2 * bin + 1] + params.cat_smooth);
  return bins.sort((a, b) => ratio(a) - ratio(b));
}

function scanInOrder(
  scan: Scan,
  sorted: readonly number[],
  most: number,
  only: number | undefined,
  l2: number,
  found: Found,
): void {
  const { sums, params, total, parentOutput, shift, leftBounds, rightBounds } = scan;
  const perHessian = total.count / total.hessian;
  const left: Side = { gradient: 0, hessian: EPSILON, count: 0 };
  let inGroup = 0;
  for (let i = 0; i < sorted.length && i < most; i++) {
    const at = sums.offset + 2 * sorted[i];
    const hessian = sums.histogram[at + 1];
    const count = Math.trunc(hessian * perHessian + 0.5);
    left.gradient += sums.histogram[at];
    left.hessian += hessian;
    left.count += count;
    inGroup += count;
    if (left.count < params.min_data_in_leaf || left.hessian < params.min_sum_hessian_in_leaf) continue;
    const rightCount = total.count - left.count;
    if (rightCount < params.min_data_in_leaf || rightCount < params.min_data_per_group) break;
    const rightHessian = total.hessian - left.hessian;
    if (rightHessian < params.min_sum_hessian_in_leaf) break;
    if (inGroup < params.min_data_per_group) continue;
    inGroup = 0;
    if (only !== undefined && i !== only) continue;
    const right: Side = { gradient: total.gradient - left.gradient, hessian: rightHessian, count: rightCount };
    const gain = splitGain(left, right, l2, parentOutput, leftBounds, 0, params, rightBounds);
    if (gain <= shift) continue;
    found.splittable = true;
    if (!(gain > found.gain)) continue;
    found.gain = gain;
    found.left = { ...left };
    found.categories = sorted.slice(0, i + 1);
  }
}

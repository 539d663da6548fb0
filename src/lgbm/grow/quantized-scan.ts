import { type BinMapper, MISSING_NAN, MISSING_NONE, MISSING_ZERO } from '../data/bin-mapper.js';
import type { Leaf, SplitCandidate } from '../kernel/split-search.js';
import { EPSILON } from '../numbers/floats.js';
import type { Random } from '../numbers/random.js';
import type { CategoricalParams } from './categorical-scan.js';
import { asLeafSums, type PackedSums, packed, type SumBits } from './packed-sums.js';
import { type Side, shapedGain, shapedOutput, splitGain } from './shaped-gain.js';
import { categoricalShift, type FeatureSums } from './shaped-scan.js';

/** A leaf whose gradients are whole numbers of units. */
export interface QuantizedLeaf {
  readonly leaf: Leaf;
  readonly units: PackedSums;
  readonly bits: SumBits;
  readonly gradientUnit: number;
  readonly hessianUnit: number;
}

/** What one scan goes by, and what it finds. */
class QuantizedScan {
  splittable = false;
  /** Of the best split of the scan: its gain, what goes left, and the place it was found at. */
  gain = -Infinity;
  left: PackedSums = { gradient: 0, hessian: 0 };
  place = 0;
  readonly local: PackedSums;
  readonly perUnit: number;
  readonly count: number;
  /** With extra_trees, the one place that is looked at. */
  only: number | undefined;

  constructor(
    readonly of: QuantizedLeaf,
    readonly sums: FeatureSums,
    readonly params: CategoricalParams,
    readonly l2: number,
    readonly shift: number,
    readonly direction: number,
    readonly isNumeric: boolean,
  ) {
    this.local = asLeafSums(of.units, of.bits);
    this.count = of.leaf.count;
    this.perUnit = this.count / of.units.hessian;
  }

  gradientAt(bin: number): number {
    return this.sums.histogram[this.sums.offset + 2 * bin];
  }

  hessianAt(bin: number): number {
    return this.sums.histogram[this.sums.offset + 2 * bin + 1];
  }

  /** Returns what is left of the leaf without a side. */
  rest({ gradient, hessian }: PackedSums): PackedSums {
    return packed(this.local.gradient - gradient, this.local.hessian - hessian, this.of.bits);
  }

  rowsOf({ hessian }: PackedSums): number {
    return roundedCount(hessian * this.perUnit);
  }

  side({ gradient, hessian }: PackedSums, count: number, more = 0): Side {
    return { gradient: gradient * this.of.gradientUnit, hessian: hessian * this.of.hessianUnit + more, count };
  }

  /** Looks at one split; `first` is the side that goes first into the sum of gains. */
  weigh(first: Side, second: Side, left: PackedSums, place: number): void {
    const { params, of } = this;
    if (this.only !== undefined && place !== this.only) return;
    const gain = splitGain(first, second, this.l2, of.leaf.output, of.leaf, this.direction, params);
    if (gain <= this.shift) return;
    this.splittable = true;
    if (!(gain > this.gain)) return;
    if (this.isNumeric && params.isBounded && of.leaf.lower > of.leaf.upper) return;
    this.gain = gain;
    this.left = left;
    this.place = place;
  }

  /** Writes the best split's sides, and their values. */
  write(candidate: SplitCandidate): void {
    const { of, left, l2, params } = this;
    const right = packed(of.units.gradient - left.gradient, of.units.hessian - left.hessian, 32);
    const leftSide = this.side(left, this.rowsOf(left));
    const ofRight = this.isNumeric ? right : this.rest(left);
    const rightSide = this.side(ofRight, this.rowsOf(ofRight));
    candidate.gain = this.gain - this.shift;
    candidate.leftUnits = left;
    candidate.rightUnits = right;
    candidate.leftGradient = leftSide.gradient;
    candidate.leftHessian = leftSide.hessian;
    candidate.leftOutput = shapedOutput(leftSide, l2, of.leaf.output, of.leaf, params);
    candidate.rightGradient = rightSide.gradient;
    candidate.rightHessian = rightSide.hessian;
    candidate.rightOutput = shapedOutput(rightSide, l2, of.leaf.output, of.leaf, params);
  }
}

/**
 * Finds the best split of a feature in a leaf of quantised gradients; writes it into `candidate` and returns whether any was allowed.
 *
 * The plain way of native's `FindBestThresholdInt`, with all that shapes splits.
 */
export function scanQuantized(
  of: QuantizedLeaf,
  sums: FeatureSums,
  mapper: BinMapper,
  direction: number,
  random: Random | undefined,
  params: CategoricalParams,
  candidate: SplitCandidate,
): boolean {
  const total: Side = {
    gradient: of.units.gradient * of.gradientUnit,
    hessian: of.units.hessian * of.hessianUnit,
    count: of.leaf.count,
  };
  candidate.gain = -Infinity;
  candidate.categories = undefined;
  candidate.defaultLeft = !mapper.categories;
  if (mapper.categories) {
    const isOneHot = mapper.numBin <= params.max_cat_to_onehot;
    const l2 = isOneHot ? params.lambda_l2 : params.lambda_l2 + params.cat_l2;
    const shift = categoricalShift(total, of.leaf.output, params);
    const scan = new QuantizedScan(of, sums, params, l2, shift, 0, false);
    const categories = isOneHot ? scanOneByOne(scan, mapper, random) : scanSorted(scan, mapper, random);
    if (!scan.splittable) return false;
    scan.write(candidate);
    candidate.categories = categories;
    return true;
  }
  const shift = shapedGain(total, params.lambda_l2, of.leaf.output, params) + params.min_gain_to_split;
  const scan = new QuantizedScan(of, sums, params, params.lambda_l2, shift, direction, true);
  if (random) scan.only = mapper.numBin > 2 ? random.nextInt(0, mapper.numBin - 2) : 0;
  const isApart = mapper.numBin > 2 && mapper.missing !== MISSING_NONE;
  fromRight(scan, mapper, isApart);
  take(scan, true, candidate);
  if (isApart) {
    fromLeft(scan, mapper);
    take(scan, false, candidate);
  } else if (mapper.missing === MISSING_NAN) {
    candidate.defaultLeft = false;
  }
  return scan.splittable;
}

function take(scan: QuantizedScan, defaultLeft: boolean, candidate: SplitCandidate): void {
  if (!scan.splittable || !(scan.gain > candidate.gain + scan.shift)) return;
  candidate.thresholdBin = scan.place;
  candidate.defaultLeft = defaultLeft;
  scan.write(candidate);
}

/** Weighs a threshold unless a side is too small; returns whether no further one can do. */
function isBeyond(scan: QuantizedScan, moved: PackedSums, movesRight: boolean, thresholdBin: number): boolean {
  const { min_data_in_leaf: minData, min_sum_hessian_in_leaf: minHessian } = scan.params;
  const { hessianUnit } = scan.of;
  const count = scan.rowsOf(moved);
  if (count < minData || moved.hessian * hessianUnit < minHessian) return false;
  const otherCount = scan.count - count;
  if (otherCount < minData) return true;
  const other = scan.rest(moved);
  if (other.hessian * hessianUnit < minHessian) return true;
  const [left, right] = movesRight ? [other, moved] : [moved, other];
  const [leftCount, rightCount] = movesRight ? [otherCount, count] : [count, otherCount];
  scan.weigh(scan.side(left, leftCount, EPSILON), scan.side(right, rightCount, EPSILON), left, thresholdBin);
  return false;
}

function fromRight(scan: QuantizedScan, mapper: BinMapper, isApart: boolean): void {
  const { bits } = scan.of;
  const skipped = isApart && mapper.missing === MISSING_ZERO ? mapper.defaultBin : -1;
  const last = mapper.numBin - (isApart && mapper.missing === MISSING_NAN ? 2 : 1);
  let right: PackedSums = { gradient: 0, hessian: 0 };
  for (let bin = last; bin >= 1; bin--) {
    if (bin === skipped) continue;
    right = packed(right.gradient + scan.gradientAt(bin), right.hessian + scan.hessianAt(bin), bits);
    if (isBeyond(scan, right, true, bin - 1)) break;
  }
}

function fromLeft(scan: QuantizedScan, mapper: BinMapper): void {
  const { bits } = scan.of;
  const zeroIsMissing = mapper.missing === MISSING_ZERO;
  // native does not store bin 0 of a feature whose most frequent bin it is: it is what the others leave
  const bin0IsDerived = mapper.mostFrequentBin === 0;
  let derive = bin0IsDerived && !zeroIsMissing;
  let left: PackedSums = { gradient: 0, hessian: 0 };
  if (derive) {
    left = scan.local;
    for (let bin = 1; bin < mapper.numBin; bin++) {
      left = packed(left.gradient - scan.gradientAt(bin), left.hessian - scan.hessianAt(bin), bits);
    }
  }
  scan.gain = -Infinity;
  for (let bin = bin0IsDerived && !derive ? 1 : 0; bin <= mapper.numBin - 2; bin++) {
    if (zeroIsMissing && bin === mapper.defaultBin) continue;
    if (!derive) left = packed(left.gradient + scan.gradientAt(bin), left.hessian + scan.hessianAt(bin), bits);
    derive = false;
    if (isBeyond(scan, left, false, bin)) break;
  }
}

/** Each category by itself against all others. */
function scanOneByOne(scan: QuantizedScan, mapper: BinMapper, random: Random | undefined): readonly number[] {
  const { params, count, of } = scan;
  const storedFrom = mapper.mostFrequentBin === 0 ? 1 : 0;
  const { numBin } = mapper;
  if (random) scan.only = (numBin > 1 ? random.nextInt(1 - storedFrom, numBin - storedFrom) : 0) + storedFrom;
  for (let bin = 1; bin < numBin; bin++) {
    const own: PackedSums = { gradient: scan.gradientAt(bin), hessian: scan.hessianAt(bin) };
    const ownCount = scan.rowsOf(own);
    if (ownCount < params.min_data_in_leaf || own.hessian * of.hessianUnit < params.min_sum_hessian_in_leaf) continue;
    const otherCount = count - ownCount;
    const other = scan.rest(own);
    if (otherCount < params.min_data_in_leaf) continue;
    if (other.hessian * of.hessianUnit < params.min_sum_hessian_in_leaf) continue;
    scan.weigh(scan.side(other, otherCount), scan.side(own, ownCount), own, bin);
  }
  return [scan.place];
}

/** Categories sorted by gradient over hessian, then taken from either end. */
function scanSorted(scan: QuantizedScan, { numBin }: BinMapper, random: Random | undefined): readonly number[] {
  const { params, of } = scan;
  const sorted: number[] = [];
  for (let bin = 1; bin < numBin; bin++) {
    if (roundedCount(scan.hessianAt(bin) * scan.perUnit) >= params.cat_smooth) sorted.push(bin);
  }
  const ratio = (bin: number) =>
    (scan.gradientAt(bin) * of.gradientUnit) / (scan.hessianAt(bin) * of.hessianUnit + params.cat_smooth);
  sorted.sort((a, b) => ratio(a) - ratio(b));
  const most = Math.min(params.max_cat_threshold, Math.trunc((sorted.length + 1) / 2));
  const last = Math.max(Math.min(most, sorted.length) - 1, 0);
  if (random) scan.only = last > 0 ? random.nextInt(0, last) : 0;
  scanInOrder(scan, sorted, most);
  const forward = { gain: scan.gain, place: scan.place };
  const backward = sorted.toReversed();
  scanInOrder(scan, backward, most);
  return (scan.gain > forward.gain ? backward : sorted).slice(0, scan.place + 1);
}

function scanInOrder(scan: QuantizedScan, sorted: readonly number[], most: number): void {
  const { params, of, count } = scan;
  let left: PackedSums = { gradient: 0, hessian: 0 };
  let leftCount = 0;
  let inGroup = 0;
  for (let i = 0; i < sorted.length && i < most; i++) {
    const bin = sorted[i];
    const rows = roundedCount(scan.hessianAt(bin) * scan.perUnit);
    left = packed(left.gradient + scan.gradientAt(bin), left.hessian + scan.hessianAt(bin), of.bits);
    leftCount += rows;
    inGroup += rows;
    if (leftCount < params.min_data_in_leaf || left.hessian * of.hessianUnit < params.min_sum_hessian_in_leaf) continue;
    const rightCount = count - leftCount;
    if (rightCount < params.min_data_in_leaf || rightCount < params.min_data_per_group) break;
    const right = scan.rest(left);
    if (right.hessian * of.hessianUnit < params.min_sum_hessian_in_leaf) break;
    if (inGroup < params.min_data_per_group) continue;
    inGroup = 0;
    scan.weigh(scan.side(left, leftCount), scan.side(right, rightCount), left, i);
  }
}

/** Rounds as C does: what is no number, or does not fit 32 bits, becomes the least that does. */
function roundedCount(rows: number): number {
  const whole = Math.trunc(rows + 0.5);
  return Math.abs(whole) < 2 ** 31 ? whole : -(2 ** 31);
}

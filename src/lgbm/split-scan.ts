import type { BinList } from './bin-list.js';
import { type BinMapper, MISSING_NAN, MISSING_NONE, MISSING_ZERO } from './bin-mapper.js';
import { EPSILON } from './floats.js';
import { leafGain, leafOutput, type Regularisation } from './leaf-gain.js';
import type { Leaf, SplitCandidate } from './split-search.js';

/** What of the parameters decides which splits are allowed, and what they gain. */
export interface SplitParams extends Regularisation {
  readonly min_data_in_leaf: number;
  readonly min_sum_hessian_in_leaf: number;
  readonly min_gain_to_split: number;
}

/**
 * A product that is smaller than the best gain's by more than this cannot win after rounding: the test that saves a scan most of
 * its divisions. Each side has fewer than ten roundings of 2^-53, and 1e-14 is nine times their sum.
 */
const SURELY_BELOW = 1 - 1e-14;

/** Below this gain, products could underflow and lose the precision that the test relies on. */
const SMALLEST_TESTED_GAIN = 1e-100;

/** Scans one leaf's histograms for the best threshold, feature by feature. */
export class SplitScan {
  private readonly plainGain: boolean;
  // sums of the whole leaf, and the gain that a split has to beat
  private gradient = 0;
  private hessian = 0;
  private count = 0;
  private shift = 0;
  // the best threshold of the last scan, and whether any scan of this feature met an allowed one
  private splittable = false;
  private gain = -Infinity;
  private leftGradient = 0;
  private leftHessian = 0;
  private thresholdBin = 0;
  // the better of this feature's scans
  private featureGain = -Infinity;
  private featureLeftGradient = 0;
  private featureLeftHessian = 0;
  private featureThresholdBin = 0;
  private featureDefaultLeft = true;

  constructor(private readonly params: SplitParams) {
    this.plainGain = !(params.lambda_l1 > 0) && !(params.max_delta_step > 0);
  }

  /** Sets the leaf that following scans are of. */
  begin(leaf: Leaf): void {
    this.gradient = leaf.gradient;
    this.hessian = leaf.hessian + 2 * EPSILON;
    this.count = leaf.count;
    this.shift = leafGain(this.gradient, this.hessian, this.params) + this.params.min_gain_to_split;
  }

  /**
   * Finds the best threshold of one feature; puts it into `best` if it beats what is there. Returns whether any was allowed.
   *
   * A feature that has missing values is scanned twice: from the right, with the missing rows going left, then from the left,
   * with them going right. Empty bins change no sum, so a scan over the listed bins alone finds what one over all bins finds.
   *
   * @param histogram Pairs (sum of gradients, sum of hessians) from `offset` on; read at the listed bins only.
   */
  scan(
    histogram: Float64Array,
    offset: number,
    list: BinList,
    mapper: BinMapper,
    feature: number,
    best: SplitCandidate,
  ): boolean {
    const { numBin, missing, defaultBin } = mapper;
    const apart = numBin > 2 && missing !== MISSING_NONE;
    const skipped = apart && missing === MISSING_ZERO ? defaultBin : -1;
    const end = apart && missing === MISSING_NAN ? numBin - 1 : numBin;
    this.splittable = false;
    this.featureGain = -Infinity;
    this.fromRight(histogram, offset, list, end, skipped);
    // with NaN in the second of two bins there is nothing to keep apart: missing rows are that bin, and go right
    this.keep(apart || missing !== MISSING_NAN);
    if (apart) {
      this.fromLeft(histogram, offset, list, mapper, skipped);
      this.keep(false);
    }
    if (this.featureGain > best.gain) this.take(feature, best);
    return this.splittable;
  }

  /** Keeps what the last scan found, if it beats the first one's gain after the same rounding that native lets that go through. */
  private keep(defaultLeft: boolean): void {
    if (!this.splittable || !(this.gain > this.featureGain + this.shift)) return;
    this.featureGain = this.gain - this.shift;
    this.featureLeftGradient = this.leftGradient;
    this.featureLeftHessian = this.leftHessian;
    this.featureThresholdBin = this.thresholdBin;
    this.featureDefaultLeft = defaultLeft;
  }

  private take(feature: number, best: SplitCandidate): void {
    const { featureLeftGradient: leftGradient, featureLeftHessian: leftHessian, params } = this;
    const rightGradient = this.gradient - leftGradient;
    const rightHessian = this.hessian - leftHessian;
    best.gain = this.featureGain;
    best.feature = feature;
    best.thresholdBin = this.featureThresholdBin;
    best.defaultLeft = this.featureDefaultLeft;
    best.leftGradient = leftGradient;
    best.leftHessian = leftHessian - EPSILON;
    best.leftOutput = leafOutput(leftGradient, leftHessian, params);
    best.rightGradient = rightGradient;
    best.rightHessian = rightHessian - EPSILON;
    best.rightOutput = leafOutput(rightGradient, rightHessian, params);
  }

  /** Moves bins end-1..1 to the right side, one by one. */
  private fromRight(histogram: Float64Array, offset: number, list: BinList, end: number, skipped: number): void {
    const { params, plainGain, gradient, hessian, count, shift } = this;
    const { bins } = list;
    const l2 = params.lambda_l2;
    const minData = params.min_data_in_leaf;
    const minHessian = params.min_sum_hessian_in_leaf;
    const perHessian = count / hessian;
    let rightGradient = 0;
    let rightHessian = EPSILON;
    let rightCount = 0;
    let best = -Infinity;
    let limit = plainGain && shift > SMALLEST_TESTED_GAIN ? shift * SURELY_BELOW : -Infinity;
    let last = list.length - 1;
    while (last >= 0 && bins[last] >= end) last--;
    for (let i = last; i >= 0; i--) {
      const bin = bins[i];
      if (bin === 0) break;
      if (bin === skipped) continue;
      const at = offset + 2 * bin;
      const h = histogram[at + 1];
      rightGradient += histogram[at];
      rightHessian += h;
      rightCount += Math.trunc(h * perHessian + 0.5);
      if (rightCount < minData || rightHessian < minHessian) continue;
      const leftHessian = hessian - rightHessian;
      if (count - rightCount < minData || leftHessian < minHessian) break;
      const leftGradient = gradient - rightGradient;
      const left = leftHessian + l2;
      const right = rightHessian + l2;
      const leftSquare = leftGradient * leftGradient;
      const rightSquare = rightGradient * rightGradient;
      if (leftSquare * right + rightSquare * left < limit * (left * right)) continue;
      const gain = plainGain
        ? leftSquare / left + rightSquare / right
        : leafGain(leftGradient, leftHessian, params) + leafGain(rightGradient, rightHessian, params);
      if (gain <= shift) continue;
      this.splittable = true;
      if (gain > best) {
        best = gain;
        if (plainGain && gain > SMALLEST_TESTED_GAIN) limit = gain * SURELY_BELOW;
        this.leftGradient = leftGradient;
        this.leftHessian = leftHessian;
        this.thresholdBin = bin - 1;
      }
    }
    this.gain = best;
  }

  /** Moves bins 0..numBin-2 to the left side, one by one. */
  private fromLeft(histogram: Float64Array, offset: number, list: BinList, mapper: BinMapper, skipped: number): void {
    const { params, plainGain, gradient, hessian, count, shift } = this;
    const { bins, length } = list;
    const l2 = params.lambda_l2;
    const minData = params.min_data_in_leaf;
    const minHessian = params.min_sum_hessian_in_leaf;
    const perHessian = count / hessian;
    let leftGradient = 0;
    let leftHessian = EPSILON;
    let leftCount = 0;
    let best = -Infinity;
    let limit = plainGain && shift > SMALLEST_TESTED_GAIN ? shift * SURELY_BELOW : -Infinity;
    let first = 0;
    let i = 0;
    if (mapper.mostFrequentBin === 0) {
      // native does not store bin 0 of such a feature: it is what the others leave of the leaf, or left out if zero is missing
      while (first < length && bins[first] === 0) first++;
      i = first;
      if (mapper.missing !== MISSING_ZERO) {
        leftGradient = gradient;
        leftHessian = hessian - EPSILON;
        leftCount = count;
        for (let j = first; j < length; j++) {
          const at = offset + 2 * bins[j];
          const h = histogram[at + 1];
          leftGradient -= histogram[at];
          leftHessian -= h;
          leftCount -= Math.trunc(h * perHessian + 0.5);
        }
        i = first - 1;
      }
    }
    const last = mapper.numBin - 2;
    for (; i < length; i++) {
      let bin = 0;
      if (i >= first) {
        bin = bins[i];
        if (bin > last) break;
        if (bin === skipped) continue;
        const at = offset + 2 * bin;
        const h = histogram[at + 1];
        leftGradient += histogram[at];
        leftHessian += h;
        leftCount += Math.trunc(h * perHessian + 0.5);
      }
      if (leftCount < minData || leftHessian < minHessian) continue;
      const rightHessian = hessian - leftHessian;
      if (count - leftCount < minData || rightHessian < minHessian) break;
      const rightGradient = gradient - leftGradient;
      const left = leftHessian + l2;
      const right = rightHessian + l2;
      const leftSquare = leftGradient * leftGradient;
      const rightSquare = rightGradient * rightGradient;
      if (leftSquare * right + rightSquare * left < limit * (left * right)) continue;
      const gain = plainGain
        ? leftSquare / left + rightSquare / right
        : leafGain(leftGradient, leftHessian, params) + leafGain(rightGradient, rightHessian, params);
      if (gain <= shift) continue;
      this.splittable = true;
      if (gain > best) {
        best = gain;
        if (plainGain && gain > SMALLEST_TESTED_GAIN) limit = gain * SURELY_BELOW;
        this.leftGradient = leftGradient;
        this.leftHessian = leftHessian;
        this.thresholdBin = bin;
      }
    }
    this.gain = best;
  }
}

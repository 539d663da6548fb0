import type { BinList } from '../data/bin-list.js';
import { type BinMapper, MISSING_NAN, MISSING_NONE, MISSING_ZERO } from '../data/bin-mapper.js';
import { leafGain, leafOutput, type Regularisation } from '../grow/leaf-gain.js';
import { EPSILON } from '../numbers/floats.js';
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

// Places in what a scan reads and finds. Typed arrays, because the compiler then knows that all of it is doubles: the sums of a scan
// stay in registers, without conversions at each bin. What is rarely needed is left in memory for the same reason.
const START = 0; // the hessian that a side starts from
const L2 = 1;
const MIN_DATA = 2;
const MIN_HESSIAN = 3;
const GRADIENT = 4; // sums of the whole leaf
const HESSIAN = 5;
const COUNT = 6;
const SHIFT = 7; // the gain that a split has to beat
const TO_BEAT = 8; // products below it cannot become the leaf's best split

const GAIN = 0;
const LEFT_GRADIENT = 1;
const LEFT_HESSIAN = 2;
const THRESHOLD_BIN = 3;

/** Scans one leaf's histograms for the best threshold, feature by feature. */
export class SplitScan {
  private readonly plainGain: boolean;
  private readonly given = new Float64Array(9);
  /** The best threshold of the last scan. */
  private readonly found = new Float64Array(4);
  /** The better of this feature's scans. */
  private readonly featureFound = new Float64Array(4);
  private featureDefaultLeft = true;
  /** Whether any scan of this feature met an allowed threshold. */
  private splittable = false;

  constructor(private readonly params: SplitParams) {
    this.plainGain = !(params.lambda_l1 > 0) && !(params.max_delta_step > 0);
    this.given[START] = EPSILON;
    this.given[L2] = params.lambda_l2;
    this.given[MIN_DATA] = params.min_data_in_leaf;
    this.given[MIN_HESSIAN] = params.min_sum_hessian_in_leaf;
  }

  /** Sets the leaf that following scans are of. */
  begin(leaf: Leaf): void {
    const { given, params } = this;
    given[GRADIENT] = leaf.gradient;
    given[HESSIAN] = leaf.hessian + 2 * EPSILON;
    given[COUNT] = leaf.count;
    given[SHIFT] = leafGain(given[GRADIENT], given[HESSIAN], params) + params.min_gain_to_split;
  }

  /**
   * Finds the best threshold of one feature; puts it into `best` if it beats what is there. Returns whether any was allowed.
   *
   * A feature that has missing values is scanned twice: from the right, with the missing rows going left, then from the left,
   * with them going right. Empty bins change no sum, so a scan over the listed bins alone finds what one over all bins finds.
   *
   * @param list The bins, with their sums.
   */
  scan(list: BinList, mapper: BinMapper, feature: number, best: SplitCandidate): boolean {
    const { numBin, missing, defaultBin } = mapper;
    const { given, featureFound } = this;
    const apart = numBin > 2 && missing !== MISSING_NONE;
    const skipped = apart && missing === MISSING_ZERO ? defaultBin : -1;
    const end = apart && missing === MISSING_NAN ? numBin - 1 : numBin;
    this.splittable = false;
    featureFound[GAIN] = -Infinity;
    given[TO_BEAT] = this.limitOf(best.gain + given[SHIFT]);
    this.fromRight(list, end, skipped);
    // with NaN in the second of two bins there is nothing to keep apart: missing rows are that bin, and go right
    this.keep(apart || missing !== MISSING_NAN);
    if (apart) {
      this.fromLeft(list, mapper, skipped);
      this.keep(false);
    }
    if (featureFound[GAIN] > best.gain) this.take(feature, best);
    return this.splittable;
  }

  /** Returns the limit below which a product surely loses against a gain; -Infinity where the test must not be used. */
  private limitOf(gain: number): number {
    return this.plainGain && gain > SMALLEST_TESTED_GAIN ? gain * SURELY_BELOW : -Infinity;
  }

  /** Keeps what the last scan found, if it beats the first one's gain after the same rounding that native lets that go through. */
  private keep(defaultLeft: boolean): void {
    const { found, featureFound, given } = this;
    if (!this.splittable || !(found[GAIN] > featureFound[GAIN] + given[SHIFT])) return;
    featureFound.set(found);
    featureFound[GAIN] = found[GAIN] - given[SHIFT];
    this.featureDefaultLeft = defaultLeft;
  }

  private take(feature: number, best: SplitCandidate): void {
    const { featureFound, given, params } = this;
    const leftGradient = featureFound[LEFT_GRADIENT];
    const leftHessian = featureFound[LEFT_HESSIAN];
    const rightGradient = given[GRADIENT] - leftGradient;
    const rightHessian = given[HESSIAN] - leftHessian;
    best.gain = featureFound[GAIN];
    best.feature = feature;
    best.thresholdBin = featureFound[THRESHOLD_BIN];
    best.defaultLeft = this.featureDefaultLeft;
    best.leftGradient = leftGradient;
    best.leftHessian = leftHessian - EPSILON;
    best.leftOutput = leafOutput(leftGradient, leftHessian, params);
    best.rightGradient = rightGradient;
    best.rightHessian = rightHessian - EPSILON;
    best.rightOutput = leafOutput(rightGradient, rightHessian, params);
  }

  /**
   * Weighs the split into sides whose product the limit does not rule out. Returns the limit for the thresholds that follow: once
   * the feature is known to be splittable, only those matter that beat the leaf's best split so far.
   */
  private weigh(
    leftGradient: number,
    leftHessian: number,
    rightGradient: number,
    rightHessian: number,
    thresholdBin: number,
    limit: number,
  ): number {
    const { given, found, params, plainGain } = this;
    const gain = plainGain
      ? (leftGradient * leftGradient) / (leftHessian + given[L2]) +
        (rightGradient * rightGradient) / (rightHessian + given[L2])
      : leafGain(leftGradient, leftHessian, params) + leafGain(rightGradient, rightHessian, params);
    if (gain <= given[SHIFT]) return limit;
    this.splittable = true;
    if (!(gain > found[GAIN])) return limit;
    found[GAIN] = gain;
    found[LEFT_GRADIENT] = leftGradient;
    found[LEFT_HESSIAN] = leftHessian;
    found[THRESHOLD_BIN] = thresholdBin;
    return Math.max(limit, this.limitOf(gain), given[TO_BEAT]);
  }

  /** Returns the limit that a scan starts with. */
  private firstLimit(): number {
    const { given } = this;
    const limit = this.limitOf(given[SHIFT]);
    return this.splittable ? Math.max(limit, given[TO_BEAT]) : limit;
  }

  /** Moves bins end-1..1 to the right side, one by one. */
  private fromRight(list: BinList, end: number, skippedBin: number): void {
    const { given, found } = this;
    const { bins, sums, start } = list;
    const l2 = given[L2];
    const minData = given[MIN_DATA];
    const minHessian = given[MIN_HESSIAN];
    const gradient = given[GRADIENT];
    const hessian = given[HESSIAN];
    const count = given[COUNT];
    const perHessian = count / hessian;
    const skipped = list.positionOf(skippedBin) | 0;
    const stop = list.positionFrom(1) | 0;
    let at = list.positionFrom(end) | 0;
    let rightGradient = 0;
    let rightHessian = given[START];
    // a zero that is no whole number to the compiler: the count of a bin is a double
    let rightCount = -0;
    let limit = this.firstLimit();
    found[GAIN] = -Infinity;
    for (;;) {
      let isLeft = true;
      // on its own, because the compiler takes checks out of loops that hold nothing else
      while (at > stop) {
        at -= 2;
        if (at === skipped) continue;
        const h = sums[at + 1];
        rightGradient += sums[at];
        rightHessian += h;
        rightCount += Math.trunc(h * perHessian + 0.5);
        if (rightCount < minData || rightHessian < minHessian) continue;
        const leftHessian = hessian - rightHessian;
        if (count - rightCount < minData || leftHessian < minHessian) return;
        const leftGradient = gradient - rightGradient;
        const left = leftHessian + l2;
        const right = rightHessian + l2;
        if (leftGradient * leftGradient * right + rightGradient * rightGradient * left < limit * (left * right))
          continue;
        isLeft = false;
        break;
      }
      if (isLeft) return;
      const thresholdBin = bins[(at - start) >> 1] - 1;
      limit = this.weigh(
        gradient - rightGradient,
        hessian - rightHessian,
        rightGradient,
        rightHessian,
        thresholdBin,
        limit,
      );
    }
  }

  /** Moves bins 0..numBin-2 to the left side, one by one. */
  private fromLeft(list: BinList, { numBin, missing, mostFrequentBin }: BinMapper, skippedBin: number): void {
    const { given, found } = this;
    const { bins, sums, start } = list;
    const l2 = given[L2];
    const minData = given[MIN_DATA];
    const minHessian = given[MIN_HESSIAN];
    const gradient = given[GRADIENT];
    const hessian = given[HESSIAN];
    const count = given[COUNT];
    const perHessian = count / hessian;
    const skipped = list.positionOf(skippedBin) | 0;
    const stop = list.positionFrom(numBin - 1) | 0;
    let at = start | 0;
    let leftGradient = 0;
    let leftHessian = given[START];
    let leftCount = -0;
    let limit = this.firstLimit();
    found[GAIN] = -Infinity;
    if (mostFrequentBin === 0) {
      // native does not store bin 0 of such a feature: it is what the others leave of the leaf, or left out if zero is missing
      at = list.positionFrom(1) | 0;
      if (missing !== MISSING_ZERO) {
        leftGradient = gradient;
        leftHessian = hessian - given[START];
        leftCount = count;
        const end = list.positionFrom(numBin);
        for (let other = at; other < end; other += 2) {
          const h = sums[other + 1];
          leftGradient -= sums[other];
          leftHessian -= h;
          leftCount -= Math.trunc(h * perHessian + 0.5);
        }
        const rightHessian = hessian - leftHessian;
        if (!(leftCount < minData || leftHessian < minHessian)) {
          if (count - leftCount < minData || rightHessian < minHessian) return;
          limit = this.weigh(leftGradient, leftHessian, gradient - leftGradient, rightHessian, 0, limit);
        }
      }
    }
    for (;;) {
      let isRight = true;
      while (at < stop) {
        const here = at;
        at += 2;
        if (here === skipped) continue;
        const h = sums[here + 1];
        leftGradient += sums[here];
        leftHessian += h;
        leftCount += Math.trunc(h * perHessian + 0.5);
        if (leftCount < minData || leftHessian < minHessian) continue;
        const rightHessian = hessian - leftHessian;
        if (count - leftCount < minData || rightHessian < minHessian) return;
        const rightGradient = gradient - leftGradient;
        const left = leftHessian + l2;
        const right = rightHessian + l2;
        if (leftGradient * leftGradient * right + rightGradient * rightGradient * left < limit * (left * right))
          continue;
        isRight = false;
        break;
      }
      if (isRight) return;
      const thresholdBin = bins[(at - 2 - start) >> 1];
      limit = this.weigh(
        leftGradient,
        leftHessian,
        gradient - leftGradient,
        hessian - leftHessian,
        thresholdBin,
        limit,
      );
    }
  }
}

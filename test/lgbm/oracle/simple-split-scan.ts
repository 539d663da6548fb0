import { type BinMapper, MISSING_NAN, MISSING_NONE, MISSING_ZERO } from '../../../src/lgbm/data/bin-mapper.js';
import { leafGain, leafOutput } from '../../../src/lgbm/grow/leaf-gain.js';
import type { SplitParams } from '../../../src/lgbm/kernel/split-scan.js';
import type { Leaf, SplitCandidate } from '../../../src/lgbm/kernel/split-search.js';
import { EPSILON } from '../../../src/lgbm/numbers/floats.js';

/** Sums of the whole leaf, as a scan uses them. */
interface Total {
  readonly gradient: number;
  readonly hessian: number;
  readonly count: number;
  /** Gain that a split has to beat. */
  readonly shift: number;
}

/** The best threshold of one scan. */
interface Found {
  splittable: boolean;
  gain: number;
  leftGradient: number;
  leftHessian: number;
  thresholdBin: number;
}

/**
 * Finds the best threshold of one feature in a leaf; writes it into `candidate` and returns whether any threshold was allowed.
 *
 * A feature that has missing values is scanned twice: from the right, with the missing rows going left, then from the left,
 * with them going right.
 *
 * @param histogram Pairs (sum of gradients, sum of hessians), one per bin, from `offset` on.
 */
export function scanFeature(
  histogram: Float64Array,
  offset: number,
  mapper: BinMapper,
  leaf: Leaf,
  params: SplitParams,
  candidate: SplitCandidate,
): boolean {
  const hessian = leaf.hessian + 2 * EPSILON;
  const shift = leafGain(leaf.gradient, hessian, params) + params.min_gain_to_split;
  const total: Total = { gradient: leaf.gradient, hessian, count: leaf.count, shift };
  candidate.gain = -Infinity;
  candidate.defaultLeft = true;
  const found: Found = { splittable: false, gain: -Infinity, leftGradient: NaN, leftHessian: NaN, thresholdBin: 0 };
  const keepsMissingApart = mapper.numBin > 2 && mapper.missing !== MISSING_NONE;

  scanFromRight(histogram, offset, mapper, keepsMissingApart, total, params, found);
  take(found, total, params, candidate, true);
  if (keepsMissingApart) {
    scanFromLeft(histogram, offset, mapper, total, params, found);
    take(found, total, params, candidate, false);
  } else if (mapper.missing === MISSING_NAN) {
    candidate.defaultLeft = false;
  }
  return found.splittable;
}

function take(found: Found, total: Total, params: SplitParams, candidate: SplitCandidate, defaultLeft: boolean): void {
  // the second scan has to beat the first one's gain after the same rounding that native lets it go through
  if (!found.splittable || !(found.gain > candidate.gain + total.shift)) return;
  const rightGradient = total.gradient - found.leftGradient;
  const rightHessian = total.hessian - found.leftHessian;
  candidate.gain = found.gain - total.shift;
  candidate.thresholdBin = found.thresholdBin;
  candidate.defaultLeft = defaultLeft;
  candidate.leftGradient = found.leftGradient;
  candidate.leftHessian = found.leftHessian - EPSILON;
  candidate.leftOutput = leafOutput(found.leftGradient, found.leftHessian, params);
  candidate.rightGradient = rightGradient;
  candidate.rightHessian = rightHessian - EPSILON;
  candidate.rightOutput = leafOutput(rightGradient, rightHessian, params);
}

function scanFromRight(
  histogram: Float64Array,
  offset: number,
  mapper: BinMapper,
  keepsMissingApart: boolean,
  total: Total,
  params: SplitParams,
  found: Found,
): void {
  const { min_data_in_leaf: minData, min_sum_hessian_in_leaf: minHessian } = params;
  const perHessian = total.count / total.hessian;
  const skipped = keepsMissingApart && mapper.missing === MISSING_ZERO ? mapper.defaultBin : -1;
  const last = mapper.numBin - (keepsMissingApart && mapper.missing === MISSING_NAN ? 2 : 1);
  let gradient = 0;
  let hessian = EPSILON;
  let count = 0;
  found.gain = -Infinity;
  for (let bin = last; bin >= 1; bin--) {
    if (bin === skipped) continue;
    const h = histogram[offset + 2 * bin + 1];
    gradient += histogram[offset + 2 * bin];
    hessian += h;
    count += Math.trunc(h * perHessian + 0.5);
    if (count < minData || hessian < minHessian) continue;
    const leftHessian = total.hessian - hessian;
    if (total.count - count < minData || leftHessian < minHessian) break;
    const leftGradient = total.gradient - gradient;
    const gain = leafGain(leftGradient, leftHessian, params) + leafGain(gradient, hessian, params);
    if (gain <= total.shift) continue;
    found.splittable = true;
    if (gain > found.gain) {
      found.gain = gain;
      found.leftGradient = leftGradient;
      found.leftHessian = leftHessian;
      found.thresholdBin = bin - 1;
    }
  }
}

function scanFromLeft(
  histogram: Float64Array,
  offset: number,
  mapper: BinMapper,
  total: Total,
  params: SplitParams,
  found: Found,
): void {
  const { min_data_in_leaf: minData, min_sum_hessian_in_leaf: minHessian } = params;
  const perHessian = total.count / total.hessian;
  const { numBin } = mapper;
  const zeroIsMissing = mapper.missing === MISSING_ZERO;
  // native does not store bin 0 of a feature whose most frequent bin it is
  const bin0IsDerived = mapper.mostFrequentBin === 0;
  let gradient = 0;
  let hessian = EPSILON;
  let count = 0;
  found.gain = -Infinity;
  let bin = bin0IsDerived ? 1 : 0;
  let derive = bin0IsDerived && !zeroIsMissing;
  if (derive) {
    gradient = total.gradient;
    hessian = total.hessian - EPSILON;
    count = total.count;
    for (let b = 1; b < numBin; b++) {
      const h = histogram[offset + 2 * b + 1];
      gradient -= histogram[offset + 2 * b];
      hessian -= h;
      count -= Math.trunc(h * perHessian + 0.5);
    }
    bin = 0;
  }
  for (; bin <= numBin - 2; bin++) {
    if (zeroIsMissing && bin === mapper.defaultBin) continue;
    if (!derive) {
      const h = histogram[offset + 2 * bin + 1];
      gradient += histogram[offset + 2 * bin];
      hessian += h;
      count += Math.trunc(h * perHessian + 0.5);
    }
    derive = false;
    if (count < minData || hessian < minHessian) continue;
    const rightHessian = total.hessian - hessian;
    if (total.count - count < minData || rightHessian < minHessian) break;
    const rightGradient = total.gradient - gradient;
    const gain = leafGain(gradient, hessian, params) + leafGain(rightGradient, rightHessian, params);
    if (gain <= total.shift) continue;
    found.splittable = true;
    if (gain > found.gain) {
      found.gain = gain;
      found.leftGradient = gradient;
      found.leftHessian = hessian;
      found.thresholdBin = bin;
    }
  }
}

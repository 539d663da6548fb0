import { type BinMapper, MISSING_NAN, MISSING_NONE, MISSING_ZERO } from '../data/bin-mapper.js';
import type { SplitParams } from '../kernel/split-scan.js';
import type { Leaf, SplitCandidate } from '../kernel/split-search.js';
import { EPSILON } from '../numbers/floats.js';
import type { Random } from '../numbers/random.js';
import type { SplitBounds } from './bound-steps.js';
import {
  type GainShape,
  gainOfOutput,
  type OutputBounds,
  type Side,
  shapedGain,
  shapedOutput,
  splitGain,
} from './shaped-gain.js';

/** What of the parameters decides the splits of numeric features. */
export type ShapedScanParams = SplitParams & GainShape;

/** A feature's sums of gradients and hessians in one leaf: pairs, one per bin, from `offset` on. */
export interface FeatureSums {
  readonly histogram: Float64Array;
  readonly offset: number;
}

/** What one scan goes by. */
interface Scan {
  readonly sums: FeatureSums;
  readonly mapper: BinMapper;
  readonly leaf: Leaf;
  readonly params: ShapedScanParams;
  readonly total: Side;
  readonly parentOutput: number;
  readonly shift: number;
  /** -1, 0 or 1: how the feature may act. */
  readonly direction: number;
  /** With extra_trees, the one threshold that is looked at. */
  readonly onlyThreshold: number | undefined;
  /** Where bounds differ with the threshold. */
  readonly bounds: SplitBounds | undefined;
}

interface Found {
  splittable: boolean;
  gain: number;
  left: Side;
  thresholdBin: number;
  /** That the sides had. */
  leftBounds: OutputBounds;
  rightBounds: OutputBounds;
}

/**
 * Finds the best threshold of a numeric feature; writes it into `candidate` and returns whether any threshold was allowed.
 *
 * The plain way of native's `FindBestThreshold`, with smoothing, bounds and random thresholds; kernels know none of these.
 */
export function scanThresholds(
  sums: FeatureSums,
  mapper: BinMapper,
  leaf: Leaf,
  direction: number,
  random: Random | undefined,
  params: ShapedScanParams,
  candidate: SplitCandidate,
  bounds?: SplitBounds,
): boolean {
  const total: Side = { gradient: leaf.gradient, hessian: leaf.hessian + 2 * EPSILON, count: leaf.count };
  const parentOutput = leaf.output;
  const shift = shapedGain(total, params.lambda_l2, parentOutput, params) + params.min_gain_to_split;
  let onlyThreshold: number | undefined;
  if (random) onlyThreshold = mapper.numBin > 2 ? random.nextInt(0, mapper.numBin - 2) : 0;
  const scan: Scan = { sums, mapper, leaf, params, total, parentOutput, shift, direction, onlyThreshold, bounds };
  candidate.gain = -Infinity;
  candidate.defaultLeft = true;
  candidate.categories = undefined;
  const found: Found = {
    splittable: false,
    gain: -Infinity,
    left: { gradient: Number.NaN, hessian: Number.NaN, count: 0 },
    thresholdBin: 0,
    leftBounds: leaf,
    rightBounds: leaf,
  };
  const isApart = mapper.numBin > 2 && mapper.missing !== MISSING_NONE;
  fromRight(scan, isApart, found);
  take(scan, found, true, candidate);
  if (isApart) {
    fromLeft(scan, found);
    take(scan, found, false, candidate);
  } else if (mapper.missing === MISSING_NAN) {
    candidate.defaultLeft = false;
  }
  return found.splittable;
}

function take(scan: Scan, found: Found, defaultLeft: boolean, candidate: SplitCandidate): void {
  if (!found.splittable || !(found.gain > candidate.gain + scan.shift)) return;
  candidate.thresholdBin = found.thresholdBin;
  candidate.gain = found.gain - scan.shift;
  candidate.defaultLeft = defaultLeft;
  const { total, params, parentOutput } = scan;
  writeSides(candidate, found.left, total, params.lambda_l2, parentOutput, found, params);
}

/** Writes what a split leaves on both sides, and their values. */
export function writeSides(
  candidate: SplitCandidate,
  left: Side,
  total: Side,
  l2: number,
  parentOutput: number,
  bounds: { readonly leftBounds: OutputBounds; readonly rightBounds: OutputBounds },
  shape: GainShape,
): void {
  const right: Side = {
    gradient: total.gradient - left.gradient,
    hessian: total.hessian - left.hessian,
    count: total.count - left.count,
  };
  candidate.leftGradient = left.gradient;
  candidate.leftHessian = left.hessian - EPSILON;
  candidate.leftOutput = shapedOutput(left, l2, parentOutput, bounds.leftBounds, shape);
  candidate.rightGradient = right.gradient;
  candidate.rightHessian = right.hessian - EPSILON;
  candidate.rightOutput = shapedOutput(right, l2, parentOutput, bounds.rightBounds, shape);
}

/** Weighs one threshold, unless it is not the one that chance picked. */
function weigh(scan: Scan, left: Side, right: Side, thresholdBin: number, found: Found): void {
  const { leaf, params, parentOutput, direction, onlyThreshold } = scan;
  if (onlyThreshold !== undefined && thresholdBin !== onlyThreshold) return;
  const { left: leftBounds, right: rightBounds } = scan.bounds ?? { left: leaf, right: leaf };
  const gain = splitGain(left, right, params.lambda_l2, parentOutput, leftBounds, direction, params, rightBounds);
  if (gain <= scan.shift) return;
  found.splittable = true;
  if (!(gain > found.gain)) return;
  if (params.isBounded && (leftBounds.lower > leftBounds.upper || rightBounds.lower > rightBounds.upper)) return;
  if (scan.bounds) {
    found.leftBounds = { ...leftBounds };
    found.rightBounds = { ...rightBounds };
  }
  found.gain = gain;
  found.left = { ...left };
  found.thresholdBin = thresholdBin;
}

function fromRight(scan: Scan, isApart: boolean, found: Found): void {
  const { sums, mapper, params, total } = scan;
  const perHessian = total.count / total.hessian;
  const skipped = isApart && mapper.missing === MISSING_ZERO ? mapper.defaultBin : -1;
  const last = mapper.numBin - (isApart && mapper.missing === MISSING_NAN ? 2 : 1);
  const right: Side = { gradient: 0, hessian: EPSILON, count: 0 };
  const left: Side = { gradient: 0, hessian: 0, count: 0 };
  found.gain = -Infinity;
  scan.bounds?.begin(true);
  for (let bin = last; bin >= 1; bin--) {
    if (bin === skipped) continue;
    addBin(right, sums, bin, perHessian);
    if (right.count < params.min_data_in_leaf || right.hessian < params.min_sum_hessian_in_leaf) continue;
    subtract(total, right, left);
    if (left.count < params.min_data_in_leaf || left.hessian < params.min_sum_hessian_in_leaf) break;
    scan.bounds?.moveTo(bin);
    weigh(scan, left, right, bin - 1, found);
  }
}

function fromLeft(scan: Scan, found: Found): void {
  const { sums, mapper, params, total } = scan;
  const perHessian = total.count / total.hessian;
  const zeroIsMissing = mapper.missing === MISSING_ZERO;
  // native does not store bin 0 of a feature whose most frequent bin it is: it is what the others leave
  const bin0IsDerived = mapper.mostFrequentBin === 0;
  let derive = bin0IsDerived && !zeroIsMissing;
  const left: Side = derive
    ? { gradient: total.gradient, hessian: total.hessian - EPSILON, count: total.count }
    : { gradient: 0, hessian: EPSILON, count: 0 };
  const right: Side = { gradient: 0, hessian: 0, count: 0 };
  if (derive) for (let bin = 1; bin < mapper.numBin; bin++) addBin(left, sums, bin, perHessian, -1);
  found.gain = -Infinity;
  scan.bounds?.begin(false);
  for (let bin = bin0IsDerived && !derive ? 1 : 0; bin <= mapper.numBin - 2; bin++) {
    if (zeroIsMissing && bin === mapper.defaultBin) continue;
    if (!derive) addBin(left, sums, bin, perHessian);
    derive = false;
    if (left.count < params.min_data_in_leaf || left.hessian < params.min_sum_hessian_in_leaf) continue;
    subtract(total, left, right);
    if (right.count < params.min_data_in_leaf || right.hessian < params.min_sum_hessian_in_leaf) break;
    weigh(scan, left, right, bin, found);
  }
}

function addBin(side: Side, { histogram, offset }: FeatureSums, bin: number, perHessian: number, sign = 1): void {
  const h = histogram[offset + 2 * bin + 1];
  side.gradient += sign * histogram[offset + 2 * bin];
  side.hessian += sign * h;
  side.count += sign * Math.trunc(h * perHessian + 0.5);
}

function subtract(total: Side, side: Side, rest: Side): void {
  rest.gradient = total.gradient - side.gradient;
  rest.hessian = total.hessian - side.hessian;
  rest.count = total.count - side.count;
}

/** Returns the gain that a categorical split has to beat; with smoothing it is that of the leaf's own value. */
export function categoricalShift(total: Side, parentOutput: number, params: ShapedScanParams): number {
  const { lambda_l1, lambda_l2, min_gain_to_split, path_smooth } = params;
  const gain =
    path_smooth > EPSILON
      ? gainOfOutput(total, lambda_l2, parentOutput, lambda_l1)
      : shapedGain(total, lambda_l2, parentOutput, params);
  return gain + min_gain_to_split;
}

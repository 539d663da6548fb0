import { type BinMapper, binOf, MISSING_NAN, MISSING_ZERO } from '../data/bin-mapper.js';
import { categoryBinning } from '../data/category-bins.js';
import { type Leaf, noSplit, type SplitCandidate } from '../kernel/split-search.js';
import { EPSILON } from '../numbers/floats.js';
import { freeOutput, type GainShape, gainOfOutput, type Side } from './shaped-gain.js';
import type { FeatureSums } from './shaped-scan.js';

/** What of the parameters decides whether a forced split gains anything. */
export type ForcedSplitParams = GainShape & { readonly lambda_l2: number; readonly min_gain_to_split: number };

/** Returns the bin that a forced split's threshold lies in; of a categorical feature, that of the category. */
export function forcedBin(mapper: BinMapper, threshold: number): number {
  return mapper.categories ? categoryBinning(mapper.categories)(threshold) : binOf(mapper, threshold);
}

/**
 * Returns the split of a leaf at a given bin, or undefined where it would gain nothing.
 *
 * The plain way of native's `GatherInfoForThreshold`: other than in a search, nothing is added to the leaf's hessians, and missing values
 * go left.
 *
 * @param parentOutput The value that native takes for the leaf's own.
 */
export function forcedSplit(
  sums: FeatureSums,
  mapper: BinMapper,
  leaf: Leaf,
  parentOutput: number,
  bin: number,
  params: ForcedSplitParams,
): SplitCandidate | undefined {
  const { lambda_l1: l1, lambda_l2: l2 } = params;
  const isCategorical = mapper.categories !== undefined;
  if (isCategorical && (bin === 0 || bin >= mapper.numBin)) return undefined;
  const total: Side = { gradient: leaf.gradient, hessian: leaf.hessian, count: leaf.count };
  const shift = gainOfOutput(total, l2, parentOutput, l1) + params.min_gain_to_split;
  const known = isCategorical ? oneBin(sums, bin, total) : binsAbove(sums, mapper, bin, total);
  const rest = {
    gradient: total.gradient - known.gradient,
    hessian: total.hessian - known.hessian,
    count: total.count - known.count,
  };
  const [left, right] = isCategorical ? [known, rest] : [rest, known];
  const outputOf = (side: Side) => freeOutput(side, l2, parentOutput, params);
  const gainOf = (side: Side) => gainOfOutput(side, l2, outputOf(side), l1);
  // in native's order: of a category, the right side first
  const gain = isCategorical ? gainOf(right) + gainOf(left) : gainOf(left) + gainOf(right);
  if (!(gain > shift)) return undefined;
  const remaining = isCategorical
    ? right
    : { ...right, gradient: total.gradient - left.gradient, hessian: total.hessian - left.hessian };
  return {
    ...noSplit(),
    gain: gain - shift,
    thresholdBin: bin,
    categories: isCategorical ? [bin] : undefined,
    defaultLeft: !isCategorical,
    leftGradient: left.gradient,
    leftHessian: left.hessian - EPSILON,
    leftOutput: outputOf(left),
    rightGradient: remaining.gradient,
    rightHessian: remaining.hessian - EPSILON,
    rightOutput: outputOf(remaining),
  };
}

function oneBin({ histogram, offset }: FeatureSums, bin: number, total: Side): Side {
  const hessian = histogram[offset + 2 * bin + 1];
  return {
    gradient: histogram[offset + 2 * bin],
    hessian: hessian + EPSILON,
    count: Math.trunc(hessian * (total.count / total.hessian) + 0.5),
  };
}

function binsAbove({ histogram, offset }: FeatureSums, mapper: BinMapper, bin: number, total: Side): Side {
  const side: Side = { gradient: 0, hessian: EPSILON, count: 0 };
  const perHessian = total.count / total.hessian;
  const skipped = mapper.missing === MISSING_ZERO ? mapper.defaultBin : -1;
  for (let b = mapper.numBin - 1 - (mapper.missing === MISSING_NAN ? 1 : 0); b >= 1 && b > bin; b--) {
    if (b === skipped) continue;
    const hessian = histogram[offset + 2 * b + 1];
    side.gradient += histogram[offset + 2 * b];
    side.hessian += hessian;
    side.count += Math.trunc(hessian * perHessian + 0.5);
  }
  return side;
}

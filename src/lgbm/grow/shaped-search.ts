import { type BinMapper, missingBin } from '../data/bin-mapper.js';
import type { SplitSearchOptions } from '../kernel/split-kernel.js';
import { type Leaf, noSplit, type SplitCandidate, type SplitSearch } from '../kernel/split-search.js';
import { EPSILON } from '../numbers/floats.js';
import { Random } from '../numbers/random.js';
import type { ForcedNode } from '../parameters/forced.js';
import { type CategoricalParams, scanCategories } from './categorical-scan.js';
import { forcedBin, forcedSplit } from './forced-splits.js';
import type { GradientQuantizer } from './gradient-quantizer.js';
import { leafOutput } from './leaf-gain.js';
import { bitsFor, narrowed, type PackedSums, packed, type SumBits } from './packed-sums.js';
import { partitionByCategory, partitionRows } from './partition.js';
import { scanQuantized } from './quantized-scan.js';
import { isSmoothed } from './shaped-gain.js';
import { type FeatureSums, scanThresholds } from './shaped-scan.js';
import { hasCosts, type SplitCostParams, SplitCosts } from './split-costs.js';

/** What of the parameters shapes this search. */
export interface ShapedParams extends CategoricalParams, SplitCostParams {
  readonly num_leaves: number;
  readonly extra_trees: boolean;
  readonly extra_seed: number;
  /** [features of the dataset] -1, 0 or 1; empty if no feature is bound. */
  readonly monotone: readonly number[];
  readonly monotone_penalty: number;
  /** [features of the dataset] factors of gains; empty if there are none. */
  readonly contributions: readonly number[];
  readonly num_grad_quant_bins: number;
  /** Splits that trees begin with, on features in use. */
  readonly forcedSplits: readonly ForcedNode[];
}

/** What the shaped search needs. */
export interface ShapedSearchOptions extends SplitSearchOptions {
  readonly params: ShapedParams;
  /** Draws the features of a node; undefined where every node has those of its tree. */
  readonly featuresOf: ((leaf: Leaf) => Uint8Array) | undefined;
  /** Where gradients are quantised. */
  readonly quantizer?: GradientQuantizer | undefined;
}

/** What is kept of a leaf. */
interface Slot {
  readonly histogram: Float64Array;
  readonly splittable: Uint8Array;
  /** How native packs the sums, where they are of quantised gradients. */
  bits: SumBits;
}

/**
 * Returns the split search that knows everything: categories, smoothing, random thresholds, monotone features, features drawn by
 * node. One feature after another, in plain TypeScript; kernels know the common case only, and are several times faster in it.
 */
export function shapedSearch(options: ShapedSearchOptions): SplitSearch {
  const { binned, outputs, constantHessian, params, featuresOf, quantizer } = options;
  const { rows, columns, used } = binned;
  const mappers = used.map((feature) => binned.mappers[feature]);
  const features = used.length;
  const offsets = new Int32Array(features + 1);
  for (let f = 0; f < features; f++) offsets[f + 1] = offsets[f] + 2 * mappers[f].numBin;
  const slots: Slot[] = [];
  // by leaf, and as native swaps them: a forced split may read what another leaf, or tree, has left there
  const slotOf = ({ index }: Leaf) => {
    slots[index] ??= {
      histogram: new Float64Array(offsets[features]),
      splittable: new Uint8Array(features).fill(1),
      bits: 32,
    };
    return slots[index];
  };
  const swapSlots = (a: Leaf, b: Leaf) => {
    [slots[a.index], slots[b.index]] = [slotOf(b), slotOf(a)];
  };
  const randoms = params.extra_trees ? used.map((_, f) => new Random(params.extra_seed + f)) : [];

  const costs = hasCosts(params) ? new SplitCosts(used, rows, params) : undefined;

  const gradients = new Float32Array(outputs * rows);
  const hessians = new Float32Array(outputs * rows).fill(1);
  const rowOrder = new Int32Array(rows);
  const toTheRight = new Int32Array(rows);
  const leafGradients = new Float64Array(rows);
  const leafHessians = new Float64Array(rows).fill(1);
  let g: Float32Array = gradients;
  let h: Float32Array = hessians;
  let allowed: Uint8Array = new Uint8Array(features);
  const candidate = noSplit();
  /** [leaves] sums of quantised gradients. */
  const unitsOf: PackedSums[] = [];
  let lastSplit: Pick<SplitCandidate, 'leftUnits' | 'rightUnits'> = {};

  function gather({ begin, count }: Leaf): void {
    for (let i = 0; i < count; i++) {
      const row = rowOrder[begin + i];
      leafGradients[i] = g[row];
      if (!constantHessian) leafHessians[i] = h[row];
    }
  }

  function sum(leaf: Leaf, f: number): void {
    const { begin, count, gradient, hessian } = leaf;
    const { histogram } = slotOf(leaf);
    const start = offsets[f];
    histogram.fill(0, start, offsets[f + 1]);
    const column = columns[f];
    for (let i = 0; i < count; i++) {
      const at = start + 2 * column[rowOrder[begin + i]];
      histogram[at] += leafGradients[i];
      histogram[at + 1] += leafHessians[i];
    }
    const { mostFrequentBin } = mappers[f];
    if (mostFrequentBin === 0) return;
    const total = quantizer ? unitsOf[leaf.index] : { gradient, hessian };
    const derived = start + 2 * mostFrequentBin;
    deriveBin(histogram, start, offsets[f + 1], derived, total.gradient, total.hessian);
    if (quantizer) repack(histogram, derived, slotOf(leaf).bits);
  }

  function subtract(large: Leaf, small: Leaf, f: number): void {
    const { histogram } = slotOf(large);
    const other = slotOf(small).histogram;
    for (let i = offsets[f] + (mappers[f].mostFrequentBin === 0 ? 2 : 0); i < offsets[f + 1]; i++) {
      histogram[i] -= other[i];
    }
    if (!quantizer) return;
    const { bits } = slotOf(large);
    const now = bitsFor(large.count, params.num_grad_quant_bins);
    for (let i = offsets[f]; i < offsets[f + 1]; i += 2) repack(histogram, i, bits, now);
  }

  function scanFeature(sums: FeatureSums, mapper: BinMapper, leaf: Leaf, direction: number, column: number): boolean {
    const random = randoms[column];
    if (quantizer) {
      const { gradientUnit, hessianUnit } = quantizer;
      const bits = bitsFor(leaf.count, params.num_grad_quant_bins);
      const quantized = { leaf, units: unitsOf[leaf.index], bits, gradientUnit, hessianUnit };
      return scanQuantized(quantized, sums, mapper, direction, random, params, candidate);
    }
    const bounds = leaf.boundsOf?.(column);
    return mapper.categories
      ? scanCategories(sums, mapper, leaf, random, params, candidate, bounds)
      : scanThresholds(sums, mapper, leaf, direction, random, params, candidate, bounds);
  }

  function scan(leaf: Leaf, f: number, isOpen: boolean): void {
    const { histogram, splittable } = slotOf(leaf);
    const sums = { histogram, offset: offsets[f] };
    const mapper = mappers[f];
    const feature = used[f];
    const direction = mapper.categories ? 0 : (params.monotone[feature] ?? 0);
    const can = scanFeature(sums, mapper, leaf, direction, f);
    splittable[f] = can ? 1 : 0;
    if (params.contributions.length > 0) candidate.gain *= params.contributions[feature];
    costs?.charge(candidate, f, leaf, rowOrder);
    if (direction !== 0) candidate.gain *= monotoneFactor(leaf.depth, params.monotone_penalty);
    if (isOpen && candidate.gain > leaf.best.gain) copyCandidate(candidate, f, leaf.best);
  }

  const forced = params.forcedSplits.map(({ feature, threshold }) => {
    const column = used.indexOf(feature);
    return { column, bin: forcedBin(mappers[column], threshold) };
  });
  const isForced = new Uint8Array(features);
  for (const { column } of forced) isForced[column] = 1;
  const nothing = new Uint8Array(features);
  let [smallSums, largeSums]: (Float64Array | undefined)[] = [];

  function searchAmong(small: Leaf, large: Leaf | undefined, also: Uint8Array): void {
    gather(small);
    if (large && small.index < large.index) swapSlots(small, large);
    const smallOpen = featuresOf?.(small);
    const largeOpen = large && featuresOf?.(large);
    const parent = large && slotOf(large).splittable;
    smallSums = slotOf(small).histogram;
    largeSums = large && slotOf(large).histogram;
    if (quantizer) takeUnits(small, large);
    for (let f = 0; f < features; f++) {
      if (!allowed[f] && !also[f]) continue;
      if (parent && !parent[f]) {
        slotOf(small).splittable[f] = 0;
        continue;
      }
      sum(small, f);
      scan(small, f, smallOpen?.[f] !== 0);
      if (!large) continue;
      subtract(large, small, f);
      scan(large, f, largeOpen?.[f] !== 0);
    }
    if (large) slotOf(large).bits = bitsFor(large.count, params.num_grad_quant_bins);
  }

  /** Lets the leaves that the last split made have their sums of quantised gradients. */
  function takeUnits(small: Leaf, large: Leaf | undefined): void {
    slotOf(small).bits = bitsFor(small.count, params.num_grad_quant_bins);
    const { leftUnits, rightUnits } = lastSplit;
    if (!large || !leftUnits || !rightUnits) return;
    unitsOf[Math.min(small.index, large.index)] = leftUnits;
    unitsOf[Math.max(small.index, large.index)] = rightUnits;
  }

  return {
    gradients,
    hessians,
    rowOrder,
    startTree(output, featureMask) {
      g = gradients.subarray(output * rows, (output + 1) * rows);
      h = hessians.subarray(output * rows, (output + 1) * rows);
      allowed = featureMask;
      costs?.startTree();
    },
    ...(costs && {
      beforeSplit(leaf: Leaf, leaves: readonly Leaf[]) {
        costs.pay(leaf, leaves, rowOrder);
      },
    }),
    ...(quantizer && {
      quantize(count: number) {
        const sums = quantizer.quantize(g, h, rowOrder.subarray(0, count));
        g = quantizer.gradients;
        h = quantizer.hessians;
        unitsOf[0] = sums.units;
        return sums;
      },
    }),
    search(small, large) {
      searchAmong(small, large, nothing);
    },
    searchForced(small, large) {
      searchAmong(small, large, isForced);
    },
    forcedSplit(leaf, isSmall, parentOutput, node) {
      const { column, bin } = forced[node];
      const histogram = isSmall ? smallSums : largeSums;
      const sums = histogram && { histogram, offset: offsets[column] };
      const split = sums && forcedSplit(sums, mappers[column], leaf, parentOutput, bin, params);
      return split && { ...split, feature: column };
    },
    searchAgain(leaf) {
      const { best } = leaf;
      // native knows the sums of such a leaf by its best split alone, and its value not at all
      const gradient = best.leftGradient + best.rightGradient;
      const hessian = best.leftHessian + best.rightHessian;
      const output = isSmoothed(params) ? leafOutput(gradient, hessian, params) : 0;
      const again = { ...leaf, gradient, hessian, output };
      const open = featuresOf?.(leaf);
      const { splittable } = slotOf(leaf);
      Object.assign(best, noSplit());
      for (let f = 0; f < features; f++) {
        if (allowed[f] && splittable[f]) scan(again, f, open?.[f] !== 0);
      }
    },
    partition({ begin, count, best }) {
      const column = columns[best.feature];
      lastSplit = { ...best };
      if (best.categories) return partitionByCategory(column, rowOrder, toTheRight, begin, count, best.categories);
      return partitionRows(column, rowOrder, toTheRight, begin, count, best, missingBin(mappers[best.feature]));
    },
  };
}

/** Replaces one bin by what the others leave of the leaf's sums, as native does even where the bin was summed. */
function deriveBin(
  histogram: Float64Array,
  start: number,
  end: number,
  bin: number,
  gradient: number,
  hessian: number,
): void {
  let restGradient = gradient;
  let restHessian = hessian;
  for (let i = start; i < end; i += 2) {
    if (i === bin) continue;
    restGradient -= histogram[i];
    restHessian -= histogram[i + 1];
  }
  histogram[bin] = restGradient;
  histogram[bin + 1] = restHessian;
}

/** Lets sums at a place be those that native reads from its packed ones, after an operation on `bits`, kept in `now`. */
function repack(histogram: Float64Array, at: number, bits: SumBits, now: SumBits = bits): void {
  const sums = packed(histogram[at], histogram[at + 1], bits);
  const { gradient, hessian } = now < bits ? narrowed(sums) : sums;
  histogram[at] = gradient;
  histogram[at + 1] = hessian;
}

function copyCandidate(from: SplitCandidate, feature: number, to: SplitCandidate): void {
  Object.assign(to, from);
  to.feature = feature;
}

/** Returns how much of a monotone split's gain counts at a depth: little near the root if the penalty is high. */
function monotoneFactor(depth: number, penalty: number): number {
  if (penalty >= depth + 1) return EPSILON;
  if (penalty <= 1) return 1 - penalty / 2 ** depth + EPSILON;
  return 1 - 2 ** (penalty - 1 - depth) + EPSILON;
}

import { missingBin } from '../../../src/lgbm/data/bin-mapper.js';
import type { BinColumn } from '../../../src/lgbm/data/binned-dataset.js';
import type { SplitSearchOptions } from '../../../src/lgbm/kernel/split-kernel.js';
import { type Leaf, noSplit, type SplitCandidate, type SplitSearch } from '../../../src/lgbm/kernel/split-search.js';
import { scanFeature } from './simple-split-scan.js';

/** Returns the split search in its simplest form: a column at a time, every bin, every division. The oracle of the fast ones. */
export function simpleSplitSearch({ binned, outputs, constantHessian, params }: SplitSearchOptions): SplitSearch {
  const { rows, columns, used } = binned;
  const mappers = used.map((feature) => binned.mappers[feature]);
  const features = used.length;
  const offsets = new Int32Array(features + 1);
  for (let f = 0; f < features; f++) offsets[f + 1] = offsets[f] + 2 * mappers[f].numBin;
  const histograms = Array.from({ length: params.num_leaves }, () => new Float64Array(offsets[features]));
  const splittable = Array.from({ length: params.num_leaves }, () => new Uint8Array(features));

  const gradients = new Float32Array(outputs * rows);
  const hessians = new Float32Array(outputs * rows).fill(1);
  const rowOrder = new Int32Array(rows);
  const toTheRight = new Int32Array(rows);
  let g = gradients;
  let h = hessians;
  let allowed: Uint8Array = new Uint8Array(features);
  const candidate = noSplit();

  function sum(leaf: Leaf, f: number): Float64Array {
    const histogram = histograms[leaf.slot];
    const start = offsets[f];
    histogram.fill(0, start, offsets[f + 1]);
    addRows(columns[f], rowOrder, leaf, g, h, constantHessian, histogram, start);
    const { mostFrequentBin } = mappers[f];
    if (mostFrequentBin > 0) deriveBin(histogram, start, offsets[f + 1], start + 2 * mostFrequentBin, leaf);
    return histogram;
  }

  function scan(leaf: Leaf, f: number): void {
    const can = scanFeature(histograms[leaf.slot], offsets[f], mappers[f], leaf, params, candidate);
    splittable[leaf.slot][f] = can ? 1 : 0;
    if (candidate.gain > leaf.best.gain) copyCandidate(candidate, f, leaf.best);
  }

  return {
    gradients,
    hessians,
    rowOrder,
    startTree(output, featureMask) {
      g = gradients.subarray(output * rows, (output + 1) * rows);
      h = hessians.subarray(output * rows, (output + 1) * rows);
      allowed = featureMask;
    },
    search(small, large) {
      for (let f = 0; f < features; f++) {
        if (!allowed[f]) continue;
        if (large && !splittable[large.slot][f]) {
          splittable[small.slot][f] = 0;
          continue;
        }
        const smallHistogram = sum(small, f);
        scan(small, f);
        if (!large) continue;
        const histogram = histograms[large.slot];
        const start = offsets[f] + (mappers[f].mostFrequentBin === 0 ? 2 : 0);
        for (let i = start; i < offsets[f + 1]; i++) histogram[i] -= smallHistogram[i];
        scan(large, f);
      }
    },
    partition({ begin, count, best }) {
      const mapper = mappers[best.feature];
      return partitionRows(columns[best.feature], rowOrder, toTheRight, begin, count, best, missingBin(mapper));
    },
  };
}

function addRows(
  column: BinColumn,
  rowOrder: Int32Array,
  { begin, count }: Leaf,
  g: Float32Array,
  h: Float32Array,
  constantHessian: boolean,
  histogram: Float64Array,
  start: number,
): void {
  for (let i = begin; i < begin + count; i++) {
    const row = rowOrder[i];
    const at = start + 2 * column[row];
    histogram[at] += g[row];
    histogram[at + 1] += constantHessian ? 1 : h[row];
  }
}

/** Replaces one bin by what the others leave of the leaf's sums. Changes low bits even in dense columns; native does it too. */
function deriveBin(histogram: Float64Array, start: number, end: number, bin: number, leaf: Leaf): void {
  let { gradient, hessian } = leaf;
  for (let i = start; i < end; i += 2) {
    if (i === bin) continue;
    gradient -= histogram[i];
    hessian -= histogram[i + 1];
  }
  histogram[bin] = gradient;
  histogram[bin + 1] = hessian;
}

function copyCandidate(from: SplitCandidate, feature: number, to: SplitCandidate): void {
  Object.assign(to, from);
  to.feature = feature;
}

function partitionRows(
  column: BinColumn,
  rowOrder: Int32Array,
  toTheRight: Int32Array,
  begin: number,
  count: number,
  { thresholdBin, defaultLeft }: SplitCandidate,
  missing: number,
): number {
  let left = begin;
  let right = 0;
  for (let i = begin; i < begin + count; i++) {
    const row = rowOrder[i];
    const bin = column[row];
    if (bin === missing ? defaultLeft : bin <= thresholdBin) rowOrder[left++] = row;
    else toTheRight[right++] = row;
  }
  rowOrder.set(toTheRight.subarray(0, right), left);
  return left - begin;
}

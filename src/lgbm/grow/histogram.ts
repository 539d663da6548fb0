import type { BinList } from '../data/bin-list.js';
import type { PackedGroup } from '../data/packed-columns.js';

/** Rows of a leaf, with their gradients and hessians side by side in the same order. */
export interface LeafRows {
  /** Row numbers are `rowOrder[begin..begin + count - 1]`. */
  readonly rowOrder: Int32Array;
  begin: number;
  count: number;
  /** [count], in the leaf's order. */
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
}

/**
 * Adds the rows of a leaf to the histograms of a group's features: pairs (sum of gradients, sum of hessians), one per bin.
 *
 * Every bin adds its rows in the leaf's order, as native does; doubles are not associative, and low bits decide near ties.
 *
 * @param offsets [4] where each feature's pairs begin in `histogram`; of the group's width, the rest is not read.
 */
export function addRows(group: PackedGroup, leaf: LeafRows, histogram: Float64Array, offsets: Int32Array): void {
  if (group.width === 4) addFour(group.words, leaf, histogram, offsets);
  else for (let k = 0; k < group.width; k++) addOne(group, k, leaf, histogram, offsets[k]);
}

function addFour(words: Int32Array, leaf: LeafRows, histogram: Float64Array, offsets: Int32Array): void {
  const { rowOrder, begin, count, gradients, hessians } = leaf;
  const o0 = offsets[0];
  const o1 = offsets[1];
  const o2 = offsets[2];
  const o3 = offsets[3];
  for (let i = 0; i < count; i++) {
    const word = words[rowOrder[begin + i]];
    const g = gradients[i];
    const h = hessians[i];
    const at0 = o0 + ((word << 1) & 510);
    const at1 = o1 + ((word >>> 7) & 510);
    const at2 = o2 + ((word >>> 15) & 510);
    const at3 = o3 + ((word >>> 23) & 510);
    histogram[at0] += g;
    histogram[at0 + 1] += h;
    histogram[at1] += g;
    histogram[at1 + 1] += h;
    histogram[at2] += g;
    histogram[at2 + 1] += h;
    histogram[at3] += g;
    histogram[at3 + 1] += h;
  }
}

function addOne(
  { words, width }: PackedGroup,
  k: number,
  leaf: LeafRows,
  histogram: Float64Array,
  offset: number,
): void {
  const { rowOrder, begin, count, gradients, hessians } = leaf;
  const shift = 8 * k;
  const mask = width === 1 ? 0xffff : 0xff;
  for (let i = 0; i < count; i++) {
    const at = offset + (((words[rowOrder[begin + i]] >>> shift) & mask) << 1);
    histogram[at] += gradients[i];
    histogram[at + 1] += hessians[i];
  }
}

/**
 * Adds the gradients of all rows, in their own order, to the histograms of a group's features, and leaves the hessians alone: where
 * every hessian is 1, their sums over all rows are the same in every tree.
 *
 * @param gradients [rows]
 */
export function addAllGradients(
  { words, width }: PackedGroup,
  gradients: Float64Array,
  histogram: Float64Array,
  offsets: Int32Array,
): void {
  if (width === 4) addFourGradients(words, gradients, histogram, offsets);
  else for (let k = 0; k < width; k++) addOneGradient(words, 8 * k, width, gradients, histogram, offsets[k]);
}

function addFourGradients(
  words: Int32Array,
  gradients: Float64Array,
  histogram: Float64Array,
  offsets: Int32Array,
): void {
  const { length } = words;
  const o0 = offsets[0];
  const o1 = offsets[1];
  const o2 = offsets[2];
  const o3 = offsets[3];
  for (let row = 0; row < length; row++) {
    const word = words[row];
    const g = gradients[row];
    histogram[o0 + ((word << 1) & 510)] += g;
    histogram[o1 + ((word >>> 7) & 510)] += g;
    histogram[o2 + ((word >>> 15) & 510)] += g;
    histogram[o3 + ((word >>> 23) & 510)] += g;
  }
}

function addOneGradient(
  words: Int32Array,
  shift: number,
  width: number,
  gradients: Float64Array,
  histogram: Float64Array,
  offset: number,
): void {
  const { length } = words;
  const mask = width === 1 ? 0xffff : 0xff;
  for (let row = 0; row < length; row++) {
    histogram[offset + (((words[row] >>> shift) & mask) << 1)] += gradients[row];
  }
}

/** Clears the histogram entries that {@link addRows} will touch, and marks their bins in `masks`; other entries stay as they are. */
export function markRows(
  group: PackedGroup,
  leaf: LeafRows,
  histogram: Float64Array,
  offsets: Int32Array,
  masks: Int32Array,
  maskOffsets: Int32Array,
): void {
  const { words, width } = group;
  const { rowOrder, begin, count } = leaf;
  const mask = width === 1 ? 0xffff : 0xff;
  for (let k = 0; k < width; k++) {
    const shift = 8 * k;
    const offset = offsets[k];
    const maskOffset = maskOffsets[k];
    for (let i = 0; i < count; i++) {
      const bin = (words[rowOrder[begin + i]] >>> shift) & mask;
      masks[maskOffset + (bin >> 5)] |= 1 << (bin & 31);
      histogram[offset + 2 * bin] = 0;
      histogram[offset + 2 * bin + 1] = 0;
    }
  }
}

/** Takes the pairs that lie in begin..end-1 of one histogram from those of another. */
export function subtractAll(from: Float64Array, other: Float64Array, begin: number, end: number): void {
  for (let at = begin | 0; at < end; at++) from[at] -= other[at];
}

/** Takes the pairs of the listed bins of the feature that begins at `offset` from those of another histogram. */
export function subtractListed(from: Float64Array, other: Float64Array, offset: number, list: BinList): void {
  const { bins, length } = list;
  for (let i = 0; i < length; i++) {
    const at = offset + 2 * bins[i];
    from[at] -= other[at];
    from[at + 1] -= other[at + 1];
  }
}

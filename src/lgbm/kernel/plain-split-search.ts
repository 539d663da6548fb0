import { BinList } from '../data/bin-list.js';
import { missingBin } from '../data/bin-mapper.js';
import { type PackedGroup, packColumns } from '../data/packed-columns.js';
import { addAllGradients, addRows, markRows, subtractAll, subtractListed } from '../grow/histogram.js';
import { partitionRows } from '../grow/partition.js';
import type { SplitKernel, SplitSearchOptions } from './split-kernel.js';
import { SplitScan } from './split-scan.js';
import type { Leaf, SplitSearch } from './split-search.js';

/**
 * Leaves of fewer rows keep a bit mask of the bins that hold anything, and all work on them goes along that mask; larger ones
 * have few empty bins. The limit shifts work, never a result.
 */
const SPARSE_ROWS = 384;

/** The split search in plain TypeScript: what `train` uses where no kernel is given. */
export const plainKernel: SplitKernel = { createSearch: plainSplitSearch, isReentrant: true };

function plainSplitSearch({ binned, outputs, params, constantHessian }: SplitSearchOptions): SplitSearch {
  const { rows, columns, used } = binned;
  const mappers = used.map((feature) => binned.mappers[feature]);
  const features = used.length;
  const groups = packColumns(columns, rows);
  const offsets = new Int32Array(features + 1);
  const maskOffsets = new Int32Array(features + 1);
  for (let f = 0; f < features; f++) {
    offsets[f + 1] = offsets[f] + 2 * mappers[f].numBin;
    maskOffsets[f + 1] = maskOffsets[f] + ((mappers[f].numBin + 31) >> 5);
  }
  // one slot a leaf, made when the first tree grows so large
  const newSlot = () => ({
    histogram: new Float64Array(offsets[features]),
    masks: new Int32Array(maskOffsets[features]),
    splittable: new Uint8Array(features),
    isSparse: false,
  });
  type Slot = ReturnType<typeof newSlot>;
  const slots: Slot[] = [];
  function slotOf({ slot }: Leaf): Slot {
    while (slots.length <= slot) slots.push(newSlot());
    return slots[slot];
  }

  const gradients = new Float32Array(outputs * rows);
  const hessians = new Float32Array(outputs * rows).fill(1);
  const rowOrder = new Int32Array(rows);
  const toTheRight = new Int32Array(rows);
  let g = gradients;
  let h = hessians;
  let allowed: Uint8Array = new Uint8Array(features);
  const leafRows = {
    rowOrder,
    begin: 0,
    count: 0,
    gradients: new Float64Array(rows),
    hessians: new Float64Array(rows),
  };
  const active = new Uint8Array(features);
  const widest = mappers.reduce((most, mapper) => Math.max(most, mapper.numBin), 0);
  const smallBins = new BinList(widest);
  const largeBins = new BinList(widest);
  const smallScan = new SplitScan(params);
  const largeScan = new SplitScan(params);

  /** Puts the leaf's gradients side by side, in its order, for all groups to read. */
  function gather({ begin, count }: Leaf): void {
    leafRows.begin = begin;
    leafRows.count = count;
    for (let i = 0; i < count; i++) {
      const row = rowOrder[begin + i];
      leafRows.gradients[i] = g[row];
      leafRows.hessians[i] = h[row];
    }
  }

  /** What all rows' histograms start from where the hessian is constant: no gradients yet, but all hessians. */
  const allRows = constantHessian ? countRows() : undefined;
  function countRows(): Float64Array {
    const counts = new Float64Array(offsets[features]);
    columns.forEach((column, f) => {
      for (let row = 0; row < rows; row++) counts[offsets[f] + 2 * column[row] + 1]++;
    });
    return counts;
  }

  function sum(group: PackedGroup, slot: Slot): void {
    const { first, width } = group;
    const end = first + width;
    const at = offsets.subarray(first, end);
    if (allRows && leafRows.count === rows && !slot.isSparse) {
      slot.histogram.set(allRows.subarray(offsets[first], offsets[end]), offsets[first]);
      addAllGradients(group, leafRows.gradients, slot.histogram, at);
      return;
    }
    if (slot.isSparse) {
      const maskAt = maskOffsets.subarray(first, end);
      slot.masks.fill(0, maskOffsets[first], maskOffsets[end]);
      markRows(group, leafRows, slot.histogram, at, slot.masks, maskAt);
    } else {
      slot.histogram.fill(0, offsets[first], offsets[end]);
    }
    addRows(group, leafRows, slot.histogram, at);
  }

  function listBins(slot: Slot, f: number, list: BinList): void {
    if (slot.isSparse) list.fromMask(slot.masks, maskOffsets[f], maskOffsets[f + 1]);
    else list.all(mappers[f].numBin);
  }

  /** Replaces one bin by what the others leave of the leaf's sums. Changes low bits even in dense columns; native does it too. */
  function deriveBin({ histogram, masks }: Slot, f: number, { bins, length }: BinList, leaf: Leaf): void {
    const bin = mappers[f].mostFrequentBin;
    const start = offsets[f];
    let { gradient, hessian } = leaf;
    for (let i = 0; i < length; i++) {
      if (bins[i] === bin) continue;
      gradient -= histogram[start + 2 * bins[i]];
      hessian -= histogram[start + 2 * bins[i] + 1];
    }
    histogram[start + 2 * bin] = gradient;
    histogram[start + 2 * bin + 1] = hessian;
    masks[maskOffsets[f] + (bin >> 5)] |= 1 << (bin & 31);
  }

  /** Turns the parent's histogram into the larger child's, and its mask along with it. */
  function subtract(large: Slot, wasSparse: boolean, small: Slot, f: number): void {
    const { histogram, masks } = large;
    const start = offsets[f];
    const maskStart = maskOffsets[f];
    const { bins, length } = smallBins;
    if (wasSparse) {
      for (let i = 0; i < length; i++) {
        const at = start + 2 * bins[i];
        histogram[at] -= small.histogram[at];
        histogram[at + 1] -= small.histogram[at + 1];
        const bit = 1 << (bins[i] & 31);
        // the derived bin of the smaller child can leave a residue where the parent had exactly nothing
        if (histogram[at] !== 0 || histogram[at + 1] !== 0) masks[maskStart + (bins[i] >> 5)] |= bit;
        else masks[maskStart + (bins[i] >> 5)] &= ~bit;
      }
      return;
    }
    if (small.isSparse) subtractListed(histogram, small.histogram, start, smallBins);
    else subtractAll(histogram, small.histogram, start, offsets[f + 1]);
    if (!large.isSparse) return;
    masks.fill(0, maskStart, maskOffsets[f + 1]);
    for (let bin = 0, at = start; bin < mappers[f].numBin; bin++, at += 2) {
      if (histogram[at] !== 0 || histogram[at + 1] !== 0) masks[maskStart + (bin >> 5)] |= 1 << (bin & 31);
    }
  }

  /** Marks the features worth looking at; what could not be split in the parent cannot be in its children. */
  function activate(small: Slot, large: Slot | undefined): void {
    for (let f = 0; f < features; f++) {
      active[f] = allowed[f] && (!large || large.splittable[f]) ? 1 : 0;
      if (large && !active[f]) small.splittable[f] = 0;
    }
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
      const smallSlot = slotOf(small);
      const largeSlot = large && slotOf(large);
      const wasSparse = largeSlot?.isSparse ?? false;
      smallSlot.isSparse = small.count < SPARSE_ROWS;
      if (largeSlot) largeSlot.isSparse = large.count < SPARSE_ROWS;
      activate(smallSlot, largeSlot);
      gather(small);
      smallScan.begin(small);
      if (large) largeScan.begin(large);
      for (const group of groups) {
        const { first, width } = group;
        if (!active.subarray(first, first + width).includes(1)) continue;
        sum(group, smallSlot);
        for (let f = first; f < first + width; f++) {
          if (!active[f]) continue;
          const mapper = mappers[f];
          listBins(smallSlot, f, smallBins);
          if (mapper.mostFrequentBin > 0) {
            deriveBin(smallSlot, f, smallBins, small);
            listBins(smallSlot, f, smallBins);
          }
          smallBins.readSums(smallSlot.histogram, offsets[f]);
          const can = smallScan.scan(smallBins, mapper, f, small.best);
          smallSlot.splittable[f] = can ? 1 : 0;
          if (!large || !largeSlot) continue;
          subtract(largeSlot, wasSparse, smallSlot, f);
          listBins(largeSlot, f, largeBins);
          largeBins.readSums(largeSlot.histogram, offsets[f]);
          const largeCan = largeScan.scan(largeBins, mapper, f, large.best);
          largeSlot.splittable[f] = largeCan ? 1 : 0;
        }
      }
    },
    partition({ begin, count, best }) {
      const { feature } = best;
      const missing = missingBin(mappers[feature]);
      return partitionRows(columns[feature], rowOrder, toTheRight, begin, count, best, missing);
    },
  };
}

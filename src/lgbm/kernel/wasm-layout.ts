import type { BinColumn } from '../data/binned-dataset.js';
import type { PackedGroup } from '../data/packed-columns.js';
import type { SplitSearchOptions } from './split-kernel.js';

/** What wasm/split-search.as exports; addresses and flags are numbers. */
export interface KernelExports {
  configure(...addressesAndParams: number[]): void;
  gather(rows: number, count: number, gradients: number, hessians: number): void;
  search(...leaves: number[]): void;
  partition(...arguments_: number[]): number;
}

/** Where everything of one training lies in the kernel's memory. */
export interface SearchLayout {
  readonly gradients: Float32Array;
  readonly hessians: Float32Array;
  readonly rowOrder: Int32Array;
  readonly columns: readonly BinColumn[];
  readonly active: Uint8Array;
  readonly featureRecords: number;
  readonly groupRecords: number;
  readonly identity: number;
  /** One per thread: addresses of its scratch room, its groups, and the results it writes. */
  readonly shares: readonly SearchShare[];
  readonly toTheRight: number;
  /** Addresses of a leaf's own histograms, masks and flags. */
  slot(index: number): { readonly histograms: number; readonly masks: number; readonly splittable: number };
  /** [features] whether each feature could be split in that leaf. */
  splittable(slot: number): Uint8Array;
}

/** The part of a search that one thread does. */
export interface SearchShare {
  readonly groupBegin: number;
  readonly groupEnd: number;
  readonly smallList: number;
  readonly largeList: number;
  readonly pairs: number;
  /** Two records of 8 doubles: the smaller leaf's best split, then the larger one's. */
  readonly results: Float64Array;
  readonly resultInts: Int32Array;
}

const FEATURE_WORDS = 8;
const GROUP_WORDS = 4;
const LINE = 64;
const RESULT_BYTES = 128;

/**
 * Lays out the memory of one training: first counts the bytes, then asks `reserve` for them and fills in what never changes.
 *
 * @param start First byte that is free.
 * @param threads How many threads share a search, each some of the groups.
 */
export function layOut(
  options: SplitSearchOptions,
  groups: readonly PackedGroup[],
  { start, threads, reserve }: { start: number; threads: number; reserve: (bytes: number) => ArrayBufferLike },
): SearchLayout {
  let top = start;
  const place = (bytes: number) => {
    const at = top;
    top += Math.ceil(bytes / LINE) * LINE;
    return at;
  };
  const { binned, outputs, params } = options;
  const { rows, columns } = binned;
  const mappers = binned.used.map((feature) => binned.mappers[feature]);
  const features = mappers.length;
  const records = mappers.map(() => ({ histogram: 0, mask: 0 }));
  let histogramBytes = 0;
  let maskBytes = 0;
  let widest = 1;
  mappers.forEach(({ numBin }, f) => {
    records[f] = { histogram: histogramBytes, mask: maskBytes };
    histogramBytes += 16 * numBin;
    maskBytes += 8 * Math.ceil(numBin / 64);
    widest = Math.max(widest, numBin);
  });
  const at = {
    featureRecords: place(4 * FEATURE_WORDS * features),
    groupRecords: place(4 * GROUP_WORDS * groups.length),
    active: place(features),
    identity: place(4 * widest),
    gradients: place(4 * outputs * rows),
    hessians: place(4 * outputs * rows),
    rowOrder: place(4 * rows),
    toTheRight: place(4 * rows + 4),
    shares: Array.from({ length: threads }, (_, t) => ({
      groupBegin: Math.floor((t * groups.length) / threads),
      groupEnd: Math.floor(((t + 1) * groups.length) / threads),
      smallList: place(4 * widest),
      largeList: place(4 * widest),
      pairs: place(16 * rows),
      results: place(RESULT_BYTES),
    })),
    words: groups.map(() => place(4 * rows)),
    columns: columns.map((column) => place(column.byteLength)),
    // each leaf holds a row at least
    slots: Array.from({ length: Math.min(params.num_leaves, rows) }, () => ({
      histograms: place(histogramBytes),
      masks: place(maskBytes),
      splittable: place(features),
    })),
  };
  const buffer = reserve(top);

  const featureRecords = new Int32Array(buffer, at.featureRecords, FEATURE_WORDS * features);
  mappers.forEach(({ numBin, mostFrequentBin, missing, defaultBin }, f) => {
    const { histogram, mask } = records[f];
    featureRecords.set([histogram, mask, numBin, mostFrequentBin, missing, defaultBin], FEATURE_WORDS * f);
  });
  const groupRecords = new Int32Array(buffer, at.groupRecords, GROUP_WORDS * groups.length);
  groups.forEach(({ words, first, width }, g) => {
    groupRecords.set([at.words[g], first, width], GROUP_WORDS * g);
    new Int32Array(buffer, at.words[g], rows).set(words);
  });
  const identity = new Int32Array(buffer, at.identity, widest);
  for (let bin = 0; bin < widest; bin++) identity[bin] = bin;
  const hessians = new Float32Array(buffer, at.hessians, outputs * rows).fill(1);
  const flags = at.slots.map(({ splittable }) => new Uint8Array(buffer, splittable, features));
  return {
    ...at,
    gradients: new Float32Array(buffer, at.gradients, outputs * rows),
    hessians,
    rowOrder: new Int32Array(buffer, at.rowOrder, rows),
    columns: columns.map((column, f) => {
      const copy =
        column instanceof Uint8Array
          ? new Uint8Array(buffer, at.columns[f], rows)
          : new Uint16Array(buffer, at.columns[f], rows);
      copy.set(column);
      return copy;
    }),
    active: new Uint8Array(buffer, at.active, features),
    shares: at.shares.map((share) => ({
      ...share,
      results: new Float64Array(buffer, share.results, RESULT_BYTES / 8),
      resultInts: new Int32Array(buffer, share.results, RESULT_BYTES / 4),
    })),
    slot: (index) => at.slots[index],
    splittable: (index) => flags[index],
  };
}

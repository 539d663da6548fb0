import type { BinColumn } from '../data/binned-dataset.js';
import { groupColumns, interleave, isInterleaved, packGroup } from '../data/packed-columns.js';
import type { SplitSearchOptions } from './split-kernel.js';
import {
  BLOCK_ROWS,
  FEATURE,
  FEATURE_BYTES,
  GROUP,
  GROUP_BYTES,
  LEAF,
  LEAF_BYTES,
  SETTINGS,
  SETTINGS_BYTES,
} from './wasm/records.js';

/** What wasm/split-search.as exports; addresses and flags are numbers. */
export interface KernelExports {
  configure(settings: number): void;
  search(
    groupBegin: number,
    groupEnd: number,
    rows: number,
    gradients: number,
    hessians: number,
    small: number,
    large: number,
  ): void;
  partition(...arguments_: number[]): number;
}

/** Where everything of one training lies in the kernel's memory. */
export interface SearchLayout {
  readonly gradients: Float32Array;
  readonly hessians: Float32Array;
  readonly rowOrder: Int32Array;
  readonly columns: readonly BinColumn[];
  readonly active: Uint8Array;
  /** One per thread: its groups, and its records. */
  readonly shares: readonly SearchShare[];
  readonly toTheRight: number;
  /** Whether words lie row by row as well. */
  readonly interleaved: boolean;
  /** What threads tell each other of, see `LEAF`: of the smaller leaf, and of the larger one. */
  readonly foundSmall: Float32Array;
  readonly foundLarge: Float32Array;
  /** Addresses of a leaf's own histograms, masks and flags. */
  slot(index: number): { readonly histograms: number; readonly masks: number; readonly splittable: number };
  /** [features] whether each feature could be split in that leaf. */
  splittable(slot: number): Uint8Array;
}

/** The part of a search that one thread does. */
export interface SearchShare {
  readonly groupBegin: number;
  readonly groupEnd: number;
  /** Address of the thread's settings record. */
  readonly settings: number;
  readonly small: LeafRecord;
  readonly large: LeafRecord;
}

/** A leaf's record (see `LEAF`), seen as doubles and as words. */
export interface LeafRecord {
  readonly address: number;
  readonly doubles: Float64Array;
  readonly words: Int32Array;
}

const LINE = 64;

interface LayoutOptions {
  /** First byte that is free. */
  readonly start: number;
  /** How many threads share a search, each some of the groups. */
  readonly threads: number;
  /** Returns memory of so many bytes at least. */
  readonly reserve: (bytes: number) => ArrayBufferLike;
}

/**
 * Lays out the memory of one training: first counts the bytes, then asks `reserve` for them and fills in what never changes.
 */
export function layOut(options: SplitSearchOptions, { start, threads, reserve }: LayoutOptions): SearchLayout {
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
  const groups = groupColumns(columns);
  const interleaved = isInterleaved(rows, groups.length);
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
  // four features of a byte, or one that is wider; read 64 flags at a time
  const sumBins = Math.max(4 * 256, Math.ceil(widest / 64) * 64);
  const at = {
    featureRecords: place(FEATURE_BYTES * features),
    groupRecords: place(GROUP_BYTES * groups.length),
    active: place(features),
    identity: place(4 * Math.max(widest, BLOCK_ROWS)),
    gradients: place(4 * outputs * rows),
    hessians: place(4 * outputs * rows),
    rowOrder: place(4 * rows),
    toTheRight: place(4 * rows + 4),
    foundSmall: place(4),
    foundLarge: place(4),
    shares: sharesOf(groups.length, threads).map((share) => ({
      ...share,
      rowWords: place(interleaved ? 4 * rows * (share.groupEnd - share.groupBegin) : 0),
      smallList: place(4 * widest),
      // what is left out of a list is written behind it
      largeList: place(4 * widest + 4),
      pairs: place(8 * rows),
      blockWords: place(interleaved ? 4 * BLOCK_ROWS * (share.groupEnd - share.groupBegin) : 0),
      smallPairs: place(16 * widest),
      largePairs: place(16 * widest + 16),
      sums: place(16 * sumBins),
      flags: place(sumBins),
      settings: place(SETTINGS_BYTES),
      small: place(LEAF_BYTES),
      large: place(LEAF_BYTES),
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

  mappers.forEach(({ numBin, mostFrequentBin, missing, defaultBin }, f) => {
    const words = new Int32Array(buffer, at.featureRecords + FEATURE_BYTES * f, FEATURE_BYTES / 4);
    writeWords(words, FEATURE, { ...records[f], numBin, mostFrequentBin, missing, defaultBin });
  });
  groups.forEach((group, g) => {
    const { first, width } = group;
    const record = new Int32Array(buffer, at.groupRecords + GROUP_BYTES * g, GROUP_BYTES / 4);
    writeWords(record, GROUP, { words: at.words[g], first, width });
    packGroup(columns, group, new Int32Array(buffer, at.words[g], rows));
  });
  for (const share of at.shares) {
    const { settings, smallList, largeList, pairs, blockWords, rowWords, smallPairs, largePairs, sums, flags } = share;
    const wordsPerRow = share.groupEnd - share.groupBegin;
    if (interleaved) {
      const lists = at.words
        .slice(share.groupBegin, share.groupEnd)
        .map((words) => new Int32Array(buffer, words, rows));
      interleave(lists, new Int32Array(buffer, rowWords, rows * wordsPerRow));
    }
    const { featureRecords, groupRecords, active, identity } = at;
    const words = new Int32Array(buffer, settings, SETTINGS_BYTES / 4);
    writeWords(words, SETTINGS, {
      featureRecords,
      groupRecords,
      active,
      identity,
      smallList,
      largeList,
      pairs,
      blockWords,
      rowWords,
      wordsPerRow,
      smallPairs,
      largePairs,
      sums,
      flags,
    });
    new Uint8Array(buffer, sums, 16 * sumBins).fill(0);
    new Uint8Array(buffer, flags, sumBins).fill(0);
    const doubles = new Float64Array(buffer, settings, SETTINGS_BYTES / 8);
    doubles[SETTINGS.minData / 8] = params.min_data_in_leaf;
    doubles[SETTINGS.minHessian / 8] = params.min_sum_hessian_in_leaf;
    doubles[SETTINGS.minGain / 8] = params.min_gain_to_split;
    doubles[SETTINGS.lambdaL1 / 8] = params.lambda_l1;
    doubles[SETTINGS.lambdaL2 / 8] = params.lambda_l2;
    doubles[SETTINGS.maxDeltaStep / 8] = params.max_delta_step;
  }
  const identity = new Int32Array(buffer, at.identity, Math.max(widest, BLOCK_ROWS));
  for (let i = 0; i < identity.length; i++) identity[i] = i;
  const hessians = new Float32Array(buffer, at.hessians, outputs * rows).fill(1);
  const flags = at.slots.map(({ splittable }) => new Uint8Array(buffer, splittable, features));
  return {
    ...at,
    interleaved,
    gradients: new Float32Array(buffer, at.gradients, outputs * rows),
    hessians,
    rowOrder: new Int32Array(buffer, at.rowOrder, rows),
    foundSmall: new Float32Array(buffer, at.foundSmall, 1),
    foundLarge: new Float32Array(buffer, at.foundLarge, 1),
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
      small: leafRecord(buffer, share.small, at.foundSmall),
      large: leafRecord(buffer, share.large, at.foundLarge),
    })),
    slot: (index) => at.slots[index],
    splittable: (index) => flags[index],
  };
}

/** Returns which groups each thread searches: about as many each. */
function sharesOf(groups: number, threads: number): { groupBegin: number; groupEnd: number }[] {
  const begin = (thread: number) => Math.floor((thread * groups) / threads);
  return Array.from({ length: threads }, (_, t) => ({ groupBegin: begin(t), groupEnd: begin(t + 1) }));
}

function leafRecord(buffer: ArrayBufferLike, address: number, found: number): LeafRecord {
  const words = new Int32Array(buffer, address, LEAF_BYTES / 4);
  writeWords(words, LEAF, { found });
  return { address, doubles: new Float64Array(buffer, address, LEAF_BYTES / 8), words };
}

/** Writes named words to where a record has them. */
export function writeWords<Name extends string>(
  words: Int32Array,
  places: Readonly<Record<Name, number>>,
  values: Partial<Record<Name, number>>,
): void {
  for (const name in values) words[places[name] / 4] = values[name]!;
}

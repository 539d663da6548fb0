/**
 * Records that TypeScript and the kernel share: where each field lies, in bytes. build.mjs hands them to split-search.as as constants
 * such as LEAF_GRADIENT and LEAF_BYTES, so that both sides read one description.
 */

/** What a training sets once for each thread: addresses, then (doubles from 48 on) what of the parameters a scan needs, then words again. */
export const SETTINGS = {
  featureRecords: 0,
  groupRecords: 4,
  active: 8,
  identity: 12,
  smallList: 16,
  largeList: 20,
  pairs: 24,
  smallPairs: 28,
  largePairs: 32,
  sums: 36,
  flags: 40,
  blockWords: 44,
  minData: 48,
  minHessian: 56,
  minGain: 64,
  lambdaL1: 72,
  lambdaL2: 80,
  maxDeltaStep: 88,
  rowWords: 96,
  wordsPerRow: 100,
} as const;
export const SETTINGS_BYTES = 128;

/**
 * A leaf to search: doubles up to 40, then words. What the search finds lies between `gain` and `defaultLeft`; `found` is where threads tell each
 * other of the best gain, in single precision.
 */
export const LEAF = {
  gradient: 0,
  hessian: 8,
  gain: 16,
  leftGradient: 24,
  leftHessian: 32,
  feature: 40,
  thresholdBin: 44,
  defaultLeft: 48,
  count: 52,
  histograms: 56,
  masks: 60,
  splittable: 64,
  isSparse: 68,
  wasSparse: 72,
  isApart: 76,
  found: 80,
} as const;
export const LEAF_BYTES = 128;

/** A feature in use: where its histogram and mask begin in a leaf's, and its bins. */
export const FEATURE = { histogram: 0, mask: 4, numBin: 8, mostFrequentBin: 12, missing: 16, defaultBin: 20 } as const;
export const FEATURE_BYTES = 32;

/** Neighbouring features whose bins share a word a row. */
export const GROUP = { words: 0, first: 4, width: 8 } as const;
export const GROUP_BYTES = 16;

/** Rows far apart that are added up together: what of them is put side by side stays in the second cache. */
export const BLOCK_ROWS = 2048;

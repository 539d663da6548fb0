import type { BinnedDataset } from '../data/binned-dataset.js';
import type { SplitParams } from './split-scan.js';
import type { SplitSearch } from './split-search.js';

/** What a search is for: which rows, how many trees an iteration has, and how large they may grow. */
export interface SplitSearchOptions {
  readonly binned: BinnedDataset;
  readonly outputs: number;
  readonly constantHessian: boolean;
  readonly params: SplitParams & { readonly num_leaves: number };
}

/** A way to compute the split search. All kernels give the same model, to the last bit; they differ in speed. */
export interface SplitKernel {
  /** Whether a search has memory of its own, so that another training may begin before the last one ends. */
  readonly isReentrant?: boolean;
  /** Returns the search for one training; a kernel that keeps its memory serves one training at a time. */
  createSearch(options: SplitSearchOptions): SplitSearch;
}

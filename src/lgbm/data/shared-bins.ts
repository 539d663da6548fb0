import { type BinnedDataset, binDataset, binLike, type DatasetBinningParams } from './binned-dataset.js';
import type { Dataset } from './dataset.js';

/** The bins of some rows, as far as trainings have asked for them. */
interface KnownBins {
  /** By what of the parameters decides them. */
  readonly own: Map<string, BinnedDataset>;
  /** Through the bins of other rows. */
  readonly like: WeakMap<BinnedDataset, BinnedDataset>;
}

/** Bins live as long as a dataset over their rows does. */
const known = new WeakMap<Dataset, KnownBins>();

/** Returns what `binDataset` returns, which is computed once for each dataset and what of the parameters decides its bins. */
export function sharedBins(dataset: Dataset, params: DatasetBinningParams): BinnedDataset {
  const { own } = knownBins(dataset);
  const key = binningKey(dataset, params);
  let binned = own.get(key);
  if (!binned) {
    binned = binDataset(dataset, params);
    own.set(key, binned);
  }
  return binned;
}

/** Returns what `binLike` returns, which is computed once for each pair. */
export function sharedBinsLike(dataset: Dataset, reference: BinnedDataset): BinnedDataset {
  const { like } = knownBins(dataset);
  let binned = like.get(reference);
  if (!binned) {
    binned = binLike(dataset, reference);
    like.set(reference, binned);
  }
  return binned;
}

/** Lets a dataset with the same values share the bins of another, those known and those to come. */
export function shareBins(from: Dataset, to: Dataset): void {
  known.set(to, knownBins(from));
}

function knownBins(dataset: Dataset): KnownBins {
  let bins = known.get(dataset);
  if (!bins) {
    bins = { own: new Map(), like: new WeakMap() };
    known.set(dataset, bins);
  }
  return bins;
}

function binningKey({ rows, categoricalFeatures = [] }: Dataset, params: DatasetBinningParams): string {
  const { max_bin, min_data_in_bin, use_missing, zero_as_missing, feature_pre_filter } = params;
  const { bin_construct_sample_cnt, data_random_seed, min_data_in_leaf } = params;
  const isSampled = bin_construct_sample_cnt < rows;
  return JSON.stringify([
    ...[max_bin, params.maxBins ?? [], min_data_in_bin, use_missing, zero_as_missing],
    feature_pre_filter && min_data_in_leaf,
    isSampled && [bin_construct_sample_cnt, data_random_seed],
    categoricalFeatures,
    [...(params.forcedBins ?? [])],
  ]);
}

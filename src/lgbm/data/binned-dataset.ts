import { ZERO_THRESHOLD } from '../numbers/floats.js';
import { Random } from '../numbers/random.js';
import { type BinMapper, type BinningParams, findBins, writeBins } from './bin-mapper.js';
import { categoryBinning, findCategoryBins } from './category-bins.js';
import { columnReader } from './column-reader.js';
import type { Dataset } from './dataset.js';

/** The bin of every row in one feature [rows]: bytes where the feature has at most 256 bins. */
export type BinColumn = Uint8Array | Uint16Array;

/** A dataset whose values are replaced by bin numbers. Features that cannot split are left out. */
export interface BinnedDataset {
  readonly rows: number;
  /** One per feature of the dataset, trivial ones included. */
  readonly mappers: readonly BinMapper[];
  /** Features that can split, as indices into `mappers`, ascending. */
  readonly used: readonly number[];
  /** One per used feature. */
  readonly columns: readonly BinColumn[];
}

/** What of the parameters decides how a dataset is binned. */
export interface DatasetBinningParams extends BinningParams {
  readonly bin_construct_sample_cnt: number;
  readonly data_random_seed: number;
  readonly min_data_in_leaf: number;
  /** [features] how many bins each may have; empty or absent where max_bin holds for all. */
  readonly maxBins?: readonly number[];
  /** Bounds that bins are to have, by feature. */
  readonly forcedBins?: ReadonlyMap<number, readonly number[]>;
}

/** Returns the dataset with bins learned from its own rows, or from a sample of `bin_construct_sample_cnt` of them. */
export function binDataset(dataset: Dataset, params: DatasetBinningParams): BinnedDataset {
  const { rows, features } = dataset;
  const columnOf = columnReader(dataset);
  const size = Math.min(params.bin_construct_sample_cnt, rows);
  const sample = size === rows ? undefined : new Random(params.data_random_seed).sample(rows, size);
  const filterCount = Math.trunc((params.min_data_in_leaf * size) / rows);
  const nonZero = new Float64Array(size);
  const mappers = Array.from({ length: features }, (_, feature) => {
    const column = columnOf(feature);
    let kept = 0;
    for (let i = 0; i < size; i++) {
      const value = column[sample ? sample[i] : i];
      if (!(Math.abs(value) <= ZERO_THRESHOLD)) nonZero[kept++] = value;
    }
    const present = nonZero.subarray(0, kept);
    const own = { ...params, max_bin: params.maxBins?.[feature] ?? params.max_bin };
    if (dataset.categoricalFeatures?.includes(feature)) return findCategoryBins(present, size, filterCount, own);
    return findBins(present, size, filterCount, own, params.forcedBins?.get(feature));
  });
  const used = mappers.flatMap((mapper, feature) => (mapper.trivial ? [] : [feature]));
  return { rows, mappers, used, columns: binColumns(dataset, mappers, used) };
}

/** Returns the dataset with the bins of another one: validation rows are seen through the training rows' bins. */
export function binLike(dataset: Dataset, reference: BinnedDataset): BinnedDataset {
  const { mappers, used } = reference;
  return { rows: dataset.rows, mappers, used, columns: binColumns(dataset, mappers, used) };
}

function binColumns(dataset: Dataset, mappers: readonly BinMapper[], used: readonly number[]): BinColumn[] {
  const columnOf = columnReader(dataset);
  return used.map((feature) => {
    const mapper = mappers[feature];
    const column = mapper.numBin <= 256 ? new Uint8Array(dataset.rows) : new Uint16Array(dataset.rows);
    const values = columnOf(feature);
    if (mapper.categories) {
      const binOfCategory = categoryBinning(mapper.categories);
      for (let row = 0; row < column.length; row++) column[row] = binOfCategory(values[row]);
    } else {
      writeBins(mapper, values, column);
    }
    return column;
  });
}

import { describe, ForecastError, invalid, refuseUnknown } from '../../errors.js';
import { shareBins } from './shared-bins.js';

/** Rows to train on or to validate with. Read-only: training changes nothing in it. */
export interface Dataset {
  readonly rows: number;
  readonly features: number;
  /** [rows × features], row-major; NaN is a missing value. */
  readonly values: Float64Array;
  /** [rows], rounded to float32 as native does. */
  readonly labels: Float32Array;
  /** [rows], rounded to float32. */
  readonly weights?: Float32Array;
  /** [rows × outputs], row-major: raw scores to start from. */
  readonly initScore?: Float64Array;
  /** [queries] how many rows, one after another, each query has. */
  readonly group?: Int32Array;
  /** [rows] where the row was shown, as a number from 0 of the different places in the order of their first row. */
  readonly position?: Int32Array;
  readonly featureNames: readonly string[];
  /** Features whose values are categories, as ascending indices. */
  readonly categoricalFeatures?: readonly number[];
}

/** What of a dataset {@link withLabels} replaces. */
export type DatasetLabels = Pick<DatasetInput, 'labels' | 'weights' | 'initScore'>;

/** What {@link createDataset} takes. */
export interface DatasetInput {
  /** [rows × features], row-major; NaN is a missing value, infinities are ordinary values. */
  values: Float64Array;
  rows: number;
  /** Checked against the length of `values` where it is given. */
  features?: number | undefined;
  /** [rows] the target, 0 or 1 for binary, 0..num_class-1 for multiclass. */
  labels: ArrayLike<number>;
  /** [rows], finite and >= 0: how much each row counts. */
  weights?: ArrayLike<number> | undefined;
  /** [rows × outputs], row-major, finite: raw scores to start from instead of the label's average. */
  initScore?: ArrayLike<number> | undefined;
  /** [queries] for ranking: how many rows, one after another, belong to each query; at least 1, all of them `rows` together. */
  group?: ArrayLike<number> | undefined;
  /**
   * [rows] for the `lambdarank` objective: the place at which each row was shown to who clicked, any whole numbers >= 0. Training
   * then learns how much a place by itself is clicked on, and leaves it out of the model.
   */
  position?: ArrayLike<number> | undefined;
  /** [features], unique; default `Column_0`, `Column_1`, ... as native names them. Spaces become underscores. */
  featureNames?: readonly string[] | undefined;
  /**
   * Features, by index or by name, whose values name categories: whole numbers below 2^31. NaN and negative numbers are missing
   * values, which go right at every split, with categories that the training did not see.
   */
  categoricalFeatures?: readonly (number | string)[] | undefined;
}

const INPUT_NAMES = [
  'values',
  'rows',
  'features',
  'labels',
  'weights',
  'initScore',
  'group',
  'position',
  'featureNames',
  'categoricalFeatures',
];

/**
 * Returns a dataset to hand to `train`, after checking shapes and numbers once.
 *
 * Values are kept by reference, not copied: do not change them. The first training on a dataset bins them, and later ones with the
 * same binning parameters share the bins; {@link withLabels} lets trainings for other labels share them too.
 *
 * @throws ForecastError INVALID_DATASET for a wrong length, no rows, a non-finite label, weight or initial score, queries that do
 * not have as many rows together, a bad feature name.
 * @example
 * const data = createDataset({ values: new Float64Array([1, 2, 3, 4]), rows: 2, labels: [0.5, 1.5] });
 */
export function createDataset(input: DatasetInput): Dataset {
  refuseUnknown('createDataset', input, INPUT_NAMES);
  const { values, rows, labels, weights, initScore, group, position } = input;
  if (!(values instanceof Float64Array)) throw fault('values', 'a Float64Array [rows × features]', values);
  if (!Number.isInteger(rows) || rows < 1) throw fault('rows', 'a whole number >= 1', rows);
  const features = values.length / rows;
  if (!Number.isInteger(features) || features < 1) {
    throw fault('values', `of a length that is a multiple >= 1 of ${rows} rows`, values.length);
  }
  if (input.features !== undefined && input.features !== features) {
    throw fault('features', `${features}, by the length of values`, input.features);
  }
  const dataset = {
    rows,
    features,
    values,
    labels: Float32Array.from(finite('labels', labels, rows)),
    featureNames: checkedNames(input.featureNames, features),
  };
  const categorical = input.categoricalFeatures && checkedCategories(input.categoricalFeatures, dataset);
  return {
    ...dataset,
    ...(categorical && { categoricalFeatures: categorical }),
    ...(weights && { weights: checkedWeights(weights, rows) }),
    ...(initScore && { initScore: checkedInitScore(initScore, rows) }),
    ...(group && { group: checkedGroup(group, rows) }),
    ...(position && { position: checkedPosition(position, rows) }),
  };
}

/**
 * Returns a dataset of the same rows and values with other labels: trainings on either share one binning.
 *
 * @param labels Labels, and the weights and initial scores that go with them; those of `dataset` are not taken over; its queries and positions are.
 * @throws ForecastError INVALID_DATASET, INVALID_ARGUMENT as {@link createDataset} does.
 * @example
 * const returns = createDataset({ values, rows, labels: logReturns });
 * const directions = withLabels(returns, { labels: classes });
 */
export function withLabels(dataset: Dataset, labels: DatasetLabels): Dataset {
  refuseUnknown('withLabels', labels, ['labels', 'weights', 'initScore']);
  const { values, rows, featureNames, categoricalFeatures, group, position } = dataset;
  const { labels: targets, weights, initScore } = labels;
  const relabelled = createDataset({
    values,
    rows,
    featureNames,
    labels: targets,
    ...(categoricalFeatures && { categoricalFeatures }),
    ...(group && { group }),
    ...(position && { position }),
    ...(weights && { weights }),
    ...(initScore && { initScore }),
  });
  shareBins(dataset, relabelled);
  return relabelled;
}

const MOST_CATEGORY = 2 ** 31 - 1;

function checkedCategories(
  given: readonly (number | string)[],
  { rows, features, values, featureNames }: Pick<Dataset, 'rows' | 'features' | 'values' | 'featureNames'>,
): readonly number[] {
  if (!Array.isArray(given)) throw fault('categoricalFeatures', 'an array of indices or names', given);
  const indices = given.map((entry, i) => {
    const index = typeof entry === 'string' ? featureNames.indexOf(entry.replaceAll(' ', '_')) : entry;
    if (Number.isInteger(index) && index >= 0 && index < features) return index;
    throw fault(`categoricalFeatures[${i}]`, `a feature's name or an index below ${features}`, entry);
  });
  for (const feature of indices) {
    for (let row = 0; row < rows; row++) {
      const value = values[row * features + feature];
      if (Number.isNaN(value) || (Number.isInteger(value) && Math.abs(value) <= MOST_CATEGORY)) continue;
      const expected = 'a category: a whole number of 32 bits, or NaN';
      throw fault(`values[row ${row}, ${featureNames[feature]}]`, expected, value);
    }
  }
  return [...new Set(indices)].sort((a, b) => a - b);
}

function fault(field: string, expected: string, actual: unknown): ForecastError {
  return invalid('INVALID_DATASET', 'createDataset', field, expected, actual);
}

function finite(field: string, numbers: ArrayLike<number>, length: number): ArrayLike<number> {
  if (typeof numbers !== 'object' || numbers === null || numbers.length !== length) {
    throw fault(field, `of length ${length}`, numbers?.length);
  }
  for (let i = 0; i < length; i++) {
    // a double beyond float32 would become an infinity, which native refuses too
    if (!Number.isFinite(Math.fround(numbers[i]))) throw fault(`${field}[${i}]`, 'a finite float32', numbers[i]);
  }
  return numbers;
}

function checkedWeights(weights: ArrayLike<number>, rows: number): Float32Array {
  finite('weights', weights, rows);
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    if (weights[i] < 0) throw fault(`weights[${i}]`, '>= 0', weights[i]);
    sum += weights[i];
  }
  if (!(sum > 0)) throw fault('weights', 'positive in at least one row', sum);
  return Float32Array.from(weights);
}

function checkedInitScore(initScore: ArrayLike<number>, rows: number): Float64Array {
  const { length } = initScore;
  if (length === 0 || length % rows !== 0)
    throw fault('initScore', `of a length that is a multiple of ${rows}`, length);
  for (let i = 0; i < length; i++) {
    if (!Number.isFinite(initScore[i])) throw fault(`initScore[${i}]`, 'a finite number', initScore[i]);
  }
  return Float64Array.from(initScore);
}

function checkedGroup(group: ArrayLike<number>, rows: number): Int32Array {
  if (typeof group !== 'object' || group === null || !(group.length > 0)) {
    throw fault('group', 'how many rows each query has', group);
  }
  let sum = 0;
  for (let i = 0; i < group.length; i++) {
    if (!Number.isInteger(group[i]) || group[i] < 1) throw fault(`group[${i}]`, 'a whole number >= 1', group[i]);
    sum += group[i];
  }
  if (sum !== rows) throw fault('group', `${rows} rows together`, sum);
  return Int32Array.from(group);
}

function checkedPosition(position: ArrayLike<number>, rows: number): Int32Array {
  if (typeof position !== 'object' || position === null || position.length !== rows) {
    throw fault('position', `of length ${rows}`, position?.length);
  }
  const places = new Map<number, number>();
  return Int32Array.from(position, (place, row) => {
    if (!Number.isInteger(place) || place < 0 || place > MOST_CATEGORY) {
      throw fault(`position[${row}]`, 'a whole number >= 0, below 2^31', place);
    }
    const known = places.get(place) ?? places.size;
    places.set(place, known);
    return known;
  });
}

function checkedNames(names: readonly string[] | undefined, features: number): readonly string[] {
  if (names === undefined) return Array.from({ length: features }, (_, i) => `Column_${i}`);
  if (!Array.isArray(names) || names.length !== features) {
    throw fault('featureNames', `an array of ${features} names`, names);
  }
  const seen = new Set<string>();
  return names.map((name, i) => {
    if (typeof name !== 'string' || name === '') throw fault(`featureNames[${i}]`, 'a non-empty string', name);
    // these characters would break the model's text, so native refuses them as well
    if (/[",:[\]{}\n\r\t=]/.test(name)) {
      throw fault(`featureNames[${i}]`, 'without any of " , : = [ ] { } or line breaks', name);
    }
    const safe = name.replaceAll(' ', '_');
    if (seen.has(safe)) {
      throw new ForecastError('INVALID_DATASET', `createDataset: feature name ${describe(safe)} occurs twice`, {
        field: `featureNames[${i}]`,
        expected: 'a unique name',
        actual: describe(name),
      });
    }
    seen.add(safe);
    return safe;
  });
}

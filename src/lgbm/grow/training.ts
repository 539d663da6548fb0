import { invalid } from '../../errors.js';
import type { BinMapper } from '../data/bin-mapper.js';
import type { BinnedDataset } from '../data/binned-dataset.js';
import type { Dataset } from '../data/dataset.js';
import { sharedBins } from '../data/shared-bins.js';
import { parametersBlock } from '../kernel/parameters-block.js';
import type { SplitKernel } from '../kernel/split-kernel.js';
import type { Leaf } from '../kernel/split-search.js';
import { createObjective } from '../objectives/create-objective.js';
import type { CustomMetric } from '../objectives/custom-metric.js';
import { type CustomObjective, customObjective } from '../objectives/custom-objective.js';
import { checkForced } from '../parameters/forced.js';
import { checkLists } from '../parameters/parameter-lists.js';
import type { Params } from '../parameters/params.js';
import { formatG } from '../text/format-number.js';
import type { Model } from '../text/model.js';
import { asNativeReads } from '../text/native-number.js';
import type { Tree } from '../text/tree.js';
import { copiesBag, usesBagging } from './bagging.js';
import { Boosting } from './boosting.js';
import { FeatureSampling } from './feature-sampling.js';
import { GradientQuantizer } from './gradient-quantizer.js';
import { continued } from './initial-model.js';
import { isSmoothed } from './shaped-gain.js';
import { shapedSearch } from './shaped-search.js';
import { hasCosts } from './split-costs.js';

/** What a training is made of beside its parameters. */
export interface TrainingParts {
  readonly dataset: Dataset;
  readonly valid: readonly Dataset[];
  /** Bins learned before, of `dataset` and of each set of `valid`; undefined to learn them here. */
  readonly binned?: { readonly train: BinnedDataset; readonly valid: readonly BinnedDataset[] };
  readonly objective?: CustomObjective;
  readonly metrics?: readonly CustomMetric[];
  readonly initModel?: Model;
  readonly kernel: SplitKernel;
}

/** A training that has begun: trees can be added, and its model taken. */
export interface Training {
  readonly boosting: Boosting;
  /** Iterations that the model had when the training began. */
  readonly earlier: number;
  model(): Model;
}

/**
 * Checks everything, bins the rows, and returns a training without trees.
 *
 * @throws ForecastError INVALID_DATASET, INVALID_PARAMETER, see `train`.
 */
export function beginTraining(parts: TrainingParts, resolved: Params): Training {
  const { initModel, kernel } = parts;
  const [dataset, ...valid] = initModel ? continued(initModel, parts) : [parts.dataset, ...parts.valid];
  const objective = parts.objective
    ? customObjective(dataset, resolved.num_class, parts.objective)
    : createObjective(dataset, resolved);
  const { outputs } = objective;
  const constantHessian = objective.constantHessian && resolved.data_sample_strategy !== 'goss';
  const isForest = resolved.boosting === 'rf';
  if (isForest && dataset.initScore) {
    const expected = 'absent, and no initModel given, for a random forest';
    throw invalid('INVALID_DATASET', 'train', 'initScore', expected, 'given');
  }
  checkShapes(dataset, valid, outputs);
  checkStopping(valid, resolved, parts.metrics);
  checkLists(resolved, dataset);
  checkForced(resolved, dataset);
  if (resolved.isBounded && objective.renewLeaf) {
    const expected = `not given with the ${resolved.objective} objective, whose leaves are renewed`;
    throw invalid('INVALID_PARAMETER', 'train', 'monotone_constraints', expected, resolved.monotone.join(','));
  }
  if (initModel && initModel.outputs !== outputs) {
    throw invalid('INVALID_ARGUMENT', 'train', 'initModel', `a model of ${outputs} outputs`, initModel.outputs);
  }
  const binned = parts.binned?.train ?? sharedBins(parts.dataset, resolved);
  checkForced(resolved, dataset, binned.used);
  checkQueryBags(resolved, dataset, binned);
  checkPositions(resolved, dataset);
  // a leaf has at least one row: memory follows rows, however many leaves are allowed
  const params = { ...resolved, num_leaves: Math.min(resolved.num_leaves, Math.max(2, dataset.rows)) };
  const sampling = new FeatureSampling(binned.used, params);
  // the Python package resets its parameters when it first gets gradients of one's own, which draws once more
  if (parts.objective) sampling.next();
  const shape = { binned, outputs, constantHessian, params };
  const featuresOf = drawsByNode(params) ? ({ branch }: Leaf) => sampling.forNode(branch) : undefined;
  const quantizer = params.use_quantized_grad
    ? new GradientQuantizer(dataset.rows, constantHessian, copiesBag(dataset, binned, params), params)
    : undefined;
  const search = needsShape(binned, params)
    ? shapedSearch({ ...shape, featuresOf, quantizer })
    : kernel.createSearch(shape);
  const earlier = initModel ? initModel.trees.length / initModel.outputs : 0;
  const boosting = new Boosting({
    dataset,
    binned,
    valid,
    validBinned: parts.binned?.valid,
    objective,
    params,
    search,
    sampling,
    metrics: parts.metrics,
    earlier,
  });
  return {
    boosting,
    earlier,
    model: () => ({
      numClass: outputs,
      outputs,
      labelIndex: 0,
      objective: objective.text,
      averageOutput: isForest,
      featureNames: dataset.featureNames,
      featureInfos: binned.mappers.map(featureInfoOf),
      ...(resolved.isBounded && { monotoneConstraints: resolved.monotone.join(' ') }),
      trees: [...earlierTrees(initModel), ...boosting.trees],
      parameters: parametersBlock(resolved),
    }),
  };
}

function earlierTrees(model: Model | undefined): readonly Tree[] {
  if (!model) return [];
  return model.isRead ? model.trees.map(asNativeReads) : model.trees;
}

/** Of whole queries, native reads rows out of the bag from memory that it has not written, unless it has copied the bag. */
function checkQueryBags(params: Params, dataset: Dataset, binned: BinnedDataset): void {
  if (!params.bagging_by_query || !usesBagging(params)) return;
  if (!dataset.group) {
    throw invalid('INVALID_DATASET', 'train', 'group', 'the rows of each query, for bagging_by_query', undefined);
  }
  if (copiesBag(dataset, binned, params)) return;
  const expected = 'at most half of bagging_freq with bagging_by_query, and below 100 features';
  throw invalid('INVALID_PARAMETER', 'train', 'bagging_fraction', expected, params.bagging_fraction);
}

/** Native knows positions in the gradients of lambdarank alone, and takes them of all rows. */
function checkPositions(params: Params, dataset: Dataset): void {
  if (!dataset.position) return;
  const refuse = (expected: string) => {
    throw invalid('INVALID_DATASET', 'train', 'position', expected, 'given');
  };
  if (params.objective !== 'lambdarank') refuse('absent for other objectives than lambdarank');
  if (params.bagging_by_query) refuse('absent with bagging_by_query');
}

function checkShapes(dataset: Dataset, valid: readonly Dataset[], outputs: number): void {
  for (const { rows, features, initScore } of [dataset, ...valid]) {
    if (features !== dataset.features) {
      throw invalid('INVALID_DATASET', 'train', 'valid', `${dataset.features} features wide`, features);
    }
    if (initScore && initScore.length !== rows * outputs) {
      throw invalid('INVALID_DATASET', 'train', 'initScore', `of length ${rows * outputs}`, initScore.length);
    }
  }
}

function checkStopping(valid: readonly Dataset[], params: Params, metrics: readonly CustomMetric[] = []): void {
  if (!(params.early_stopping_round > 0)) return;
  if (valid.length === 0) {
    throw invalid('INVALID_DATASET', 'train', 'valid', 'given when early_stopping_round is above 0', undefined);
  }
  if (params.metric.length + metrics.length === 0) {
    const expected = 'at least one metric when early_stopping_round is above 0';
    throw invalid('INVALID_PARAMETER', 'train', 'metric', expected, 'none');
  }
}

/** Whether splits are to be found that kernels know nothing of. */
function needsShape({ mappers, used }: BinnedDataset, params: Params): boolean {
  return (
    used.some((feature) => mappers[feature].categories) ||
    params.extra_trees ||
    params.use_quantized_grad ||
    drawsByNode(params) ||
    isSmoothed(params) ||
    params.isBounded ||
    params.contributions.length > 0 ||
    params.forcedSplits.length > 0 ||
    hasCosts(params)
  );
}

function drawsByNode(params: Params): boolean {
  return params.feature_fraction_bynode < 1 || params.interactionGroups.length > 0;
}

/** Returns what model text says of a feature's values: their range or categories, `none` for one that cannot split. */
export function featureInfoOf({ trivial, categories, min, max }: BinMapper): string {
  if (!trivial && categories) return categories.join(':');
  return trivial ? 'none' : `[${formatG(min, 17)}:${formatG(max, 17)}]`;
}

import { invalid } from '../../errors.js';
import type { Dataset } from '../data/dataset.js';
import { shareBins } from '../data/shared-bins.js';
import { rawScores } from '../predict/raw-scores.js';
import type { Model } from '../text/model.js';

/**
 * Returns the training set and the validation sets with the raw scores of a model to start from.
 *
 * @throws ForecastError INVALID_ARGUMENT for a model of another width, or one that cannot be added to; INVALID_DATASET for a set with
 * scores of its own.
 */
export function continued(
  model: Model,
  { dataset, valid }: { readonly dataset: Dataset; readonly valid: readonly Dataset[] },
): readonly [Dataset, ...Dataset[]] {
  if (model.featureNames.length !== dataset.features) {
    const expected = `a model of ${dataset.features} features`;
    throw invalid('INVALID_ARGUMENT', 'train', 'initModel', expected, model.featureNames.length);
  }
  if (model.averageOutput) {
    throw invalid('INVALID_ARGUMENT', 'train', 'initModel', 'no random forest', 'average_output');
  }
  const started = (data: Dataset): Dataset => {
    if (data.initScore) throw invalid('INVALID_DATASET', 'train', 'initScore', 'absent with initModel', 'given');
    const scored = { ...data, initScore: rawScores(model, data.values, data.rows) };
    shareBins(data, scored);
    return scored;
  };
  return [started(dataset), ...valid.map(started)];
}

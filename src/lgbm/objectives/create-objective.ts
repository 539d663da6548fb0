import type { Dataset } from '../data/dataset.js';
import type { Params } from '../parameters/params.js';
import { binaryObjective } from './binary-objective.js';
import { multiclassObjective } from './multiclass-objective.js';
import type { Objective } from './objective.js';
import { quantileObjective } from './quantile-objective.js';
import { regressionObjective } from './regression-objective.js';

/**
 * Returns the objective that `params.objective` names.
 *
 * @throws ForecastError INVALID_DATASET for labels that the objective cannot take.
 */
export function createObjective(dataset: Dataset, params: Params): Objective {
  switch (params.objective) {
    case 'regression':
      return regressionObjective(dataset, params);
    case 'quantile':
      return quantileObjective(dataset, params);
    case 'binary':
      return binaryObjective(dataset, params);
    case 'multiclass':
      return multiclassObjective(dataset, params);
  }
}

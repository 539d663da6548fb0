import type { Dataset } from '../data/dataset.js';
import type { Params } from '../parameters/params.js';
import { absoluteObjective, relativeObjective } from './absolute-objective.js';
import { binaryObjective } from './binary-objective.js';
import { crossEntropyLambdaObjective } from './cross-entropy-lambda-objective.js';
import { crossEntropyObjective } from './cross-entropy-objective.js';
import { gammaObjective, poissonObjective, tweedieObjective } from './exponential-objectives.js';
import { lambdarankObjective } from './lambdarank-objective.js';
import { multiclassObjective } from './multiclass-objective.js';
import type { Objective } from './objective.js';
import { oneVsAllObjective } from './one-vs-all-objective.js';
import { quantileObjective } from './quantile-objective.js';
import { rankXendcgObjective } from './rank-xendcg-objective.js';
import { regressionObjective } from './regression-objective.js';
import { fairObjective, huberObjective } from './robust-objectives.js';

/**
 * Returns the objective that `params.objective` names; `custom` has none here.
 *
 * @throws ForecastError INVALID_DATASET for labels that the objective cannot take.
 */
export function createObjective(dataset: Dataset, params: Params): Objective {
  switch (params.objective) {
    case 'regression':
      return regressionObjective(dataset, params);
    case 'regression_l1':
      return absoluteObjective(dataset, params);
    case 'huber':
      return huberObjective(dataset, params);
    case 'fair':
      return fairObjective(dataset, params);
    case 'mape':
      return relativeObjective(dataset, params);
    case 'quantile':
      return quantileObjective(dataset, params);
    case 'poisson':
      return poissonObjective(dataset, params);
    case 'gamma':
      return gammaObjective(dataset);
    case 'tweedie':
      return tweedieObjective(dataset, params);
    case 'binary':
      return binaryObjective(dataset, params);
    case 'cross_entropy':
      return crossEntropyObjective(dataset);
    case 'cross_entropy_lambda':
      return crossEntropyLambdaObjective(dataset);
    case 'lambdarank':
      return lambdarankObjective(dataset, params);
    case 'rank_xendcg':
      return rankXendcgObjective(dataset, params);
    case 'multiclass':
      return multiclassObjective(dataset, params);
    case 'multiclassova':
      return oneVsAllObjective(dataset, params);
    case 'custom':
      throw new RangeError('createObjective: a custom objective has no name');
  }
}

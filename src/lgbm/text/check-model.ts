import { outputTransform } from '../objectives/output-transform.js';
import type { Model } from './model.js';
import { type ModelFault, modelFault } from './model-fault.js';

/** More outputs than this are refused in a model without trees, where nothing else bounds what a prediction would allocate. */
const MOST_OUTPUTS_WITHOUT_TREES = 1000;

/**
 * Checks that a model's head goes with its objective and with the number of its trees.
 *
 * @throws What `fault` returns; ForecastError UNSUPPORTED_MODEL for an objective that is not known.
 */
export function checkModel(
  { outputs, numClass, objective }: Pick<Model, 'outputs' | 'numClass' | 'objective'>,
  trees: number,
  fault: ModelFault = modelFault,
): void {
  if (outputs < 1) throw fault('num_tree_per_iteration', '>= 1', outputs);
  if (numClass < 1) throw fault('num_class', '>= 1', numClass);
  if (trees % outputs !== 0) throw fault('Tree=', `a multiple of ${outputs} trees`, trees);
  if (trees === 0 && outputs > MOST_OUTPUTS_WITHOUT_TREES) {
    throw fault('num_tree_per_iteration', `<= ${MOST_OUTPUTS_WITHOUT_TREES} without trees`, outputs);
  }
  outputTransform(objective); // refuses an unknown one
  const [name, ...settings] = objective.split(' ');
  const isPerClass = name === 'multiclass' || name === 'multiclassova';
  const classes = settings.find((word) => word.startsWith('num_class:'));
  if (isPerClass && classes !== `num_class:${outputs}`) throw fault('objective', `num_class:${outputs}`, objective);
  if (!isPerClass && name !== 'custom' && name !== '' && outputs !== 1) {
    throw fault('num_tree_per_iteration', `1 for objective ${name}`, outputs);
  }
}

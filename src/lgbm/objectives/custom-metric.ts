import type { Dataset } from '../data/dataset.js';
import type { Metric } from './metric.js';
import { outputTransform } from './output-transform.js';

/** A measure of one's own. */
export interface CustomMetric {
  readonly name: string;
  readonly biggerIsBetter: boolean;
  /**
   * Returns the measure of one dataset's predictions.
   *
   * @param predictions [rows × outputs], row-major, as `predict` gives them: in the objective's unit, or raw for a custom objective.
   */
  evaluate(predictions: Float64Array, dataset: Dataset): number;
}

/** Returns a measure of one's own as a metric: class-major raw scores are turned into predictions, and measured. */
export function measuredBy(metric: CustomMetric, dataset: Dataset, outputs: number, objectiveText: string): Metric {
  const { convert } = outputTransform(objectiveText);
  const { name, biggerIsBetter } = metric;
  const evaluate = (scores: Float64Array): readonly number[] => {
    const { rows } = dataset;
    const predictions = new Float64Array(scores.length);
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < outputs; k++) predictions[row * outputs + k] = scores[k * rows + row];
      convert(predictions, row * outputs);
    }
    return [metric.evaluate(predictions, dataset)];
  };
  return { names: [name], biggerIsBetter, evaluate };
}

import { invalid } from '../errors.js';
import { checkColumn } from './check-rows.js';

/**
 * Returns p values adjusted for having asked several questions, by Holm's step-down rule: one below 0.05 stands at the 5 % level
 * whatever the tests have to do with each other.
 *
 * @param pValues in [0, 1], any order
 * @returns as many, in the same order, each in [0, 1] and at least the plain one
 * @throws ForecastError `EMPTY_SERIES` without any; `INVALID_ARGUMENT` for a value outside [0, 1]
 * @see Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure", Scand. J. Statistics 6
 */
export function holm(pValues: ArrayLike<number>): Float64Array {
  checkColumn('holm', 'pValues', pValues);
  const order = Array.from({ length: pValues.length }, (_, i) => i).sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = new Float64Array(pValues.length);
  let largest = 0;
  order.forEach((i, rank) => {
    const p = pValues[i];
    if (p < 0 || p > 1) throw invalid('INVALID_ARGUMENT', 'holm', `pValues[${i}]`, 'in [0, 1]', p);
    largest = Math.max(largest, Math.min(1, p * (pValues.length - rank)));
    adjusted[i] = largest;
  });
  return adjusted;
}

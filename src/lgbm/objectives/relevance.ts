import { invalid } from '../../errors.js';
import { MOST_ROWS_OF_QUERY } from '../data/queries.js';
import { accurateLog2 } from '../numbers/accurate-log.js';

/** [labels] what a row of each relevance adds: 2^label - 1 for 0 to 30, unless `label_gain` says otherwise. */
export function labelGains(given: readonly number[]): Float64Array {
  return given.length > 0 ? Float64Array.from(given) : Float64Array.from({ length: 31 }, (_, label) => 2 ** label - 1);
}

/**
 * Refuses labels that are no relevance.
 *
 * @throws ForecastError INVALID_DATASET naming the row.
 */
export function checkRelevance(field: string, labels: Float32Array, levels: number): void {
  const at = labels.findIndex((label) => !Number.isInteger(label) || label < 0 || label >= levels);
  if (at >= 0) {
    throw invalid('INVALID_DATASET', 'train', `${field}[${at}]`, `a relevance 0..${levels - 1}`, labels[at]);
  }
}

let discounts: Float64Array | undefined;

/** Returns [10,000] what a position counts for: 1 / log2(2 + position). */
export function positionDiscounts(): Float64Array {
  discounts ??= Float64Array.from({ length: MOST_ROWS_OF_QUERY }, (_, position) => 1 / log2Of(position + 2));
  return discounts;
}

/** glibc misses the nearest double, by one unit of the last place, at 1621 and its doubles alone. */
function log2Of(n: number): number {
  const log = accurateLog2(n);
  return n === 1621 || n === 3242 || n === 6484 ? log + 2 ** -49 : log;
}

/** Returns the rows of a query, as indices from `begin`, by falling score; equal ones stay as they are. */
export function rankedRows(scores: Float64Array, begin: number, end: number): Uint32Array {
  const order = new Uint32Array(end - begin);
  for (let i = 0; i < order.length; i++) order[i] = begin + i;
  return order.sort((a, b) => (scores[a] > scores[b] ? -1 : scores[a] < scores[b] ? 1 : 0));
}

/** Returns the largest discounted gain that an order of these rows can have, counting the first rows alone, for each of `ks`. */
export function bestGains(
  labels: Float32Array,
  begin: number,
  end: number,
  gains: Float64Array,
  ks: readonly number[],
): Float64Array {
  const counts = new Int32Array(gains.length);
  for (let row = begin; row < end; row++) counts[labels[row]]++;
  const discount = positionDiscounts();
  const best = new Float64Array(ks.length);
  let label = gains.length - 1;
  let sum = 0;
  let position = 0;
  for (let i = 0; i < ks.length; i++) {
    for (const last = Math.min(ks[i], end - begin); position < last; position++) {
      while (label > 0 && counts[label] <= 0) label--;
      sum += discount[position] * gains[label];
      counts[label]--;
    }
    best[i] = sum;
  }
  return best;
}

import type { Dataset } from '../data/dataset.js';
import { type Queries, queriesOf } from '../data/queries.js';
import type { Metric } from './metric.js';
import { bestGains, checkRelevance, labelGains, positionDiscounts, rankedRows } from './relevance.js';

/** What of the parameters says how rankings are measured. */
export interface RankingParams {
  /** Ascending; empty for 1 to 5. */
  readonly evalAt: readonly number[];
  readonly labelGains: readonly number[];
}

/**
 * Returns the normalised discounted cumulative gain of the first k rows of each query, for each k of `eval_at`; 1 for a query without
 * anything relevant.
 *
 * @throws ForecastError INVALID_DATASET without query groups, or for labels that are no relevance.
 */
export function ndcgMetric(dataset: Dataset, params: RankingParams): Metric {
  const { labels } = dataset;
  const queries = queriesOf(dataset, 'group', 'the ndcg metric');
  const { bounds } = queries;
  const gains = labelGains(params.labelGains);
  checkRelevance('valid labels', labels, gains.length);
  const ks = positions(params);
  const discount = positionDiscounts();
  const inverse = Array.from({ length: bounds.length - 1 }, (_, q) =>
    bestGains(labels, bounds[q], bounds[q + 1], gains, ks).map((best) => (best > 0 ? 1 / best : -1)),
  );
  return rankingMetric('ndcg', ks, queries, (scores, q, add) => {
    if (inverse[q][0] <= 0) {
      // native counts such a query with a weight of 1
      for (let i = 0; i < ks.length; i++) add(i, 1, false);
      return;
    }
    const order = rankedRows(scores, bounds[q], bounds[q + 1]);
    let sum = 0;
    let position = 0;
    for (let i = 0; i < ks.length; i++) {
      for (const last = Math.min(ks[i], order.length); position < last; position++) {
        sum += gains[labels[order[position]]] * discount[position];
      }
      add(i, sum * inverse[q][i], true);
    }
  });
}

/**
 * Returns the mean average precision of the first k rows of each query, for each k of `eval_at`; labels above 0.5 are relevant.
 *
 * @throws ForecastError INVALID_DATASET without query groups.
 */
export function mapMetric(dataset: Dataset, params: RankingParams): Metric {
  const { labels } = dataset;
  const queries = queriesOf(dataset, 'group', 'the map metric');
  const { bounds } = queries;
  const ks = positions(params);
  return rankingMetric('map', ks, queries, (scores, q, add) => {
    const order = rankedRows(scores, bounds[q], bounds[q + 1]);
    const relevant = order.reduce((count, row) => count + (labels[row] > 0.5 ? 1 : 0), 0);
    let hits = 0;
    let sum = 0;
    let position = 0;
    for (let i = 0; i < ks.length; i++) {
      const last = Math.min(ks[i], order.length);
      for (; position < last; position++) {
        if (labels[order[position]] > 0.5) sum += ++hits / (position + 1);
      }
      add(i, relevant > 0 ? sum / Math.min(relevant, last) : 1, true);
    }
  });
}

type Add = (i: number, value: number, isWeighted: boolean) => void;

function rankingMetric(
  name: string,
  ks: readonly number[],
  { bounds, weights }: Queries,
  measure: (scores: Float64Array, query: number, add: Add) => void,
): Metric {
  const count = bounds.length - 1;
  const whole = weights ? weights.reduce((sum, weight) => sum + weight, 0) : count;
  return {
    names: ks.map((k) => `${name}@${k}`),
    biggerIsBetter: true,
    evaluate(scores) {
      const sums = ks.map(() => 0);
      for (let q = 0; q < count; q++) {
        measure(scores, q, (i, value, isWeighted) => {
          sums[i] += weights && isWeighted ? value * weights[q] : value;
        });
      }
      return sums.map((sum) => sum / whole);
    },
  };
}

function positions({ evalAt }: RankingParams): readonly number[] {
  return evalAt.length > 0 ? evalAt : [1, 2, 3, 4, 5];
}

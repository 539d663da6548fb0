import type { Dataset } from '../data/dataset.js';
import { queriesOf } from '../data/queries.js';
import { exponential } from '../numbers/exponential.js';
import { EPSILON } from '../numbers/floats.js';
import { Random } from '../numbers/random.js';
import type { Objective } from './objective.js';
import { checkRelevance } from './relevance.js';

/** Beyond, native's powers of two overflow. */
const LEVELS = 31;

/**
 * Returns the cross entropy objective of ranking: each query's rows as a distribution, drawn around its labels in every iteration.
 *
 * @throws ForecastError INVALID_DATASET without query groups, or for labels that are no relevance.
 * @see Bruch (2021), An Alternative Cross Entropy Loss for Learning-to-Rank
 */
export function rankXendcgObjective(dataset: Dataset, params: { readonly objective_seed: number }): Objective {
  const { labels, weights } = dataset;
  const { bounds } = queriesOf(dataset, 'group', 'the rank_xendcg objective');
  checkRelevance('labels', labels, LEVELS);
  const randoms = Array.from({ length: bounds.length - 1 }, (_, query) => new Random(params.objective_seed + query));

  const all = Array.from(randoms, (_, query) => query);
  const fitQuery = (query: number, scores: Float64Array, gradients: Float32Array, hessians: Float32Array) => {
    const [begin, end] = [bounds[query], bounds[query + 1]];
    if (end - begin <= 1) {
      gradients[begin] = 0;
      hessians[begin] = 0;
      return;
    }
    const share = softmax(scores.subarray(begin, end));
    const count = share.length;
    const term = new Float64Array(count);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      term[i] = 2 ** labels[begin + i] - randoms[query].nextFloat();
      sum += term[i];
    }
    const inverse = 1 / Math.max(EPSILON, sum);
    let first = 0;
    for (let i = 0; i < count; i++) {
      const t = -term[i] * inverse + share[i];
      gradients[begin + i] = t;
      term[i] = t / (1 - share[i]);
      first += term[i];
    }
    let second = 0;
    for (let i = 0; i < count; i++) {
      const t = share[i] * (first - term[i]);
      gradients[begin + i] += Math.fround(t);
      term[i] = t / (1 - share[i]);
      second += term[i];
    }
    for (let i = 0; i < count; i++) {
      gradients[begin + i] += Math.fround(share[i] * (second - term[i]));
      hessians[begin + i] = share[i] * (1 - share[i]);
    }
  };

  return {
    text: 'rank_xendcg',
    outputs: 1,
    constantHessian: false,
    initialScore: () => 0,
    needsTraining: () => true,
    gradients(scores, gradients, hessians, queries = all) {
      for (const query of queries) {
        fitQuery(query, scores, gradients, hessians);
        for (let row = bounds[query]; weights && row < bounds[query + 1]; row++) {
          gradients[row] *= weights[row];
          hessians[row] *= weights[row];
        }
      }
    },
  };
}

function softmax(scores: Float64Array): Float64Array {
  let largest = scores[0];
  for (const score of scores) largest = Math.max(score, largest);
  let sum = 0;
  const shares = scores.map((score) => {
    const e = exponential(score - largest);
    sum += e;
    return e;
  });
  for (let i = 0; i < shares.length; i++) shares[i] /= sum;
  return shares;
}

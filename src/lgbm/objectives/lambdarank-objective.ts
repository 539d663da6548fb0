import type { Dataset } from '../data/dataset.js';
import { queriesOf } from '../data/queries.js';
import { accurateLog2 } from '../numbers/accurate-log.js';
import { exponential } from '../numbers/exponential.js';
import type { Params } from '../parameters/params.js';
import type { Objective } from './objective.js';
import { PlaceBiases } from './place-biases.js';
import { bestGains, checkRelevance, labelGains, positionDiscounts, rankedRows } from './relevance.js';

/** What of the parameters shapes the loss. */
type LambdarankParams = Pick<
  Params,
  | 'sigmoid'
  | 'labelGains'
  | 'lambdarank_norm'
  | 'lambdarank_truncation_level'
  | 'learning_rate'
  | 'lambdarank_position_bias_regularization'
>;

/** Native adds this, a float32, to a distance of scores before it divides by it. */
const NEAREST = Math.fround(0.01);

/**
 * Returns LambdaRank's objective: pairs of a query's rows, weighted by what swapping them would change of its NDCG.
 *
 * @throws ForecastError INVALID_DATASET without query groups, or for labels that are no relevance.
 * @see Burges (2010), From RankNet to LambdaRank to LambdaMART: An Overview
 */
export function lambdarankObjective(dataset: Dataset, params: LambdarankParams): Objective {
  const { labels, weights } = dataset;
  const places = dataset.position && new PlaceBiases(dataset.position, params);
  const { sigmoid, lambdarank_norm: isNormed, lambdarank_truncation_level: level } = params;
  const { bounds } = queriesOf(dataset, 'group', 'the lambdarank objective');
  const gains = labelGains(params.labelGains);
  checkRelevance('labels', labels, gains.length);
  const discount = positionDiscounts();
  const sigmoidOf = sigmoidTable(sigmoid);
  const inverse = Float64Array.from({ length: bounds.length - 1 }, (_, q) => {
    const [best] = bestGains(labels, bounds[q], bounds[q + 1], gains, [level]);
    return best > 0 ? 1 / best : best;
  });

  const all = Array.from(inverse, (_, query) => query);
  const fitQuery = (query: number, scores: Float64Array, gradients: Float32Array, hessians: Float32Array) => {
    const [begin, end] = [bounds[query], bounds[query + 1]];
    gradients.fill(0, begin, end);
    hessians.fill(0, begin, end);
    const order = rankedRows(scores, begin, end);
    const count = order.length;
    const best = scores[order[0]];
    let last = count - 1;
    if (last > 0 && scores[order[last]] === -Infinity) last--;
    const scales = isNormed && best !== scores[order[last]];
    let sum = 0;
    for (let i = 0; i < count - 1 && i < level; i++) {
      if (scores[order[i]] === -Infinity) continue;
      for (let j = i + 1; j < count; j++) {
        if (scores[order[j]] === -Infinity || labels[order[i]] === labels[order[j]]) continue;
        const isRight = labels[order[i]] > labels[order[j]];
        const high = order[isRight ? i : j];
        const low = order[isRight ? j : i];
        const distance = scores[high] - scores[low];
        let change = (gains[labels[high]] - gains[labels[low]]) * Math.abs(discount[i] - discount[j]) * inverse[query];
        if (scales) change /= NEAREST + Math.abs(distance);
        const p = sigmoidOf(distance);
        const lambda = p * (-sigmoid * change);
        const hessian = p * (1 - p) * (sigmoid * sigmoid * change);
        gradients[low] -= Math.fround(lambda);
        hessians[low] += Math.fround(hessian);
        gradients[high] += Math.fround(lambda);
        hessians[high] += Math.fround(hessian);
        sum -= 2 * lambda;
      }
    }
    if (!isNormed || !(sum > 0)) return;
    const factor = accurateLog2(1 + sum) / sum;
    for (let row = begin; row < end; row++) {
      gradients[row] *= factor;
      hessians[row] *= factor;
    }
  };

  return {
    text: 'lambdarank',
    outputs: 1,
    constantHessian: false,
    initialScore: () => 0,
    needsTraining: () => true,
    gradients(scores, gradients, hessians, queries = all) {
      const seen = places?.addedTo(scores) ?? scores;
      for (const query of queries) {
        fitQuery(query, seen, gradients, hessians);
        for (let row = bounds[query]; weights && row < bounds[query + 1]; row++) {
          gradients[row] *= weights[row];
          hessians[row] *= weights[row];
        }
      }
      places?.learn(gradients, hessians);
    },
  };
}

const BINS = 1024 * 1024;

/** Native looks 1 / (1 + e^(slope × x)) up in a table of a million steps; here they are computed when they are first asked for. */
function sigmoidTable(slope: number): (x: number) => number {
  const table = new Float64Array(BINS);
  const least = -50 / slope / 2;
  const most = -least;
  const binsPerUnit = BINS / (most - least);
  return (x) => {
    const bin = x <= least ? 0 : x >= most ? BINS - 1 : Math.trunc((x - least) * binsPerUnit);
    if (table[bin] === 0) table[bin] = 1 / (1 + exponential((bin / binsPerUnit + least) * slope));
    return table[bin];
  };
}

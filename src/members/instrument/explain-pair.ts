import type { ExplainedNumber } from '../../ensemble/index.js';
import { type ExplainedScore, explainBooster, factor, percentage } from '../lgbm/explain-booster.js';
import { featuresFor, type NewestBar } from '../lgbm/newest-bar.js';
import type { Pair } from './read-pairs.js';

/** In the order of the classes. */
const DIRECTIONS = ['down', 'flat', 'up'] as const;

/**
 * Returns what the features of the newest bar add to the return that is stated, and to the weights of the directions where these are stated.
 *
 * A pair of which validation keeps a share only is explained by that share; one that is the random walk by no feature at all.
 */
export function explainPair(pair: Pair, newest: NewestBar): ExplainedNumber[] {
  const { pull, shares } = pair.spread ?? { pull: 1, shares: true };
  return [explainReturn(pair, pull, newest), ...(shares ? explainDirections(pair, newest) : [])];
}

function explainReturn({ regressor, keys }: Pair, pull: number, newest: NewestBar): ExplainedNumber {
  if (pull === 0) {
    const text = "return: none but the random walk's, since validation found the model no better";
    return { name: 'return', total: 0, expected: 0, contributions: [], text };
  }
  const kept = pull === 1 ? '' : `, ${100 * pull} % of what the model says`;
  const score: ExplainedScore = {
    name: 'return',
    share: pull,
    added: (amount) => `return ${percentage(amount)}`,
    told: ({ total, expected }) => `return: ${percentage(total)}, on average ${percentage(expected)}${kept}`,
  };
  const booster = regressor();
  return explainBooster(booster, featuresFor(booster, keys[0], newest), [score])[0];
}

function explainDirections({ classifier, keys }: Pair, newest: NewestBar): ExplainedNumber[] {
  const booster = classifier();
  const row = featuresFor(booster, keys[1], newest);
  const shares = booster.predict(row, { rows: 1 });
  const scores = DIRECTIONS.map(
    (name, i): ExplainedScore => ({
      name,
      added: (amount) => `weight of ${name} × ${factor(Math.exp(amount))}`,
      told: ({ total, expected }) =>
        `${name}: share ${(100 * shares[i]).toFixed(1)} %, weight ${factor(Math.exp(total))}, on average ${factor(Math.exp(expected))}`,
    }),
  );
  return explainBooster(booster, row, scores);
}

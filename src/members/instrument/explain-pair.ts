import type { ExplainedNumber } from '../../ensemble/index.js';
import { type ExplainedScore, explainBooster, factor, percentage } from '../lgbm/explain-booster.js';
import { featuresFor, type NewestBar } from '../lgbm/newest-bar.js';
import type { Pair } from './read-pairs.js';

const RETURN: ExplainedScore = {
  name: 'return',
  added: (amount) => `return ${percentage(amount)}`,
  told: ({ total, expected }) => `return: ${percentage(total)}, on average ${percentage(expected)}`,
};

/** In the order of the classes. */
const DIRECTIONS = ['down', 'flat', 'up'] as const;

/** Returns what the features of the newest bar add to the return and to the weights of the directions. */
export function explainPair(
  { regressor, classifier }: Pair,
  [regressorKey, classifierKey]: readonly [string, string],
  newest: NewestBar,
): ExplainedNumber[] {
  const row = featuresFor(classifier, classifierKey, newest);
  const shares = classifier.predict(row, { rows: 1 });
  const scores = DIRECTIONS.map(
    (name, i): ExplainedScore => ({
      name,
      added: (amount) => `weight of ${name} × ${factor(Math.exp(amount))}`,
      told: ({ total, expected }) =>
        `${name}: share ${(100 * shares[i]).toFixed(1)} %, weight ${factor(Math.exp(total))}, on average ${factor(Math.exp(expected))}`,
    }),
  );
  return [
    ...explainBooster(regressor, featuresFor(regressor, regressorKey, newest), [RETURN]),
    ...explainBooster(classifier, row, scores),
  ];
}

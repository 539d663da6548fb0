import type { ExplainedNumber } from '../../ensemble/index.js';
import type { Booster } from '../../lgbm/index.js';
import { type ExplainedScore, explainBooster, factor } from '../lgbm/explain-booster.js';

/** The booster forecasts the logarithm of a variance ratio; volatilities are told. */
const ratio = (logVariance: number) => factor(Math.exp(logVariance / 2));

const SCALE: ExplainedScore = {
  name: 'scale',
  added: (amount) => `volatility × ${ratio(amount)}`,
  told: ({ total, expected }) => `volatility: ${ratio(total)} × the EWMA volatility, on average ${ratio(expected)} ×`,
};

/** Returns what the features of the newest bar add to the forecast volatility; nothing where the forecast is made without the booster. */
export function explainScale(
  row: Float64Array,
  { scale, withoutBooster }: { scale: Booster; withoutBooster?: boolean },
): ExplainedNumber {
  if (!withoutBooster) return explainBooster(scale, row, [SCALE])[0];
  const text = 'volatility: the EWMA volatility itself, since validation found the model worse than none';
  return { name: 'scale', total: 0, expected: 0, contributions: [], text };
}

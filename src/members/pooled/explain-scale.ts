import type { Contribution, ExplainedNumber } from '../../ensemble/index.js';
import type { Booster } from '../../lgbm/index.js';
import { type ExplainedScore, explainBooster, factor, percentage } from '../lgbm/explain-booster.js';
import { type LinearScale, linearTerms, predictLinear } from './linear-scale.js';
import type { PooledQuantiles } from './pooled-quantiles.js';

/** The models forecast the logarithm of a variance ratio; volatilities are told. */
const ratio = (logVariance: number) => factor(Math.exp(logVariance / 2));

const SCALE: ExplainedScore = {
  name: 'scale',
  added: (amount) => `volatility × ${ratio(amount)}`,
  told: ({ total, expected }) => `volatility: ${ratio(total)} × the EWMA volatility, on average ${ratio(expected)} ×`,
};

/** What stands for the amount by which the bounds of a regression's forecast change it. */
const BOUNDS = 'bounds';

/**
 * Returns what the inputs of the newest bar add to the forecast volatility: TreeSHAP's contributions for trees, for a regression each
 * coefficient × (input - mean of the training), for both of them both. Nothing adds to the random walk's.
 *
 * @param row `inputs`: the regression's, where there is one; `trees`: builds the features of the trees, where they are used
 */
export function explainScale(
  { scale, linear, randomWalk, withoutTrees }: PooledQuantiles & { scale: Booster },
  row: { inputs: Float64Array; trees: () => Float64Array },
): ExplainedNumber {
  if (randomWalk) {
    const text = "volatility: the random walk's EWMA volatility itself, since validation found the models worse";
    return { name: 'scale', total: 0, expected: 0, contributions: [], text };
  }
  const parts = [
    ...(linear === undefined ? [] : [explainLinear(linear, row.inputs)]),
    ...(withoutTrees ? [] : [explainBooster(scale, row.trees(), [SCALE])[0]]),
  ];
  if (parts.length === 1) return parts[0];
  const number = parts.reduce(
    (sum, { total, expected }) => ({ total: sum.total + total, expected: sum.expected + expected }),
    { total: 0, expected: 0 },
  );
  const contributions = largestFirst(parts.flatMap((part) => part.contributions));
  return { name: 'scale', ...number, contributions, text: SCALE.told(number) };
}

/**
 * Returns what the close's place in its day's range moves the forecast by, as a return.
 *
 * @param shift in volatilities; `value`: where the close lay beside the market's closes, in ranges
 */
export function explainLean(
  shift: number,
  { volatility, value }: { volatility: number; value: number },
): ExplainedNumber {
  const total = Math.expm1(shift * volatility);
  const contribution = { feature: 'close_location', value, adds: total, text: `return ${percentage(total)}` };
  return { name: 'return', total, expected: 0, contributions: [contribution], text: `return: ${percentage(total)}` };
}

function explainLinear(linear: LinearScale, inputs: Float64Array): ExplainedNumber {
  const terms = linearTerms(linear, inputs);
  const unbounded = terms.reduce((sum, term) => sum + term, linear.intercept);
  const [total] = predictLinear(linear, inputs);
  const contribution = (feature: string, value: number, adds: number): Contribution => ({
    feature,
    value,
    adds,
    text: SCALE.added(adds),
  });
  const number = { total, expected: linear.intercept };
  return {
    name: 'scale',
    ...number,
    contributions: largestFirst([
      ...linear.names.map((feature, k) => contribution(feature, inputs[k], terms[k])),
      contribution(BOUNDS, Number.NaN, total - unbounded),
    ]),
    text: SCALE.told(number),
  };
}

/** Returns the contributions that add something, in the order in which they are told. */
function largestFirst(contributions: readonly Contribution[]): Contribution[] {
  return contributions.filter(({ adds }) => adds !== 0).sort((a, b) => Math.abs(b.adds) - Math.abs(a.adds));
}

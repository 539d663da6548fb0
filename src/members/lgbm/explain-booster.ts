import type { Contribution, ExplainedNumber } from '../../ensemble/index.js';
import type { Booster } from '../../lgbm/index.js';

/** How one raw score of a booster is told. */
export interface ExplainedScore {
  readonly name: ExplainedNumber['name'];
  /** Share of the score that is stated; default all of it. */
  readonly share?: number;
  /** Returns in words what adding so much comes to. */
  readonly added: (amount: number) => string;
  /** Returns the number in words. */
  readonly told: (number: { total: number; expected: number }) => string;
}

/**
 * Returns the raw scores of one row taken apart by features (TreeSHAP), in the order of `scores`.
 *
 * @param values the row, in the order of the booster's features
 * @throws ForecastError `UNSUPPORTED_MODEL` for trees whose contributions cannot be had
 */
export function explainBooster(
  booster: Booster,
  values: Float64Array,
  scores: readonly ExplainedScore[],
): ExplainedNumber[] {
  const width = booster.numFeatures + 1;
  const parts = booster.predict(values, { rows: 1, kind: 'contrib' });
  const totals = booster.predict(values, { rows: 1, kind: 'raw' });
  return scores.map(({ name, share = 1, added, told }, output) => {
    const own = parts.slice(output * width, (output + 1) * width).map((part) => share * part);
    const contributions = booster.featureNames.map(
      (feature, i): Contribution => ({ feature, value: values[i], adds: own[i], text: added(own[i]) }),
    );
    const number = { total: share * totals[output], expected: own[width - 1] };
    return {
      name,
      ...number,
      ...(share === 1 ? {} : { share }),
      contributions: contributions.filter(({ adds }) => adds !== 0).sort((a, b) => Math.abs(b.adds) - Math.abs(a.adds)),
      text: told(number),
    };
  });
}

/** Returns a factor: '1.08'. */
export function factor(value: number): string {
  return value.toFixed(2);
}

/** Returns a change in percent with its sign: '+0.31 %'. */
export function percentage(change: number): string {
  return `${change < 0 ? '-' : '+'}${Math.abs(100 * change).toFixed(2)} %`;
}

import { invalid } from '../errors.js';
import { quantileFunction } from '../stats/index.js';

/** A distribution by its quantiles. */
export interface QuantileSet {
  /** Ascending, each in (0, 1), at least two. */
  levels: ArrayLike<number>;
  /** The quantile at each level, finite, non-decreasing. */
  values: ArrayLike<number>;
}

/**
 * Returns the probability below `lower`, inside [lower, upper] and above `upper` of a distribution known by its quantiles.
 *
 * The distribution is that of quantileFunction: linear between the quantiles, with exponential tails. An atom on an edge is inside.
 *
 * @returns three shares in [0, 1], together 1
 * @throws ForecastError `INVALID_ARGUMENT` if there are fewer than two levels, as many values are not given, levels or values
 * are not ascending, or lower > upper
 */
export function probabilitiesFromQuantiles({
  levels,
  values,
  lower,
  upper,
}: QuantileSet & { lower: number; upper: number }): {
  below: number;
  inside: number;
  above: number;
} {
  checkQuantiles(levels, values);
  if (!(lower <= upper)) throw invalid('INVALID_ARGUMENT', 'probabilitiesFromQuantiles', 'lower', `<= ${upper}`, lower);
  const { cdf } = quantileFunction(Array.from(levels), values);
  const below = cdf(lower, { strictly: true });
  const upTo = cdf(upper);
  return { below, inside: Math.max(0, upTo - below), above: 1 - upTo };
}

/**
 * Returns the probabilities of the three directions that the quantiles of a close imply.
 *
 * Up is a close more than `flatBand` above the base close, down one more than that below, flat the rest, edges included.
 *
 * @param flatBand half-width as a simple return, >= 0; default 0.003
 */
export function directionProbabilities(
  quantiles: QuantileSet,
  baseClose: number,
  flatBand = 0.003,
): { probUp: number; probFlat: number; probDown: number } {
  const { below, inside, above } = probabilitiesFromQuantiles({
    ...quantiles,
    lower: baseClose * (1 - flatBand),
    upper: baseClose * (1 + flatBand),
  });
  return { probUp: above, probFlat: inside, probDown: below };
}

function checkQuantiles(levels: ArrayLike<number>, values: ArrayLike<number>): void {
  const where = 'probabilitiesFromQuantiles';
  if (levels.length < 2) throw invalid('INVALID_ARGUMENT', where, 'levels', 'at least two levels', levels);
  if (values.length !== levels.length) {
    throw invalid(
      'INVALID_ARGUMENT',
      where,
      'values',
      `one for each of ${levels.length} levels`,
      `${values.length} values`,
    );
  }
  for (let i = 0; i < levels.length; i++) {
    if (!(levels[i] > (i === 0 ? 0 : levels[i - 1]) && levels[i] < 1)) {
      throw invalid('INVALID_ARGUMENT', where, `levels[${i}]`, 'ascending and in (0, 1)', levels[i]);
    }
    if (!(Math.abs(values[i]) < Infinity) || (i > 0 && values[i] < values[i - 1])) {
      throw invalid('INVALID_ARGUMENT', where, `values[${i}]`, 'finite and non-decreasing', values[i]);
    }
  }
}

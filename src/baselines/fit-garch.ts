import { gammaln } from 'simple-statistics';
import { invalid } from '../errors.js';
import { mean } from '../stats/index.js';
import { logistic, logit } from './logistic.js';
import { nelderMead } from './nelder-mead.js';

/** GARCH(1,1) with Student t errors: variance[t] = omega + alpha · r[t-1]² + beta · variance[t-1]. */
export interface GarchParameters {
  /** In squared units of the returns, > 0. */
  omega: number;
  /** >= 0; alpha + beta < 1. */
  alpha: number;
  beta: number;
  /** Degrees of freedom of the errors, in (2.05, 500). */
  nu: number;
}

/** Fewer returns than this leave four parameters undetermined. */
export const GARCH_LEAST_RETURNS = 100;

/** Persistences and shares of alpha that the search starts from the best of. */
const PERSISTENCES = [0.5, 0.9, 0.97, 0.99];
const ALPHA_SHARES = [0.05, 0.1, 0.2];
const MOST_PERSISTENT = 0.99999;
const NU_RANGE = [2.05, 500];

/**
 * Returns the maximum-likelihood parameters of a GARCH(1,1) with Student t errors and no mean, with the log-likelihood reached.
 *
 * The variance before the first return is a mean of the first 75 squared returns with weights 0.94^t (the package arch's backcast).
 *
 * @param returns log returns in any unit (0.01 or 1 for one percent), finite, at least 100, not all 0
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer returns; `INVALID_ARGUMENT` for values that are not finite, or all 0
 * @see Bollerslev 1987, Review of Economics and Statistics 69
 */
export function fitGarch(returns: ArrayLike<number>): GarchParameters & { logLikelihood: number } {
  const where = 'fitGarch';
  const { scaled, level } = scaledSquares(where, returns);
  const before = backcast(scaled);
  const objective = (point: Float64Array) => -studentLogLikelihood(scaled, parametersAt(point), before);

  let start = new Float64Array(4);
  let least = Infinity;
  for (const persistence of PERSISTENCES) {
    for (const share of ALPHA_SHARES) {
      const point = Float64Array.of(0, logit(persistence / MOST_PERSISTENT), logit(share), Math.log(8 - NU_RANGE[0]));
      const value = objective(point);
      if (value < least) [start, least] = [point, value];
    }
  }
  // A second simplex from where the first ended: the first may have collapsed on a slope.
  const first = nelderMead(objective, start);
  const { point, value } = nelderMead(objective, first.point, { step: 0.1 });
  const { omega, alpha, beta, nu } = parametersAt(point);
  return { omega: omega * level, alpha, beta, nu, logLikelihood: -value - (returns.length / 2) * Math.log(level) };
}

/**
 * Returns the squares of the returns in units of their mean, in which a search is the same for percents and for fractions.
 *
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer than 100 returns; `INVALID_ARGUMENT` for values that are not finite, or all 0
 */
export function scaledSquares(where: string, returns: ArrayLike<number>): { scaled: Float64Array; level: number } {
  if (returns.length < GARCH_LEAST_RETURNS) {
    throw invalid('SERIES_TOO_SHORT', where, 'returns', `at least ${GARCH_LEAST_RETURNS}`, `${returns.length} returns`);
  }
  const squares = Float64Array.from(returns, (r) => r * r);
  for (let i = 0; i < squares.length; i++) {
    if (!Number.isFinite(squares[i]))
      throw invalid('INVALID_ARGUMENT', where, `returns[${i}]`, 'a finite number', returns[i]);
  }
  const level = mean(squares);
  if (level === 0) throw invalid('INVALID_ARGUMENT', where, 'returns', 'not all 0', 'only zeros');
  return { scaled: squares.map((square) => square / level), level };
}

/** The four free numbers of the search as parameters within their ranges: log variance, persistence, alpha's share of it, nu. */
function parametersAt(point: Float64Array): GarchParameters {
  const persistence = MOST_PERSISTENT * logistic(point[1]);
  const alpha = persistence * logistic(point[2]);
  return {
    omega: Math.exp(point[0]) * (1 - persistence),
    alpha,
    beta: persistence - alpha,
    nu: Math.min(NU_RANGE[0] + Math.exp(point[3]), NU_RANGE[1]),
  };
}

/**
 * Returns the variance forecast for each return, and after the last one for the next: [returns + 1].
 *
 * @param squares squared returns
 */
export function garchVariances(squares: Float64Array, { omega, alpha, beta }: GarchParameters): Float64Array {
  const variances = new Float64Array(squares.length + 1);
  const before = backcast(squares);
  variances[0] = omega + (alpha + beta) * before;
  for (let t = 0; t < squares.length; t++) variances[t + 1] = omega + alpha * squares[t] + beta * variances[t];
  return variances;
}

/** Returns the weighted mean of the first squares that stands in for the variance before them. */
export function backcast(squares: Float64Array): number {
  let [sum, weights, weight] = [0, 0, 1];
  for (let t = 0; t < Math.min(75, squares.length); t++) {
    sum += weight * squares[t];
    weights += weight;
    weight *= 0.94;
  }
  return sum / weights;
}

function studentLogLikelihood(
  squares: Float64Array,
  { omega, alpha, beta, nu }: GarchParameters,
  before: number,
): number {
  const power = (nu + 1) / 2;
  let variance = omega + (alpha + beta) * before;
  let sum = 0;
  for (let t = 0; t < squares.length; t++) {
    sum -= 0.5 * Math.log(variance) + power * Math.log1p(squares[t] / (variance * (nu - 2)));
    variance = omega + alpha * squares[t] + beta * variance;
  }
  return sum + squares.length * (gammaln(power) - gammaln(nu / 2) - 0.5 * Math.log(Math.PI * (nu - 2)));
}

import { logistic } from './logistic.js';
import { backcast, fitStudent, MOST_PERSISTENT, NU_RANGE } from './student-search.js';

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

/** Persistences and shares of alpha that the search starts from the best of. */
const PERSISTENCES = [0.5, 0.9, 0.97, 0.99];
const ALPHA_SHARES = [0.05, 0.1, 0.2];

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
  return fitStudent('fitGarch', returns, {
    persistences: PERSISTENCES,
    shares: ALPHA_SHARES,
    parametersAt,
    firstVariance,
    nextVariance,
  });
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
export function garchVariances(squares: Float64Array, parameters: GarchParameters): Float64Array {
  const variances = new Float64Array(squares.length + 1);
  variances[0] = firstVariance(parameters, backcast(squares));
  for (let t = 0; t < squares.length; t++) variances[t + 1] = nextVariance(variances[t], squares[t], parameters);
  return variances;
}

function firstVariance({ omega, alpha, beta }: GarchParameters, before: number): number {
  return omega + (alpha + beta) * before;
}

function nextVariance(variance: number, square: number, { omega, alpha, beta }: GarchParameters): number {
  return omega + alpha * square + beta * variance;
}

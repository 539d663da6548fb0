import { logistic } from './logistic.js';
import { backcast, fitStudent, MOST_PERSISTENT, NU_RANGE } from './student-search.js';

/**
 * GAS(1,1) of the variance with Student t errors: variance[t] = omega + alpha · score[t-1] + beta · variance[t-1], where
 * score = (1 + 3/nu) · (w r² - variance) and w = (nu + 1) / (nu - 2 + r² / variance): the wilder a return, the less of it counts.
 */
export interface GasTParameters {
  /** In squared units of the returns, > 0. */
  omega: number;
  /** >= 0; alpha · (1 + 3/nu) <= beta, which keeps the variance above 0. */
  alpha: number;
  /** The persistence, in [0, 1). */
  beta: number;
  /** Degrees of freedom of the errors, in (2.05, 500). */
  nu: number;
}

/** Persistences and steps, as shares of them, that the search starts from the best of. */
const PERSISTENCES = [0.9, 0.97, 0.99];
const STEP_SHARES = [0.05, 0.1, 0.2];

/**
 * Returns the maximum-likelihood parameters of a Student t GAS(1,1) without mean, with the log-likelihood reached.
 *
 * The variance before the first return is a mean of the first 75 squared returns with weights 0.94^t, as in fitGarch. As nu grows
 * it becomes the GARCH(1,1) of alpha and beta - alpha.
 *
 * @param returns log returns in any unit (0.01 or 1 for one percent), finite, at least 100, not all 0
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer returns; `INVALID_ARGUMENT` for values that are not finite, or all 0
 * @see Creal, Koopman & Lucas 2013, "Generalized Autoregressive Score Models with Applications", J. Applied Econometrics 28, section 3.1
 */
export function fitGasT(returns: ArrayLike<number>): GasTParameters & { logLikelihood: number } {
  return fitStudent('fitGasT', returns, {
    persistences: PERSISTENCES,
    shares: STEP_SHARES,
    parametersAt,
    firstVariance,
    nextVariance,
  });
}

/** The four free numbers of the search as parameters within their ranges: log variance, persistence, the step's share of it, nu. */
function parametersAt(point: Float64Array): GasTParameters {
  const nu = Math.min(NU_RANGE[0] + Math.exp(point[3]), NU_RANGE[1]);
  const beta = MOST_PERSISTENT * logistic(point[1]);
  return { omega: Math.exp(point[0]) * (1 - beta), alpha: (beta * logistic(point[2])) / (1 + 3 / nu), beta, nu };
}

/**
 * Returns the variance forecast for each return, and after the last one for the next: [returns + 1].
 *
 * @param squares squared returns
 */
export function gasTVariances(squares: Float64Array, parameters: GasTParameters): Float64Array {
  const variances = new Float64Array(squares.length + 1);
  variances[0] = firstVariance(parameters, backcast(squares));
  for (let t = 0; t < squares.length; t++) variances[t + 1] = nextVariance(variances[t], squares[t], parameters);
  return variances;
}

function firstVariance({ omega, beta }: GasTParameters, before: number): number {
  return omega + beta * before;
}

function nextVariance(variance: number, square: number, { omega, alpha, beta, nu }: GasTParameters): number {
  const weight = (nu + 1) / (nu - 2 + square / variance);
  return omega + alpha * (1 + 3 / nu) * (weight * square - variance) + beta * variance;
}

import { gammaln } from 'simple-statistics';
import { invalid } from '../errors.js';
import { mean } from '../stats/index.js';
import { logit } from './logistic.js';
import { nelderMead } from './nelder-mead.js';

/** Fewer returns than this leave four parameters undetermined. */
export const GARCH_LEAST_RETURNS = 100;

/** Bounds of the search: the persistence, and the degrees of freedom of the errors. */
export const MOST_PERSISTENT = 0.99999;
export const NU_RANGE = [2.05, 500];

/** What a model of the variance with Student t errors has, whatever its step is made of. */
interface StudentParameters {
  omega: number;
  nu: number;
}

/** A model of the variance to be searched for: log variance, persistence, the step's share of it and nu are its four free numbers. */
interface StudentModel<Parameters extends StudentParameters> {
  /** Persistences and shares that the search starts from the best of. */
  readonly persistences: readonly number[];
  readonly shares: readonly number[];
  /** Returns the four free numbers as parameters within their ranges. */
  parametersAt(point: Float64Array): Parameters;
  /** Returns the variance of the first return, given the one before it. */
  firstVariance(parameters: Parameters, before: number): number;
  nextVariance(variance: number, square: number, parameters: Parameters): number;
}

/**
 * Returns the maximum-likelihood parameters of the model, with the log-likelihood reached.
 *
 * @param where the calling function, for messages
 * @param returns as the callers' own
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer than 100 returns; `INVALID_ARGUMENT` for values that are not finite, or all 0
 */
export function fitStudent<Parameters extends StudentParameters>(
  where: string,
  returns: ArrayLike<number>,
  model: StudentModel<Parameters>,
): Parameters & { logLikelihood: number } {
  const { scaled, level } = scaledSquares(where, returns);
  const before = backcast(scaled);
  const objective = (point: Float64Array) => -logLikelihood(scaled, model.parametersAt(point), before, model);
  let start = new Float64Array(4);
  let least = Infinity;
  for (const persistence of model.persistences) {
    for (const share of model.shares) {
      const point = Float64Array.of(0, logit(persistence / MOST_PERSISTENT), logit(share), Math.log(8 - NU_RANGE[0]));
      const value = objective(point);
      if (value < least) [start, least] = [point, value];
    }
  }
  // A second simplex from where the first ended: the first may have collapsed on a slope.
  const first = nelderMead(objective, start);
  const { point, value } = nelderMead(objective, first.point, { step: 0.1 });
  const parameters = model.parametersAt(point);
  const omega = parameters.omega * level;
  return { ...parameters, omega, logLikelihood: -value - (returns.length / 2) * Math.log(level) };
}

/** Returns the squares of the returns in units of their mean, in which a search is the same for percents and for fractions. */
function scaledSquares(where: string, returns: ArrayLike<number>): { scaled: Float64Array; level: number } {
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

function logLikelihood<Parameters extends StudentParameters>(
  squares: Float64Array,
  parameters: Parameters,
  before: number,
  { firstVariance, nextVariance }: StudentModel<Parameters>,
): number {
  const { nu } = parameters;
  const power = (nu + 1) / 2;
  let variance = firstVariance(parameters, before);
  let sum = 0;
  for (let t = 0; t < squares.length; t++) {
    sum -= 0.5 * Math.log(variance) + power * Math.log1p(squares[t] / (variance * (nu - 2)));
    variance = nextVariance(variance, squares[t], parameters);
  }
  return sum + squares.length * (gammaln(power) - gammaln(nu / 2) - 0.5 * Math.log(Math.PI * (nu - 2)));
}

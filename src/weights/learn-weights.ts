import type { Weights } from '../ensemble/index.js';
import { YARDSTICK } from '../ensemble/inside.js';
import { byDay } from './by-day.js';
import type { ScoredForecast } from './scored-forecast.js';

/** What the yardstick starts with at least: without a foothold it could never gain any weight. */
const FOOTHOLD = 0.1;

/** What a forecast states, by the level of probability that it stands for. */
const STATED = [
  { field: 'low', level: 0.1 },
  { field: 'point', level: 0.5 },
  { field: 'high', level: 0.9 },
] as const;

/** Bound on a learning rate times a loss. */
const RATE_BOUND = 0.5;

/**
 * Returns weights learned from matched forecasts of one horizon, pooled over instruments: Bernstein online aggregation with
 * the gradient of the mean pinball loss of interval and point, and second-order rates, one step for each day (losses of a day's
 * instruments averaged).
 *
 * The interval says more of a member's worth than its point: daily returns tell widths apart long before directions. The gradient is
 * bounded, so one crash counts as one miss. With little evidence the weights stay near the priors, of which the yardstick's is 0.1 at least.
 * A member that is missing from a forecast is asleep: it neither gains nor loses. Forecasts of h days overlap, so each counts 1 / h.
 *
 * @param forecasts any order; sorted here by actualDate
 * @param options options.horizon: their horizon h in trading days
 *   options.priors: the members' shares before anything is learned, together 1; forecasts of other members are left out
 * @returns shares of the members of `priors`, together 1
 * @see Wintenberger (2017), Optimal learning with Bernstein online aggregation, Machine Learning 106, eq. 5 and 7
 */
export function learnWeights(
  forecasts: readonly ScoredForecast[],
  { horizon, priors }: { horizon: number; priors: Weights },
): Weights {
  const names = Object.keys(priors);
  const start = withFoothold(priors);
  const zero = () => Object.fromEntries(names.map((name) => [name, 0])) as Weights;
  const squares = zero();
  const scores = zero();
  const largest = zero();
  const rateOf = (name: string) => learningRate(squares[name], largest[name], names.length);
  let weights = { ...start };
  for (const day of byDay(forecasts)) {
    const regrets = dayRegrets(day, weights);
    for (const name of names) {
      const regret = regrets[name];
      largest[name] = Math.max(largest[name], Math.abs(regret));
      squares[name] += (regret * regret) / horizon;
      const rate = rateOf(name);
      scores[name] += (regret - rate * regret * regret) / horizon;
    }
    weights = softShares(start, scores, rateOf);
  }
  return weights;
}

/** Returns the mean, over the day's forecasts, of how much each member's linearised loss undercuts the pool's. */
function dayRegrets(day: readonly ScoredForecast[], weights: Weights): Weights {
  const names = Object.keys(weights);
  const regrets: Weights = Object.fromEntries(names.map((name) => [name, 0]));
  for (const { actual, members } of day) {
    const awake = names.filter((name) => members[name] !== undefined);
    const total = awake.reduce((sum, name) => sum + weights[name], 0);
    if (total <= 0) continue;
    for (const { field, level } of STATED) {
      const pooled = awake.reduce((sum, name) => sum + (weights[name] / total) * members[name][field], 0);
      const gradient = (actual < pooled ? 1 : 0) - level;
      for (const name of awake) {
        regrets[name] += (gradient * (pooled - members[name][field])) / (STATED.length * day.length);
      }
    }
  }
  return regrets;
}

function learningRate(sumOfSquares: number, largest: number, members: number): number {
  if (largest === 0) return 0;
  return Math.min(RATE_BOUND / largest, Math.sqrt(Math.log(members) / sumOfSquares));
}

function softShares(start: Weights, scores: Weights, rateOf: (name: string) => number): Weights {
  const names = Object.keys(start);
  const logs = names.map((name) => {
    const rate = rateOf(name);
    // A member that was always asleep, or always agreed with the pool, has no rate of its own yet.
    return rate === 0 ? Math.log(start[name]) : Math.log(start[name]) + rate * scores[name];
  });
  const top = Math.max(...logs);
  const shares = logs.map((log) => Math.exp(log - top));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return Object.fromEntries(names.map((name, i) => [name, shares[i] / total]));
}

/** Returns the priors with the yardstick's raised to its foothold, at the others' cost in proportion. */
function withFoothold(priors: Weights): Weights {
  const least = Object.keys(priors).length > 1 ? FOOTHOLD : 1;
  if (priors[YARDSTICK] === undefined || priors[YARDSTICK] >= least) return { ...priors };
  const taken = (least - priors[YARDSTICK]) / (1 - priors[YARDSTICK]);
  return Object.fromEntries(
    Object.entries(priors).map(([name, prior]) => [name, name === YARDSTICK ? least : prior - prior * taken]),
  );
}

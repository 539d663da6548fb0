import { MEMBER_NAMES, type MemberName, type Weights } from '../ensemble/index.js';
import { byDay } from './by-day.js';
import type { ScoredForecast } from './scored-forecast.js';

/** Where learning starts: the default weights, with a foothold for the random walk, which else could never gain any. */
const PRIOR: Weights = { chronos: 0.54, lgbm: 0.36, naive: 0.1 };

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
 * bounded, so one crash counts as one miss. With little evidence the weights stay near 0.54 / 0.36 / 0.1. A member that is missing from a
 * forecast is asleep: it neither gains nor loses. Forecasts of h days overlap, so each counts 1 / h.
 *
 * @param forecasts any order; sorted here by actualDate
 * @param horizon their horizon h in trading days
 * @returns shares that sum to 1
 * @see Wintenberger (2017), Optimal learning with Bernstein online aggregation, Machine Learning 106, eq. 5 and 7
 */
export function learnWeights(forecasts: readonly ScoredForecast[], { horizon }: { horizon: number }): Weights {
  const squares: Weights = { chronos: 0, lgbm: 0, naive: 0 };
  const scores: Weights = { chronos: 0, lgbm: 0, naive: 0 };
  const largest: Weights = { chronos: 0, lgbm: 0, naive: 0 };
  let weights = { ...PRIOR };
  for (const day of byDay(forecasts)) {
    const regrets = dayRegrets(day, weights);
    for (const name of MEMBER_NAMES) {
      const regret = regrets[name];
      largest[name] = Math.max(largest[name], Math.abs(regret));
      squares[name] += (regret * regret) / horizon;
      const rate = learningRate(squares[name], largest[name]);
      scores[name] += (regret - rate * regret * regret) / horizon;
    }
    weights = softShares(scores, squares, largest);
  }
  return weights;
}

/** Returns the mean, over the day's forecasts, of how much each member's linearised loss undercuts the pool's. */
function dayRegrets(day: readonly ScoredForecast[], weights: Weights): Weights {
  const regrets: Weights = { chronos: 0, lgbm: 0, naive: 0 };
  for (const { actual, members } of day) {
    const awake = MEMBER_NAMES.filter((name) => members[name] !== undefined);
    const total = awake.reduce((sum, name) => sum + weights[name], 0);
    if (total <= 0) continue;
    for (const { field, level } of STATED) {
      const pooled = awake.reduce((sum, name) => sum + (weights[name] / total) * members[name]![field], 0);
      const gradient = (actual < pooled ? 1 : 0) - level;
      for (const name of awake) {
        regrets[name] += (gradient * (pooled - members[name]![field])) / (STATED.length * day.length);
      }
    }
  }
  return regrets;
}

function learningRate(sumOfSquares: number, largest: number): number {
  if (largest === 0) return 0;
  return Math.min(RATE_BOUND / largest, Math.sqrt(Math.log(MEMBER_NAMES.length) / sumOfSquares));
}

function softShares(scores: Weights, squares: Weights, largest: Weights): Weights {
  const logShare = (name: MemberName) => {
    const rate = learningRate(squares[name], largest[name]);
    // A member that was always asleep, or always agreed with the pool, has no rate of its own yet.
    return rate === 0 ? Math.log(PRIOR[name]) : Math.log(PRIOR[name]) + rate * scores[name];
  };
  const logs = MEMBER_NAMES.map(logShare);
  const top = Math.max(...logs);
  const shares = logs.map((log) => Math.exp(log - top));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const weights: Weights = { chronos: 0, lgbm: 0, naive: 0 };
  MEMBER_NAMES.forEach((name, i) => {
    weights[name] = shares[i] / total;
  });
  return weights;
}

import { ForecastError, invalid } from '../errors.js';
import { FLAT_BAND } from '../series/index.js';
import { labelDirection, normalizeDirection } from './direction.js';
import {
  type Direction,
  type DirectionProbabilities,
  type IntervalCalibration,
  MEMBER_NAMES,
  type MemberForecast,
  type MemberForecasts,
  type MemberName,
  type Weights,
} from './member-forecast.js';
import { type ChronosStep, chronosMember, type LgbmStep, lgbmMember, type NaiveStep, naiveMember } from './members.js';

/** The members whose direction counts; each has one vote. The random walk has none. */
const VOTERS = ['chronos', 'lgbm'] as const;

export interface CombineInput {
  /** Close of the base bar, in price; > 0. */
  baseClose: number;
  /** Trading days ahead; >= 1. */
  horizon: number;
  weights: Weights;
  chronos?: ChronosStep;
  lgbm?: LgbmStep;
  naive?: NaiveStep;
  calibration?: IntervalCalibration;
  /** Default 0.003. */
  flatBand?: number;
}

/** The ensemble's forecast of one close; prices, shares and simple returns. */
export interface CombinedStep extends DirectionProbabilities {
  horizon: number;
  pointClose: number;
  ciLow: number;
  ciHigh: number;
  direction: Direction;
  /** pointClose / baseClose - 1. */
  expectedReturn: number;
  /** The weights in force, after missing members were left out; together 1. */
  weights: Weights;
  members: MemberForecasts;
}

/**
 * Returns the linear pool of the members' forecasts of one close.
 *
 * Point and interval bounds are weighted sums of the members'; a missing member's weight goes to the others in proportion.
 * Direction shares are the plain mean of Chronos' and LightGBM's.
 *
 * @throws ForecastError `NO_FORECAST` when neither Chronos nor LightGBM has a forecast; `INVALID_ARGUMENT` for weights
 *   that are not shares or a base close that is no price; `INVALID_HORIZON`
 * @see spec: "Ensemble"
 */
export function combine(input: CombineInput): CombinedStep {
  const { baseClose, horizon, calibration, flatBand = FLAT_BAND } = input;
  if (!(Number.isFinite(baseClose) && baseClose > 0)) {
    throw invalid('INVALID_ARGUMENT', 'combine', 'baseClose', 'a finite price > 0', baseClose);
  }
  if (!Number.isInteger(horizon) || horizon < 1) {
    throw invalid('INVALID_HORIZON', 'combine', 'horizon', 'a whole number of trading days >= 1', horizon);
  }
  const members: MemberForecasts = {};
  if (input.chronos) members.chronos = chronosMember(input.chronos, baseClose, flatBand);
  if (input.lgbm) members.lgbm = lgbmMember(input.lgbm);
  if (input.naive) members.naive = naiveMember(input.naive);
  return pool({ baseClose, horizon, weights: input.weights, members, calibration });
}

/** Returns the linear pool of forecasts that already speak the ensemble's vocabulary; see `combine`. */
export function pool(input: {
  baseClose: number;
  horizon: number;
  weights: Weights;
  members: MemberForecasts;
  calibration?: IntervalCalibration;
}): CombinedStep {
  const { baseClose, horizon, members, calibration } = input;
  const votes = VOTERS.flatMap((name) => members[name] ?? []);
  if (votes.length === 0) {
    throw new ForecastError('NO_FORECAST', `combine: neither chronos nor lgbm has a forecast for horizon ${horizon}`, {
      field: 'members',
      expected: 'a forecast of chronos or lgbm',
      actual: Object.keys(members).join(', ') || 'none',
    });
  }
  const weights = effectiveWeights(input.weights, members);
  const pointClose = weightedSum(weights, members, 'pointClose');
  const interval = stretch(
    pointClose,
    weightedSum(weights, members, 'ciLow'),
    weightedSum(weights, members, 'ciHigh'),
    calibration,
  );
  const shares = normalizeDirection(meanDirection(votes));
  return {
    horizon,
    pointClose,
    ...interval,
    ...shares,
    direction: labelDirection(shares),
    expectedReturn: pointClose / baseClose - 1,
    weights,
    members,
  };
}

/**
 * Returns the weights with those of missing members shared out among the present ones in proportion. If the present ones
 * have no weight at all, Chronos and LightGBM share equally.
 */
export function effectiveWeights(weights: Weights, members: { [name in MemberName]?: unknown }): Weights {
  let all = 0;
  for (const name of MEMBER_NAMES) {
    const weight = weights[name];
    if (!(weight >= 0 && weight <= 1))
      throw invalid('INVALID_ARGUMENT', 'combine', `weights.${name}`, 'in [0, 1]', weight);
    all += weight;
  }
  if (Math.abs(all - 1) > 1e-9) throw invalid('INVALID_ARGUMENT', 'combine', 'weights', 'shares that sum to 1', all);

  const missing = MEMBER_NAMES.filter((name) => members[name] === undefined && weights[name] > 0);
  if (missing.length === 0) return { ...weights };
  const present = MEMBER_NAMES.filter((name) => members[name] !== undefined);
  const total = present.reduce((sum, name) => sum + weights[name], 0);
  const voters = VOTERS.filter((name) => members[name] !== undefined);
  const share = (name: MemberName) => {
    if (total > 0) return weights[name] / total;
    return voters.some((voter) => voter === name) ? 1 / voters.length : 0;
  };
  const effective: Weights = { chronos: 0, lgbm: 0, naive: 0 };
  for (const name of present) effective[name] = share(name);
  return effective;
}

function weightedSum(weights: Weights, members: MemberForecasts, field: 'pointClose' | 'ciLow' | 'ciHigh'): number {
  let sum = 0;
  for (const name of MEMBER_NAMES) {
    const member = members[name];
    if (member !== undefined && weights[name] > 0) sum += weights[name] * member[field];
  }
  return sum;
}

function meanDirection(votes: readonly MemberForecast[]): DirectionProbabilities {
  const mean = (field: keyof DirectionProbabilities) =>
    votes.reduce((sum, vote) => sum + vote[field], 0) / votes.length;
  return { probUp: mean('probUp'), probFlat: mean('probFlat'), probDown: mean('probDown') };
}

function stretch(point: number, low: number, high: number, calibration: IntervalCalibration | undefined) {
  if (calibration === undefined) return { ciLow: low, ciHigh: high };
  return { ciLow: point - calibration.low * (point - low), ciHigh: point + calibration.high * (high - point) };
}

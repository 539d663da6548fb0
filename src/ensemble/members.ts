import { directionShares } from './direction.js';
import type { DirectionProbabilities, MemberForecast } from './member-forecast.js';

/** What a Chronos checkpoint says of one day; prices. */
export interface ChronosStep {
  median: number;
  q10: number;
  q90: number;
  /** Simulated closes of that day; without them the direction is 0.33 / 0.34 / 0.33. */
  samples?: ArrayLike<number>;
  levels?: readonly number[];
  quantiles?: ArrayLike<number>;
}

/** What the two LightGBM models of one (code, horizon) say of one day. */
export interface LgbmStep extends DirectionProbabilities {
  /** close × (1 + predicted return). */
  predictedClose: number;
  /** From quantile models, in price; without them ±3 % around the predicted close stands in. */
  q10?: number;
  q90?: number;
  levels?: readonly number[];
  quantiles?: ArrayLike<number>;
}

/** What the random walk says of one day; prices. */
export interface NaiveStep extends DirectionProbabilities {
  median: number;
  q10: number;
  q90: number;
  levels?: readonly number[];
  quantiles?: ArrayLike<number>;
}

/** The interval that stands in for LightGBM's own, as a share of its predicted close. */
const LGBM_HALF_WIDTH = 0.03;

/** Direction shares of a distribution that nobody sampled. */
const UNSAMPLED_DIRECTION: DirectionProbabilities = { probUp: 0.33, probFlat: 0.34, probDown: 0.33 };

/** Returns Chronos' step in the ensemble's vocabulary; the direction is counted over its samples. */
export function chronosMember(step: ChronosStep, baseClose: number, flatBand: number): MemberForecast {
  const sampled = step.samples !== undefined && step.samples.length > 0;
  return {
    pointClose: step.median,
    ciLow: step.q10,
    ciHigh: step.q90,
    ...(sampled ? directionShares(step.samples!, baseClose, flatBand) : UNSAMPLED_DIRECTION),
    ...distribution(step),
  };
}

/** Returns LightGBM's step in the ensemble's vocabulary. */
export function lgbmMember(step: LgbmStep): MemberForecast {
  return {
    pointClose: step.predictedClose,
    ciLow: step.q10 ?? step.predictedClose * (1 - LGBM_HALF_WIDTH),
    ciHigh: step.q90 ?? step.predictedClose * (1 + LGBM_HALF_WIDTH),
    probUp: step.probUp,
    probFlat: step.probFlat,
    probDown: step.probDown,
    ...distribution(step),
  };
}

/** Returns the random walk's step in the ensemble's vocabulary. */
export function naiveMember(step: NaiveStep): MemberForecast {
  return {
    pointClose: step.median,
    ciLow: step.q10,
    ciHigh: step.q90,
    probUp: step.probUp,
    probFlat: step.probFlat,
    probDown: step.probDown,
    ...distribution(step),
  };
}

function distribution(step: { levels?: readonly number[]; quantiles?: ArrayLike<number> }) {
  if (step.levels === undefined || step.quantiles === undefined) return {};
  return { levels: [...step.levels], quantiles: Array.from(step.quantiles) };
}

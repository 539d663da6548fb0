import { BASELINE_LEVELS } from '../baselines/inside.js';

/** The levels that the ensemble states: both tails and the deciles. */
export const FORECAST_LEVELS: readonly number[] = Object.freeze([...BASELINE_LEVELS]);

/** The name of the member that the others are measured against: the random walk, unless a host puts another in its place. */
export const YARDSTICK = 'naive';

export type Direction = 'up' | 'flat' | 'down';

/** Shares of the three directions; each in [0, 1], together 1. */
export interface DirectionProbabilities {
  probUp: number;
  probFlat: number;
  probDown: number;
}

/** A forecast of one close, whoever made it: the one vocabulary from a member to the stored row to the report. Prices. */
export interface Distribution extends DirectionProbabilities {
  /** Point forecast of the close; ciLow <= pointClose <= ciHigh. */
  pointClose: number;
  /** Quantile levels, strictly ascending, each in (0, 1). */
  levels: number[];
  /** The close at each level, non-decreasing; as long as `levels`. */
  quantiles: number[];
  /** The prediction interval of nominally 80 %: the quantiles at 0.1 and 0.9. */
  ciLow: number;
  ciHigh: number;
  /** The most probable direction. */
  direction: Direction;
  /** pointClose / baseClose - 1. */
  expectedReturn: number;
  /** What its member says of how it came about, where it says anything; the ensemble's own has none. */
  notes?: string[];
}

/** Why a member has no forecast. */
export interface MemberFailure {
  /** The member's name. */
  member: string;
  /** The horizons concerned. */
  horizons: number[];
  /** The ForecastError's code, or 'UNEXPECTED'. */
  code: string;
  message: string;
}

/** Shares of the members by name; each in [0, 1], together 1. */
export type Weights = Record<string, number>;

/** Learned stretch of a distribution about its point: log distances below and above it are multiplied by these; 1 changes nothing. */
export interface Calibration {
  low: number;
  high: number;
}

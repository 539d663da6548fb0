/** The ensemble's members, by the name that weights, records and reports use. */
export const MEMBER_NAMES = ['chronos', 'lgbm', 'naive'] as const;
export type MemberName = (typeof MEMBER_NAMES)[number];

/** Shares of the three directions; each in [0, 1], together 1. */
export interface DirectionProbabilities {
  probUp: number;
  probFlat: number;
  probDown: number;
}

/** What one member says of one close: the vocabulary that every member speaks. */
export interface MemberForecast extends DirectionProbabilities {
  /** Point forecast of the close `horizon` bars after the base bar, in price. */
  pointClose: number;
  /** Interval of nominally 80 % around it (levels 0.1 and 0.9), in price. */
  ciLow: number;
  ciHigh: number;
  /** Quantile levels, ascending, each in (0, 1); absent when the member has no distribution. */
  levels?: number[];
  /** The close at each level, in price, non-decreasing; as long as `levels`. */
  quantiles?: number[];
}

/** A member's forecasts of one horizon; a member that is absent or failed is missing. */
export type MemberForecasts = { [name in MemberName]?: MemberForecast };

/** Why a member has no forecast. */
export interface MemberFailure {
  member: MemberName;
  /** The horizons concerned. */
  horizons: number[];
  /** The ForecastError's code, or 'UNEXPECTED'. */
  code: string;
  message: string;
}

/** Linear weights of the members; each in [0, 1], together 1. */
export type Weights = { [name in MemberName]: number };

/** Learned stretch of the interval: its lower and upper half-widths are multiplied by these; 1 changes nothing. */
export interface IntervalCalibration {
  low: number;
  high: number;
}

export type Direction = 'up' | 'flat' | 'down';

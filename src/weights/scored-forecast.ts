/**
 * A point and its 80 % interval in the units that learning works in: simple returns from the base close divided by `sigma`, so that short and
 * long horizons, and instruments of usual volatility, weigh about alike, and pooling prices is pooling these. What an instrument far quieter than
 * the others weighs, and how far any one can move the rest, `learnLevelWeights` bounds.
 */
export interface ScaledForecast {
  point: number;
  /** low <= point <= high: the quantiles at 0.1 and 0.9. */
  low: number;
  high: number;
}

/** What happened to one forecast, in the same units. */
export interface ScaledOutcome {
  /** Date of the bar it was matched with; learning goes through these in ascending order. */
  actualDate: string;
  /** What happened, in sigmas. */
  actual: number;
}

/** A matched forecast, member by member: what weights are learned from. */
export interface ScoredForecast extends ScaledOutcome {
  code: string;
  /** By name; a member that took no part is missing. */
  members: Record<string, ScaledForecast>;
}

/** A matched forecast of the ensemble, before calibration: what calibration is learned from. */
export type ScoredInterval = ScaledForecast & ScaledOutcome;

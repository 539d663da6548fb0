/**
 * A point and its 80 % interval in the units that learning works in: simple returns from the base close divided by `sigma`, so that
 * quiet and wild instruments, and short and long horizons, weigh alike, and pooling prices is pooling these.
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

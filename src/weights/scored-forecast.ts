import type { MemberName } from '../ensemble/index.js';

/**
 * One matched forecast in the units that learning works in: log returns from the base close divided by `sigma`, so that
 * quiet and wild instruments, and short and long horizons, weigh alike.
 */
export interface ScoredForecast {
  code: string;
  /** Date of the bar it was matched with; learning goes through these in ascending order. */
  actualDate: string;
  /** What happened, in sigmas. */
  actual: number;
  /** Each member's point forecast, in sigmas; a member that took no part is missing. */
  points: { [name in MemberName]?: number };
  /** The uncalibrated ensemble's point and interval, in sigmas: low <= point <= high. */
  point: number;
  low: number;
  high: number;
}

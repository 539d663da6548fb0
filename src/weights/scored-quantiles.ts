import type { ScaledForecast, ScaledOutcome } from './scored-forecast.js';

/** A matched forecast, member by member, at common levels: what weights by level are learned from. */
export interface ScoredQuantiles extends ScaledOutcome {
  readonly code: string;
  /** What `actual` and the quantiles were divided by, as a simple return over the horizon; finite, > 0. */
  readonly sigma: number;
  /** By name, a member's quantiles at the common levels in sigmas, finite, non-decreasing; one that took no part is missing. */
  readonly members: { readonly [name: string]: ArrayLike<number> | undefined };
}

/** A matched forecast of the ensemble, before calibration, that remembers what was known when it was made. */
export interface DatedInterval extends ScaledForecast, ScaledOutcome {
  /** Date of the newest bar that the forecast knew, before `actualDate`. */
  readonly baseDate: string;
}

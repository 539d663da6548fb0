import type { Calibration, Distribution, MemberFailure, Weights } from '../../ensemble/index.js';
import { type QuantileFunction, quantileFunction } from '../../stats/index.js';

/** The ensemble's forecast of one horizon. Plain data but for `quantile`, which copies leave out. */
export interface Step extends Distribution {
  horizon: number;
  /** The base date plus `horizon` trading days, as the calendar knows them. */
  targetDate: string;
  /** The weights in force, after missing members were left out; together 1. */
  weights: Weights;
  /** Every member's own forecast, by name. */
  members: Record<string, Distribution>;
  /** The learned calibration that was applied, if any. */
  calibration?: Calibration;
  /** Returns the close at any level in (0, 1). */
  quantile(level: number): number;
}

/** Something about the prices, or what was stored, that a reader of the forecast should know. */
export interface Warning {
  /**
   * 'stale': the newest bar is days old. 'frozen': the newest bars repeat one close. 'thin': few bars. 'repaired': bars were mended or left
   * out. 'leak': highs and lows foretell the next return, as no traded bar's do. 'projected': the target date rests on a calendar that is not
   * announced yet. 'weights': a stored row of weights cannot be read back and is left out.
   */
  kind: 'stale' | 'frozen' | 'thin' | 'repaired' | 'leak' | 'projected' | 'weights';
  message: string;
  /** The dates concerned, where it is about some. */
  dates?: string[];
}

/** What `predict` returns. Prices are in the instrument's currency. */
export interface Forecast {
  code: string;
  /** Date of the newest finished bar, 'YYYY-MM-DD'. */
  baseDate: string;
  baseClose: number;
  /** The clock when the forecast was made. */
  issuedAt: Date;
  /** Trading days ahead, ascending. */
  horizons: number[];
  /** One step a horizon, in order. */
  steps: Step[];
  /** What took part, for example ["chronos", "lgbm_h1", "lgbm_h3"]. */
  sourcesUsed: string[];
  /** Members that should have taken part and could not; also logged. A model that was never trained is none. */
  failures: MemberFailure[];
  warnings: Warning[];
}

/** Returns the step with its `quantile`, which is no property that copies take along. */
export function readable(step: Omit<Step, 'quantile'>): Step {
  let known: QuantileFunction | undefined;
  const value = (level: number) => {
    known ??= quantileFunction(step.levels, step.quantiles);
    return known.at(level);
  };
  return Object.defineProperty(step, 'quantile', { value }) as Step;
}

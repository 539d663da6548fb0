import type { CombinedStep, IntervalCalibration, MemberFailure } from '../../ensemble/index.js';

/** The ensemble's forecast of one horizon. */
export interface PredictionStep extends CombinedStep {
  /** The base date plus `horizon` trading days, as the calendar knows them. */
  targetDate: string;
  /** The learned interval calibration that was applied, if any. */
  calibration?: IntervalCalibration;
}

/** What `predict` returns. Prices are in the instrument's currency. */
export interface Prediction {
  code: string;
  /** Date of the newest finished bar, 'YYYY-MM-DD'. */
  baseDate: string;
  baseClose: number;
  /** The clock when the forecast was made. */
  issuedAt: Date;
  /** Trading days ahead, ascending. */
  horizons: number[];
  /** One step a horizon, in order. */
  steps: PredictionStep[];
  /** Members that took part, for example ["chronos", "lgbm_h1", "lgbm_h3"]. */
  sourcesUsed: string[];
  /** Members that should have taken part and could not; also logged. A model that was never trained is none. */
  failures: MemberFailure[];
}

import type { Calibration, Direction, Distribution, Weights } from '../ensemble/index.js';

/**
 * The rows that a Store keeps. Dates ('YYYY-MM-DD') are the exchange's, not instants; `Date`s are instants.
 * Three times, three names: `baseDate` is the last bar seen, `issuedAt` the clock, `targetDate` the bar forecast.
 */

/** Identifies a prediction and its outcome. */
export interface PredictionKey {
  code: string;
  baseDate: string;
  /** Trading days (bars) from base to target; a whole number >= 1. */
  horizon: number;
}

/** The ensemble's forecast of one close, and what it was made of. */
export interface IssuedForecast extends Distribution {
  issuedAt: Date;
  /** The weights in force, after missing members were left out. */
  weights: Weights;
  /** The calibration in force; absent when none was learned. */
  calibration?: Calibration;
  /** Every member's own forecast by name: without them weights can be neither learned nor audited. */
  members: Record<string, Distribution>;
  /** For example ["chronos", "lgbm_h1"]. */
  sourcesUsed: string[];
}

/** A forecast as it was issued (table `predictions`). */
export interface PredictionRecord extends PredictionKey, IssuedForecast {
  /** The base date plus `horizon` trading days, as the calendar knew them when the forecast was issued. */
  targetDate: string;
  baseClose: number;
  /** 'close': issued after the base bar's close. 'open': issued anew before the next session's open, when other markets had traded. */
  issue: 'close' | 'open';
  /** The forecast issued at the close that this one, issued before the open, took the place of. */
  earlier?: IssuedForecast;
  /** Whether a user asked for it; accumulates by OR over upserts. */
  userTriggered: boolean;
  /** Why it can never be matched, where that is so; set by `voidPredictions`, never by an upsert. */
  void?: PredictionVoid;
}

/** Why a prediction can never be matched: it is no longer due. */
export interface PredictionVoid {
  /**
   * 'no-base': the source has no bar on the base date any more. 'no-close': the target day never got a bar. 'unknown-code': the source no
   * longer knows the instrument.
   */
  reason: 'no-base' | 'no-close' | 'unknown-code';
  /** When that was found. */
  voidedAt: Date;
}

/** How one member did on one outcome. Prices in the instrument's currency. */
export interface MemberLoss {
  /** |pointClose - actualClose|. */
  absError: number;
  /** Whether ciLow <= actualClose <= ciHigh. */
  covered: boolean;
  /** Whether the member's own most probable direction came true. */
  directionHit: boolean;
  /** -ln(probability given to what happened), natural log, probabilities clipped at 1e-6. */
  logLoss: number;
  /** Mean pinball loss over the levels 0.1 to 0.9, of log returns from the base close; absent in rows of the first version for a member without them. */
  pinball?: number;
}

/** How the ensemble did on one outcome. */
export interface ForecastLoss {
  directionHit: boolean;
  /** |pointClose - actualClose|, the forecast rescaled to the matching fetch's base close. */
  absError: number;
  /** Whether ciLow <= actualClose <= ciHigh, rescaled likewise. */
  covered: boolean;
  /** By member. */
  members: Record<string, MemberLoss>;
}

/** What came of a prediction (table `prediction_outcomes`). Written once, never changed. */
export interface OutcomeRecord extends PredictionKey, ForecastLoss {
  /** The bar it was matched with: the `horizon`-th real bar after baseDate. */
  actualDate: string;
  /** The base close as the matching fetch saw it (it differs from the prediction's after a split). */
  baseClose: number;
  /** The close at actualDate, from the same fetch. */
  actualClose: number;
  /** actualClose / baseClose - 1, of the two closes above. */
  actualReturn: number;
  actualDirection: Direction;
  /** How the forecast at the close did, where one issued before the open took its place. */
  earlier?: ForecastLoss;
  /**
   * Why the two base closes differ, where they do: 'adjusted' (a split or dividend moved all earlier bars by one ratio) or 'corrected' (the
   * source mended that one close).
   */
  baseChange?: 'adjusted' | 'corrected';
  matchedAt: Date;
}

/** A forecast and what came of it. */
export interface MatchedRecord {
  prediction: PredictionRecord;
  outcome: OutcomeRecord;
}

/** Learned ensemble weights (table `ensemble_weights`), one row per (code, horizon, asOf); history is kept. */
export interface WeightsRecord {
  code: string;
  horizon: number;
  /** The newest outcome date that they were learned from. */
  asOf: string;
  weights: Weights;
  /** Share of outcomes whose direction was forecast right, in [0, 1], by member and for 'ensemble'; absent when the member took no part. */
  hitRates: Record<string, number>;
  calibration?: Calibration;
  /** Outcomes of this (code, horizon) that were used; a whole number >= 0. */
  sampleCount: number;
}

/** How the forecasts of one (code, horizon) did over a window (table `model_performance`); history is kept. */
export interface PerformanceRecord {
  code: string;
  horizon: number;
  /** Last day of the window. */
  asOf: string;
  /** Calendar days in the window. */
  windowDays: number;
  sampleCount: number;
  /** Share of directions right, in [0, 1]; absent without samples, as are the rest. */
  hitRate?: number;
  /** Share of the most frequent actual direction: what always saying it would have scored. */
  baseRate?: number;
  /** Mean |pointClose - actualClose| / baseClose. */
  meanAbsError?: number;
  /** The same for the forecast "the price stays". */
  naiveMeanAbsError?: number;
  /** Share of outcomes inside the interval. */
  coverage?: number;
}

/** One due run of a scheduled job (table `job_runs`), unique on (job, scheduledFor). */
export interface JobRunRecord {
  job: string;
  /** The tick that it stands for. */
  scheduledFor: Date;
  status: 'running' | 'done' | 'failed';
  /** Which process holds it. */
  owner: string;
  startedAt: Date;
  /** Until when a running row is taken for alive; later it may be claimed anew. */
  leaseUntil: Date;
  finishedAt?: Date;
  /** A short account of what was done or what failed. */
  summary?: string;
  /** What was done in numbers, for example { stored: 20, failed: 1 }. */
  figures?: Record<string, number>;
  /** What failed and why, an item each; at most 100. */
  failures?: { item: string; code: string; message: string }[];
  /** How often the tick was claimed, this run included; >= 1. */
  attempts: number;
}

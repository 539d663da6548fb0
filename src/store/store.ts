import type { ForecastError } from '../errors.js';
import type { ModelStore } from './model-store.js';
import type {
  JobRunRecord,
  MatchedRecord,
  OutcomeRecord,
  PerformanceRecord,
  PredictionKey,
  PredictionRecord,
  PredictionVoid,
  WeightsRecord,
} from './records.js';

/** Filters combine by AND; dates are inclusive. Rows come ascending by (baseDate, code, horizon), codes by code point. */
export interface PredictionQuery {
  code?: string | undefined;
  horizon?: number | undefined;
  fromBaseDate?: string | undefined;
  toBaseDate?: string | undefined;
  fromTargetDate?: string | undefined;
  toTargetDate?: string | undefined;
  userTriggered?: boolean | undefined;
  /** 'due': only those that still wait for their outcome; 'matched': only those with one; 'void': only those that never will have one. */
  state?: 'due' | 'matched' | 'void' | undefined;
  /** Only rows after this key in the order above: hand in the last row of the page before. */
  after?: PredictionKey | undefined;
  /** At most so many rows; default 1000. */
  limit?: number | undefined;
  /**
   * Told of each row that cannot be read back, which is then left out (a page is filled from behind it); without it such
   * a row rejects the call.
   */
  onCorruptRow?: ((error: ForecastError) => void) | undefined;
}

/** As PredictionQuery, over outcomes. Rows come ascending by (baseDate, code, horizon). */
export interface OutcomeQuery {
  code?: string | undefined;
  horizon?: number | undefined;
  fromBaseDate?: string | undefined;
  toBaseDate?: string | undefined;
  fromActualDate?: string | undefined;
  toActualDate?: string | undefined;
  after?: PredictionKey | undefined;
  limit?: number | undefined;
  onCorruptRow?: ((error: ForecastError) => void) | undefined;
}

/** Which (code, horizon) rows; rows come ascending by (asOf, code, horizon). */
export interface HistoryQuery {
  code?: string | undefined;
  horizon?: number | undefined;
  fromAsOf?: string | undefined;
  toAsOf?: string | undefined;
  limit?: number | undefined;
  onCorruptRow?: ((error: ForecastError) => void) | undefined;
}

/** What claims a tick of a job. */
export interface JobRunClaim {
  job: string;
  scheduledFor: Date;
  owner: string;
  /** The claimant's clock. */
  now: Date;
  /** For how long the claim holds unless finished or renewed. */
  leaseMs: number;
}

/** How a run ended. */
export interface JobRunEnd {
  job: string;
  scheduledFor: Date;
  owner: string;
  status: 'done' | 'failed';
  finishedAt: Date;
  summary?: string | undefined;
  figures?: Record<string, number> | undefined;
  failures?: { item: string; code: string; message: string }[] | undefined;
}

/** What is deleted. */
export interface PruneOptions {
  /** 'YYYY-MM-DD'; what bears this date or a later one stays. */
  before: string;
  /** Whether matched predictions and their outcomes stay, however old; default false. */
  keepMatched?: boolean | undefined;
  /** Whether only to count; default false. */
  dryRun?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** How many rows were, or with `dryRun` would be, deleted. */
export interface PruneReport {
  predictions: number;
  outcomes: number;
  weights: number;
  performance: number;
  jobRuns: number;
}

/** Until when a running claim holds instead. */
export interface JobRunRenewal {
  job: string;
  scheduledFor: Date;
  owner: string;
  leaseUntil: Date;
}

/**
 * Where forecasts, outcomes, weights, performance and job runs live. Every method is idempotent and all-or-nothing.
 * Doubles and instants (to the millisecond) come back as they were put, -0 as 0; what comes back is the caller's own copy.
 *
 * Any method: @throws ForecastError `INVALID_KEY`, `INVALID_DATE`, `INVALID_HORIZON` or `INVALID_ARGUMENT` naming the field
 * of a bad argument or record (NaN, an impossible date, an empty code); then nothing is written.
 * Any method: @throws ForecastError `STORE_CLOSED` after close(); `STORE_BUSY` (try again) or `STORE_FAILED` with `cause`
 * if the medium cannot answer; `CORRUPT_ROW` naming the key if a row cannot be read back.
 */
export interface Store {
  /** Models kept in the same place. */
  readonly models: ModelStore;

  /**
   * Inserts or replaces the predictions, all or none; `userTriggered` becomes old OR new. A forecast issued before the open keeps the one
   * issued at the close as its `earlier`; one issued at the close again replaces just that. A void prediction is due again.
   * @throws ForecastError `ALREADY_MATCHED` naming the first key that has an outcome; then nothing is written
   */
  upsertPredictions(records: readonly PredictionRecord[]): Promise<void>;
  getPrediction(key: PredictionKey): Promise<PredictionRecord | undefined>;
  listPredictions(query?: PredictionQuery): Promise<PredictionRecord[]>;

  /**
   * Adds outcomes, all or none; one that is there already stays as it is. Returns how many are new.
   * @throws ForecastError `UNKNOWN_PREDICTION` naming a key that has no prediction; then nothing is written
   */
  recordOutcomes(records: readonly OutcomeRecord[]): Promise<number>;
  listOutcomes(query?: OutcomeQuery): Promise<OutcomeRecord[]>;
  /** Returns outcomes as listOutcomes does, each with its prediction, both as they stood at one moment. */
  listMatched(query?: OutcomeQuery): Promise<MatchedRecord[]>;

  /**
   * Marks predictions that can never be matched, all or none; those with an outcome, or void already, stay as they are. Returns how many are
   * new. An outcome that is recorded all the same takes the mark away.
   * @throws ForecastError `UNKNOWN_PREDICTION` naming a key that has no prediction; then nothing is written
   */
  voidPredictions(records: readonly (PredictionKey & PredictionVoid)[]): Promise<number>;

  /**
   * Deletes what is older than `before`: predictions by base date with their outcomes (matched or void ones only), weights but the newest row of
   * each (code, horizon), performance, and job runs that ended. In steps of bounded size, each all or nothing; stopped half-way, it goes on with
   * the next call.
   */
  prune(options: PruneOptions): Promise<PruneReport>;

  /** Inserts or replaces rows on (code, horizon, asOf), all or none. */
  putWeights(records: readonly WeightsRecord[]): Promise<void>;
  /** Returns the row with the newest asOf (not after `asOf`, if given), or undefined. */
  getWeights(code: string, horizon: number, asOf?: string): Promise<WeightsRecord | undefined>;
  /** Returns what `getWeights` does for each of the keys, in their order. A store without it is asked for one after another. */
  getManyWeights?(
    keys: readonly Pick<WeightsRecord, 'code' | 'horizon'>[],
    asOf?: string,
  ): Promise<(WeightsRecord | undefined)[]>;
  listWeights(query?: HistoryQuery): Promise<WeightsRecord[]>;

  /** Inserts or replaces rows on (code, horizon, asOf, windowDays), all or none. */
  putPerformance(records: readonly PerformanceRecord[]): Promise<void>;
  listPerformance(query?: HistoryQuery): Promise<PerformanceRecord[]>;

  /**
   * Claims the tick for the owner: true for exactly one of any number of claimants. A row that is done, or running under a lease that
   * has not expired at `now`, is not claimed; one that failed is, and counts another attempt.
   */
  claimJobRun(claim: JobRunClaim): Promise<boolean>;
  /** Ends a run that the owner holds. Returns false, changing nothing, if it is not (or no longer) the owner's. */
  finishJobRun(run: JobRunEnd): Promise<boolean>;
  /** Lengthens a running claim of the owner. Returns false if it is not (or no longer) the owner's. */
  renewJobRun(run: JobRunRenewal): Promise<boolean>;
  /** Returns the job's runs, newest tick first; default limit 100. */
  listJobRuns(query: { job: string; limit?: number | undefined }): Promise<JobRunRecord[]>;

  /** Returns the time of the place where the rows live, where that has a clock of its own that all of its processes share. */
  now?(): Promise<Date>;

  /** Releases what the store itself opened; later calls are refused. Closing twice is fine. */
  close(): Promise<void>;
}

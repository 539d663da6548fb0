/** Levels of the quantiles where none are asked for: both tails and the deciles. */
export const BASELINE_LEVELS: readonly number[] = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];

/** What a baseline says of the closes of steps 1..horizon: index `step - 1`. */
export interface BaselineForecast {
  /**
   * Point forecast in price, [horizon]: the last close, moved by the drift where there is one. The centre of the distribution
   * is the quantile at 0.5, which the past outcomes may put a little above or below.
   */
  median: Float64Array;
  /** Quantiles at 0.1 and 0.9 in price, [horizon]: the 80 % interval. */
  q10: Float64Array;
  q90: Float64Array;
  /** Ascending, each in (0, 1). */
  levels: number[];
  /** [horizon × levels], row-major, in price; non-decreasing along a row. */
  quantiles: Float64Array;
  /** Standard deviation of the log return from the last close to the close of each step, [horizon], >= 0. */
  sigma: Float64Array;
}

/** What every baseline's forecast can be asked for. */
export interface BaselineOptions {
  /** Steps to forecast, in trading days, >= 1. */
  horizon: number;
  /** Ascending, each in (0, 1), at least two; both tails and the deciles (13) if missing. */
  levels?: readonly number[] | undefined;
  /** How many of the newest past outcomes shape the quantiles; default 500. */
  window?: number | undefined;
}

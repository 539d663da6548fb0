/** The three families of Chronos checkpoints, and this library's own network of daily bars. */
export type ChronosFamily = 'chronos-bolt' | 'chronos-t5' | 'chronos-2' | 'bar-bolt';

/** What a network sees of a day: its close, or its open, high, low and close. */
export type ChronosInput = 'closes' | 'bars';

/** Daily bars of one series, oldest first, all four columns of one length; NaN stands for a missing price. */
export interface ChronosBars {
  readonly open: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly close: ArrayLike<number>;
}

/** A series to forecast: its values (closes), or its bars. */
export type ChronosSeries = ArrayLike<number> | ChronosBars;

/** How one call of forecast() is to be done. A key that is none of these is refused. */
export interface ForecastOptions {
  /** Steps to forecast, a whole number >= 1. Beyond the model's native length the reference's own unrolling is used. */
  horizon: number;
  /** Quantile levels wanted, strictly ascending, each in (0, 1); default: the model's own levels. */
  levels?: readonly number[] | undefined;
  /** Paths to draw, a whole number >= 1; default 30. */
  numSamples?: number | undefined;
  /**
   * Seed of the paths, a whole number in 0..2^53-1, or one a series (for Chronos-2 tasks: one a task); default 0. Equal seeds
   * give equal paths, whatever else is in the batch.
   */
  seed?: number | readonly number[] | undefined;
  /** Values of a series that are read, from its end; a whole number in 1..the model's contextLength, which is the default. */
  contextLength?: number | undefined;
  /** Chronos-T5 only: what logits are divided by before a token is drawn, above 0; default the checkpoint's. */
  temperature?: number | undefined;
  /** Chronos-T5 only: only so many of the likeliest tokens may be drawn, a whole number; 0: all; default the checkpoint's. */
  topK?: number | undefined;
  /** Chronos-T5 only: only the likeliest tokens that together have this probability may be drawn, in (0, 1]; default the checkpoint's. */
  topP?: number | undefined;
  /** Stops the call between two runs of the network; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** How one call of embed() is to be done. A key that is none of these is refused. */
export interface EmbedOptions {
  /** Values of a series that are read, from its end; a whole number in 1..the model's contextLength, which is the default. */
  contextLength?: number | undefined;
  /** Stops the call between two runs of the network; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** What the encoder of a network makes of one series: a vector a token. */
export interface ChronosEmbedding {
  /**
   * Tokens, oldest first. Chronos-Bolt and the network of bars: one a patch, and the register token if the network has one; Chronos-T5:
   * one a value, and the end-of-sequence token if the network appends it; Chronos-2: as Bolt, and one patch of the future that is masked.
   */
  readonly tokens: number;
  /** Values of a vector: the network's `d_model`. */
  readonly width: number;
  /** `[tokens × width]`, row-major. */
  readonly values: Float32Array;
  /** What was taken off the series before the network saw it, in its own units (their logarithms where the network reads logarithms); Chronos-T5: 0. */
  readonly loc: number;
  /** What the rest was divided by, in the same units: the network sees the shape of a series, not its size. */
  readonly scale: number;
}

/** The forecast of one series, in its own units. */
export interface ChronosForecast {
  /** `[horizon]`: the quantile at level 0.5. */
  readonly median: Float64Array;
  /** `[horizon]`: the quantile at level 0.1. */
  readonly q10: Float64Array;
  /** `[horizon]`: the quantile at level 0.9. */
  readonly q90: Float64Array;
  /** The levels of `quantiles`, strictly ascending. */
  readonly levels: readonly number[];
  /** `[horizon × levels]`, row-major; each row is non-decreasing. */
  readonly quantiles: Float64Array;
  /** `[numSamples × horizon]`, row-major: one path a row. */
  readonly samples: Float64Array;
}

/**
 * A loaded Chronos checkpoint. Everything that forecasts needs only this interface, so that a host can hand in its own.
 *
 * A model keeps one session of the runtime; calls on one model queue up behind each other.
 */
export interface ChronosModel {
  readonly family: ChronosFamily;
  /** What the network sees. Either kind of model takes either kind of series. */
  readonly input: ChronosInput;
  /** The levels that the network was trained on (Chronos-T5: those read from its samples by default), strictly ascending. */
  readonly levels: readonly number[];
  /** Only the last `contextLength` values of a series are read. */
  readonly contextLength: number;
  /** Steps that one run of the network forecasts. */
  readonly predictionLength: number;

  /**
   * Forecasts each series, oldest value first; NaN stands for a missing value.
   *
   * A model of closes reads the closes of bars. A model of bars takes closes for days that opened, stood and ended at that price, as
   * it does a day on which open, high or low is missing; a day without a close is missing.
   *
   * A series gets the same numbers in any batch, up to the rounding of float32 arithmetic.
   *
   * @returns one forecast a series, in order
   * @throws ForecastError INVALID_HORIZON, INVALID_ARGUMENT (an infinite value, columns of unequal lengths, levels, numSamples, seed;
   *   for a model of log prices or of bars a value <= 0), INVALID_BAR (a model of bars: a high below, or a low above, open or close by more than
   *   1e-6 of it), EMPTY_SERIES (a model of bars: also missing days only), NO_FORECAST (numbers that are not finite), MODEL_DISPOSED
   */
  forecast(series: readonly ChronosSeries[], options: ForecastOptions): Promise<ChronosForecast[]>;

  /** Frees the session after the calls under way. Later calls of forecast reject with MODEL_DISPOSED; a second dispose does nothing. */
  dispose(): Promise<void>;
}

/** What loadChronos returns: a model that also tells what its encoder makes of a series. */
export interface LoadedChronos extends ChronosModel {
  /**
   * Returns the encoder's embedding of each series, as the reference's `embed` does of each alone: of a series' own patches only, whatever
   * the others' lengths are. Series are read as forecast reads them.
   *
   * @returns one embedding a series, in order
   * @throws ForecastError INVALID_ARGUMENT, INVALID_BAR and EMPTY_SERIES as forecast does; NO_FORECAST (numbers that are not finite),
   *   MODEL_DISPOSED
   */
  embed(series: readonly ChronosSeries[], options?: EmbedOptions): Promise<ChronosEmbedding[]>;
}

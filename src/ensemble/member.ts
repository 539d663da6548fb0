import type { Market } from '../markets/index.js';
import type { PriceSeries } from '../series/index.js';
import type { ExplainedNumber } from './explanation.js';
import type { Statement } from './statement.js';

/** One instrument to be forecast. */
export interface MemberInput {
  readonly code: string;
  /** Its newest finished bars, oldest first, checked. */
  readonly series: PriceSeries;
}

/** Reads trained models. */
export interface ModelReader {
  /** Returns the newest text put under the key, or undefined. */
  get(key: string): Promise<string | undefined>;
  /** Returns the texts under the keys as they stood at one moment. A store without it is asked for one after another. */
  getMany?(keys: readonly string[]): Promise<(string | undefined)[]>;
  /** Returns the meta object last put with the key's text. A store without it keeps no meta. */
  getMeta?(key: string): Promise<object | undefined>;
  /**
   * Returns the compact forms put with the texts under the keys, as they stood at one moment; undefined where the newest text has none. The bytes
   * must not change afterwards.
   */
  getCompact?(keys: readonly string[]): Promise<(Uint8Array | undefined)[]>;
}

/** What a member is asked for. */
export interface ForecastRequest {
  /** Trading days ahead, unique and ascending. */
  readonly horizons: readonly number[];
  readonly market: Market;
  /** Returns what time it is by the host's clock: nothing that was not known then may be looked at. */
  now(): Date;
  /** Trained models, where the host keeps any. */
  readonly models?: ModelReader | undefined;
  /**
   * Returns the newest bars of another instrument of the same source, as many and up to the same day as those of the batch; each is fetched once
   * for a batch. Rejects as fetching prices does.
   */
  readonly history?: ((code: string) => Promise<PriceSeries>) | undefined;
  /** Fires when the caller gives up, or the member's time is over. */
  readonly signal: AbortSignal;
  /** Tells the host's log of something that kept no forecast from being made. */
  warn?(message: string, detail?: object): void;
}

/** What a member that explains itself is asked. */
export interface ExplainRequest {
  /** Trading days ahead. */
  readonly horizon: number;
  readonly market: Market;
  readonly models: ModelReader;
  /** Returns the newest bars of another instrument, as a forecast is given them. */
  readonly history?: ForecastRequest['history'];
  /** Fires when the caller gives up, or the member's time is over. */
  readonly signal: AbortSignal;
  /** Tells the host's log of something that stood in no answer's way. */
  warn?(message: string, detail?: object): void;
}

/** What a member says of one horizon, or why it cannot. */
export type StepAnswer = Statement | { readonly error: unknown };

/**
 * What a member says of one instrument, by horizon; a horizon that it says nothing of is missing (it was never trained: a cold start, no
 * failure). Or why it can say nothing at all.
 */
export type MemberAnswer = ReadonlyMap<number, StepAnswer> | { readonly error: unknown };

/** A model's text under its key, with what is kept beside it. */
export interface TrainedEntry {
  readonly key: string;
  readonly text: string;
  readonly meta?: object | undefined;
  /** The text in a form that loads faster, for stores with `getCompact`. */
  readonly compact?: Uint8Array | undefined;
}

/** What a member that learns is given to learn from. */
export interface RetrainJob {
  readonly codes: readonly string[];
  readonly horizons: readonly number[];
  readonly market: Market;
  /** Returns what time it is by the host's clock. */
  now(): Date;
  /** Goes on with a run that was cut off: what was published at this moment or later is left alone. */
  readonly resumeFrom?: Date | undefined;
  readonly signal: AbortSignal;
  /** Returns the instrument's newest `bars` finished bars, checked. */
  history(code: string, bars: number): Promise<PriceSeries>;
  readonly models: ModelReader;
  /**
   * Stores a generation of models: all of it or nothing. Read in one `getMany`, it is never seen beside another.
   *
   * @param codes whose models they are, if not of all the job's codes together: they are judged on these
   * @returns false where the host held the models to those in force on recent days and turned them down: nothing is stored, their items are 'kept'
   */
  publish(entries: readonly TrainedEntry[], codes?: readonly string[]): Promise<boolean>;
  /** Tells the host's log of something that kept no model from being trained. */
  warn?(message: string, detail?: object): void;
  /** Tells what became of each (code, horizon) as soon as it is known; throws when the run is over (aborted, the store gone). */
  report(items: readonly RetrainItem[]): void;
}

/** What became of one (member, code, horizon). */
export interface RetrainItem {
  readonly code: string;
  readonly horizon: number;
  /** 'kept': the member's gate, or the host's judge, turned the new models down. 'resumed': trained by the run that was cut off. */
  readonly status: 'published' | 'kept' | 'resumed' | 'failed';
  /** Validation loss / loss of the forecast that the gate compares with, by part; below 1 the model has learned something. */
  readonly lossRatios?: Readonly<Record<string, number>> | undefined;
  readonly error?: unknown;
}

/** A series of another market. */
export interface DriverSeries {
  readonly code: string;
  readonly market: Market;
}

/**
 * Anybody's model. A member owns its features, the keys of its models, its training, its gate and its cold start, so that training and
 * forecasting cannot disagree.
 *
 * @example
 * const drift = {
 *   name: 'drift',
 *   prior: 0.2,
 *   forecast: async (batch, { horizons }) =>
 *     batch.map(({ series }) => new Map(horizons.map((horizon) => [horizon, driftQuantiles(series.close, horizon)]))),
 * };
 */
export interface Member {
  /** Of its weight, its part of stored rows and its line in reports: /^[a-z][a-z0-9_]*$/, for example 'my_model'. */
  readonly name: string;
  /** Its share before anything is learned, >= 0, relative to the other members'. */
  readonly prior: number;
  /** Series of other markets that its forecasts follow, where it has any: see `withDrivers`. */
  readonly drivers?: readonly DriverSeries[] | undefined;
  /** Returns one answer an instrument, in order. Whatever it throws is reported as its failure and stops nobody else. */
  forecast(batch: readonly MemberInput[], request: ForecastRequest): Promise<readonly MemberAnswer[]>;
  /**
   * Returns why its forecast of the newest bar is what it is: the numbers of its model taken apart by features; undefined where nothing is trained
   * for the horizon.
   */
  explain?(input: MemberInput, request: ExplainRequest): Promise<readonly ExplainedNumber[] | undefined>;
  /**
   * Whether one generation is made of all codes together: its retraining is then one piece of work, never split by instrument among
   * workers. Default false.
   */
  readonly learnsTogether?: boolean | undefined;
  /** Learns, and publishes what it learned through the job. One item's failure must not stop the rest. */
  retrain?(job: RetrainJob): Promise<void>;
}

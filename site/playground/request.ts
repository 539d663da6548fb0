import type { Market } from '../../src/markets/index.js';
import type { PriceSeries } from '../../src/series/index.js';
import type { Forecast } from './forecast.js';
import type { Score } from './score.js';
import type { SimulatedName } from './simulated-bars.js';

/** The markets that the page offers, by the name of the calendar. */
export type MarketName = 'krx' | 'us' | 'every-day';

/** Where bars come from: a file's bytes, which stay in the page, or a seeded simulation. */
export type Source =
  | { readonly kind: 'file'; readonly name: string; readonly bytes: Uint8Array; readonly dateOrder?: 'dmy' | 'mdy' }
  | { readonly kind: 'simulated'; readonly name: SimulatedName };

/** What the page asks a worker for; one worker answers one request. */
export type Request =
  | { readonly kind: 'forecast'; readonly source: Source; readonly market: MarketName; readonly horizon: number }
  | { readonly kind: 'replay'; readonly series: PriceSeries; readonly horizon: number }
  | { readonly kind: 'train'; readonly series: PriceSeries; readonly horizon: number }
  | { readonly kind: 'chronos'; readonly series: PriceSeries; readonly horizon: number };

/** A first answer: the bars as they were read, and what each forecaster says of the days after them. */
export interface Forecasts {
  readonly series: PriceSeries;
  /** What was mended or how the file was read, in sentences. */
  readonly notes: readonly string[];
  /** The dates of steps 1..horizon, 'YYYY-MM-DD'. */
  readonly dates: readonly string[];
  readonly forecasts: readonly Forecast[];
  /** Forecasters that cannot speak of this series, and why. */
  readonly missing: readonly { readonly forecaster: string; readonly reason: string }[];
  readonly flatBand: Market['flatBand'];
}

/** What Chronos says, and how it would have done on the days of the replay. */
export interface ChronosAnswer {
  readonly forecast: Forecast;
  readonly score: Score;
}

/** What LightGBM says after its training, and how it did on the days that it had not seen. */
export interface Trained {
  readonly forecast: Forecast;
  readonly score: Score;
  /** Rows that trained, and the date of the newest bar that any of them reaches. */
  readonly rows: number;
  readonly trainedThrough: string;
  /** The five features whose splits gained most, with their share of the gain. */
  readonly gains: readonly { readonly name: string; readonly share: number }[];
}

/** A fault as the page shows it. */
export interface Fault {
  /** A ForecastError's code; undefined for any other error. */
  readonly code?: string;
  readonly message: string;
}

/** What a worker posts: progress while it works, then one result or fault. */
export type Reply<Result> =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'fault'; readonly fault: Fault };

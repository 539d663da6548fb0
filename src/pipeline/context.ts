import type { ChronosModel } from '../chronos/index.js';
import type { Feature } from '../features/index.js';
import type { PriceSource } from '../prices/price-source.js';
import type { TradingCalendar } from '../series/index.js';
import type { ModelStore } from '../store/model-store.js';
import type { Store } from '../store/store.js';
import type { NaiveForecaster } from './forecast/naive-steps.js';
import type { LgbmRecipe } from './training/lgbm-recipe.js';

/** Where the pipeline tells what it does; `console` fits. */
export interface Logger {
  info(message: string, detail?: object): void;
  warn(message: string, detail?: object): void;
}

/** What a long job reports after each item. */
export interface Progress {
  /** Items finished, in any way, of `total`. */
  done: number;
  total: number;
  /** The item just finished, for example '005930 h3'. */
  item: string;
}

/** What every pipeline function takes. Nothing is opened or closed here: the host owns what it hands in. */
export interface ForecastContext {
  prices: PriceSource;
  /** Without it the default weights hold. */
  store?: Store;
  /** Trained LightGBM models; without it, or without a model for the code, Chronos stands alone. */
  models?: ModelStore;
  /** Without it LightGBM stands alone. */
  chronos?: ChronosModel;
  /**
   * The naive member; default the random walk with EWMA volatility. It is also the yardstick: skill, model performance and the unit that
   * weights are learned in are measured on what it said when a forecast was made, so change it between runs, not within one's records.
   *
   * @example (series, horizon) => harRangeForecast(series, { horizon }) // from chronolight/baselines; 120 bars and more
   */
  naive?: NaiveForecaster;
  /** What time it is; default the system clock. */
  clock?: () => Date;
  /** Which days are traded, for target dates; default `krxCalendar`. */
  calendar?: TradingCalendar;
  /** IANA zone in which a bar's date is today's; default 'Asia/Seoul'. */
  timeZone?: string;
  /** Half-width of the flat band as a simple return; default 0.003. */
  flatBand?: number;
  /** Bars read for a forecast; default 400. */
  lookbackDays?: number;
  /** Features of the LightGBM models; default all built-in ones. Training and forecasting must agree. */
  features?: readonly Feature[];
  /**
   * How the LightGBM member is trained and asked; training and forecasting must agree. 'instrument' (default): a return and a direction
   * model for each code. 'pooled': one volatility model a horizon for all codes, which states a whole distribution (docs/lgbm-recipes.md).
   */
  lgbmRecipe?: LgbmRecipe;
  /** Paths drawn from Chronos for the direction; default 30. */
  numSamples?: number;
  /** How long one call of the price source may take; default 30,000. */
  priceTimeoutMs?: number;
  logger?: Logger;
  signal?: AbortSignal;
}

/** A context whose store is there. */
export type StoringContext = ForecastContext & { store: Store };

/** The horizons of the first user: tomorrow, three and five trading days. */
export const DEFAULT_HORIZONS: readonly number[] = Object.freeze([1, 3, 5]);

import type { Bar } from '../series/index.js';

/** Which bars are wanted. All bounds are inclusive dates 'YYYY-MM-DD'. */
export interface BarRange {
  from?: string | undefined;
  to?: string | undefined;
  /** At most this many bars: the newest ones within the bounds. */
  limit?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Where prices come from. A host implements getBars, and no more is needed. */
export interface PriceSource {
  /**
   * Returns the instrument's finished bars within the range, dates ascending and unique.
   *
   * A range in which a known instrument has no bar gives an empty array.
   * @throws ForecastError `UNKNOWN_CODE` if the source does not know the instrument;
   *   `PRICE_SOURCE_FAILED` (with `cause`) if it cannot answer
   */
  getBars(code: string, range: BarRange): Promise<Bar[]>;
  /** Returns every instrument that it has, ascending by code point. One that cannot know (an exchange's service) leaves it out. */
  codes?(): Promise<string[]>;
}

/**
 * One finished trading day of one instrument.
 *
 * What `parseSeries` trusts is said here. A source may hand on what it was given: what is off is mended, or left out, there.
 */
export interface Bar {
  /** 'YYYY-MM-DD' in the exchange's own time zone. */
  date: string;
  /** Prices in the instrument's currency, all adjusted the same way; finite and > 0, NaN where the source has none. */
  open: number;
  high: number;
  low: number;
  close: number;
  /** Units traded; finite and >= 0, NaN where the source has none. */
  volume: number;
}

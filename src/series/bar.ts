/** One finished trading day of one instrument. */
export interface Bar {
  /** 'YYYY-MM-DD' in the exchange's own time zone. */
  date: string;
  /** Prices in the instrument's currency, all adjusted the same way; finite and > 0. */
  open: number;
  high: number;
  low: number;
  close: number;
  /** Units traded; finite and >= 0. */
  volume: number;
}

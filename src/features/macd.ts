import { column } from './columns.js';
import { ema } from './ema.js';
import type { Derivation } from './feature.js';

/** MACD 12/26/9 in price units. */
export interface Macd {
  line: Float64Array;
  signal: Float64Array;
}

/**
 * Returns the MACD line (EMA 12 - EMA 26) and its signal (EMA 9 of the line); the line from row 25, the signal from row 33.
 *
 * As in TA-Lib both averages give their first value at row 25, so the fast one is seeded with the mean of rows 14 to 25.
 */
export const macd: Derivation<Macd> = ({ close, length }) => {
  const slow = ema(close, 26);
  const fast = ema(close, 12, 14);
  const line = column(length, 25, (t) => fast[t] - slow[t]);
  return { line, signal: ema(line, 9, 25) };
};

/**
 * Returns ln(close[t] / close[t - lag]) for t = lag .. n-1, oldest first; empty if there are not more closes than `lag`.
 *
 * @param closes finite, > 0
 * @param lag in bars, >= 1
 */
export function logReturns(closes: ArrayLike<number>, lag = 1): Float64Array {
  const returns = new Float64Array(Math.max(0, closes.length - lag));
  for (let i = 0; i < returns.length; i++) returns[i] = Math.log(closes[i + lag] / closes[i]);
  return returns;
}

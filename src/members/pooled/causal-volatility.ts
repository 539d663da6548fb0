/** RiskMetrics' decay for daily data. */
const DECAY = 0.94;

/** Returns whose mean square starts the recursion. */
const SEED_RETURNS = 20;

/** The variance never falls below this share (a tenth in volatility) of the mean square of the last year's returns. */
const LEAST_SHARE = 0.01;
const YEAR = 250;

/**
 * Returns the EWMA(0.94) volatility of one-day log returns as seen at each close, from the closes up to it alone.
 *
 * Unlike the baselines' `ewmaVolatility`, whose floor knows the whole series, entry t stays as it is when bars are added; and from
 * a year of closes on it hardly depends on where the series starts, so that training and forecasting agree.
 *
 * @param close [bars], in price
 * @returns [bars]; 0 at the first bar and where no close has moved yet
 */
export function causalVolatility(close: Float64Array): Float64Array {
  const bars = close.length;
  const sigma = new Float64Array(bars);
  const squares = new Float64Array(bars);
  let variance = 0;
  let year = 0;
  for (let t = 1; t < bars; t++) {
    squares[t] = Math.log(close[t] / close[t - 1]) ** 2;
    // Summed anew where the window starts over, so that rounding can't build up.
    year = t % YEAR === 0 ? sumOf(squares, t - YEAR + 1, t) : year + squares[t] - (t > YEAR ? squares[t - YEAR] : 0);
    const share = t <= SEED_RETURNS ? 1 / t : 1 - DECAY;
    variance += share * (squares[t] - variance);
    variance = Math.max(variance, (LEAST_SHARE * year) / Math.min(t, YEAR));
    sigma[t] = Math.sqrt(variance);
  }
  return sigma;
}

function sumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i <= to; i++) sum += values[i];
  return sum;
}

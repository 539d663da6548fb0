import { checkIntervalRows, checkShare, type IntervalRows } from './check-rows.js';

/**
 * Returns each row's interval score: the width, plus 2/α times the distance by which the outcome misses, α = 1 - nominal.
 *
 * @param nominal the interval's nominal coverage, 0.8 for levels 0.1 and 0.9
 * @returns [rows], >= 0, in the unit of `actuals`; less is better
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` for lengths that do not fit, values that are not finite, a
 * low above its high, or a nominal coverage outside (0, 1)
 * @see Gneiting & Raftery 2007, "Strictly Proper Scoring Rules, Prediction, and Estimation", JASA 102, section 6.2
 */
export function intervalScores(rows: IntervalRows, nominal = 0.8): Float64Array {
  checkIntervalRows('intervalScores', rows);
  checkShare('intervalScores', 'nominal', nominal);
  const { actuals, lows, highs } = rows;
  const penalty = 2 / (1 - nominal);
  const scores = new Float64Array(actuals.length);
  for (let i = 0; i < scores.length; i++) {
    const miss = Math.max(lows[i] - actuals[i], actuals[i] - highs[i], 0);
    scores[i] = highs[i] - lows[i] + penalty * miss;
  }
  return scores;
}
